/** Git: what happened in the repositories below registered folders. Reads only; runs nothing that a repository asks for. */
import { FilePath } from './files.ts'
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

export const GitEventType = oneOf('commit', 'merge', 'branch_create', 'branch_switch', 'branch_delete', 'tag')
export type GitEventType = Static<typeof GitEventType>

/** `outside`: its data lies outside every root. `foreign`: it belongs to another user. `damaged`: git cannot read it. */
export const GitRepositoryState = oneOf('new', 'ready', 'outside', 'foreign', 'damaged', 'missing')
export type GitRepositoryState = Static<typeof GitRepositoryState>

export const Sha = Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$', description: 'name of a git object' })

/** One file of a commit: lines added and removed, null for binary files. */
export const ChangedFile = shape({ path: text(4_096), added: nullable(count), removed: nullable(count) })
export type ChangedFile = Static<typeof ChangedFile>

export const GitEvent = shape({
  id: Id,
  type: GitEventType,
  root: Id,
  /** Folder of the repository below the root; empty is the root itself. */
  repository: FilePath,
  /** The commit it is about; null where a branch was deleted. */
  sha: nullable(Sha),
  /** Branch or tag; null for commits. */
  ref: nullable(text(1_024)),
  parents: list(Sha),
  author: nullable(text(500)),
  message: nullable(text(20_000)),
  /** The first 200 of `files_changed`. */
  files: list(ChangedFile),
  files_changed: count,
  insertions: nullable(count),
  deletions: nullable(count),
  /** When it happened: the commit's own time, or when it was noticed. */
  at: Time,
})
export type GitEvent = Static<typeof GitEvent>

/** Where a working copy stands. */
export const Standing = shape({
  /** Null when no branch is checked out. */
  branch: nullable(text(1_024)),
  /** Null before the first commit. */
  head: nullable(Sha),
  upstream: nullable(text(1_024)),
  /** Commits that only this side, or only the upstream, has; null without an upstream. */
  ahead: nullable(count),
  behind: nullable(count),
  dirty: Type.Boolean(),
})
export type Standing = Static<typeof Standing>

export const GitRepository = shape({
  id: Id,
  root: Id,
  path: FilePath,
  state: GitRepositoryState,
  reason: nullable(text(500)),
  /** Null unless it is ready, or where git did not answer in time. */
  standing: nullable(Standing),
  /** Commits that are indexed. */
  commits: count,
  scanned_at: nullable(Time),
})
export type GitRepository = Static<typeof GitRepository>

export const git = operations('git', {
  events: operation({
    method: 'GET',
    path: '/api/git/events',
    summary: 'List commits, branches and tags as they happened, newest first',
    effect: 'read',
    query: {
      ...paging,
      root: optional(Id),
      /** Folder of a repository below the root; with `root` only. */
      repository: optional(FilePath),
      type: optional(GitEventType),
      from: optional(Time),
      to: optional(Time),
    },
    output: page(GitEvent),
  }),
  repositories: operation({
    method: 'GET',
    path: '/api/git/repositories',
    summary: 'List the repositories found below the roots, and where each stands',
    effect: 'read',
    query: { ...paging, root: optional(Id) },
    output: page(GitRepository),
  }),
})
