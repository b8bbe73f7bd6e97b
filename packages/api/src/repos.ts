/** Repos: git repositories that a person registered for work, with what may be done to them. */
import { Sha, Standing } from './git.ts'
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
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** What agents and workflows may do to a repository; reading its status and log is always allowed. */
export const RepoOperation = oneOf('patch', 'checks', 'sync')
export type RepoOperation = Static<typeof RepoOperation>

/** A command that may be run by its name: the program and its arguments, never a line for a shell. */
export const Check = shape({
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,49}$' }),
  command: list(text(4_096, 1), { minItems: 1, maxItems: 100 }),
  timeout_seconds: Type.Integer({ minimum: 1, maximum: 3_600 }),
})
export type Check = Static<typeof Check>

/** The most that one patch may change. */
export const PatchBudget = shape({
  files: Type.Integer({ minimum: 0, maximum: 10_000 }),
  lines: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
})
export type PatchBudget = Static<typeof PatchBudget>

export const Repo = shape({
  id: Id,
  name: text(255, 1),
  root: Id,
  /** Absolute path of the working copy. */
  path: text(4_096, 1),
  allowed_operations: list(RepoOperation),
  checks: list(Check),
  budget: PatchBudget,
  created_at: Time,
  updated_at: Time,
})
export type Repo = Static<typeof Repo>

export const ChangeState = oneOf(
  'added',
  'modified',
  'deleted',
  'renamed',
  'copied',
  'type_changed',
  'untracked',
  'conflicted',
)
export type ChangeState = Static<typeof ChangeState>

export const RepoStatus = shape({
  repo_id: Id,
  ...Standing.properties,
  /** At most 100. */
  changes: list(
    shape({
      path: text(4_096),
      /** Where it was, for renames and copies. */
      from: nullable(text(4_096)),
      /** In the index; null where nothing is staged. */
      staged: nullable(ChangeState),
      /** In the working copy, beyond the index. */
      unstaged: nullable(ChangeState),
    }),
  ),
  changes_total: count,
})
export type RepoStatus = Static<typeof RepoStatus>

export const Commit = shape({
  sha: Sha,
  parents: list(Sha),
  author: text(500),
  email: text(500),
  /** When it was written, and when it came to be where it is. */
  authored_at: Time,
  committed_at: Time,
  subject: text(20_000),
  body: text(20_000),
})
export type Commit = Static<typeof Commit>

export const Branch = shape({
  name: text(1_024),
  remote: Type.Boolean(),
  current: Type.Boolean(),
  sha: Sha,
  subject: text(20_000),
  committed_at: Time,
  upstream: nullable(text(1_024)),
  ahead: nullable(count),
  behind: nullable(count),
})
export type Branch = Static<typeof Branch>

export const repos = operations('repos', {
  list: operation({
    method: 'GET',
    path: '/api/repo/list',
    summary: 'List registered repositories, newest first',
    effect: 'read',
    query: paging,
    output: page(Repo),
  }),
  create: operation({
    method: 'POST',
    path: '/api/repo',
    summary: 'Register a repository below a root, and say what may be done to it',
    description: 'Unless said, it may be read only; a patch may change 50 files and 4,000 lines.',
    effect: 'write',
    callers: ['people'],
    role: 'owner',
    body: {
      id: optional(Id),
      /** Absolute path of the working copy on the machine that the core runs on. */
      path: text(4_096, 1),
      name: optional(text(255, 1)),
      allowed_operations: optional(list(RepoOperation, { maxItems: 3 })),
      checks: optional(list(Check, { maxItems: 50 })),
      budget: optional(PatchBudget),
    },
    output: Repo,
    status: 201,
    errors: ['CONFLICT', 'PATH_NOT_ALLOWED', 'REPO_EXISTS', 'REPO_NOT_READABLE', 'WORKSPACE_NOT_PERSONAL'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/repo/{id}',
    summary: 'Take a repository off the list; its files and history stay',
    effect: 'write',
    callers: ['people'],
    role: 'owner',
    params: { id: Id },
    output: Removed,
    errors: ['REPO_NOT_FOUND'],
  }),
  status: operation({
    method: 'GET',
    path: '/api/repo/status',
    summary: 'See branch, distance to the upstream and what changed',
    effect: 'read',
    query: { repo_id: Id },
    output: RepoStatus,
    errors: ['REPO_NOT_FOUND', 'REPO_NOT_READABLE', 'GIT_UNAVAILABLE', 'GIT_TIMEOUT'],
  }),
  log: operation({
    method: 'GET',
    path: '/api/repo/log',
    summary: 'List commits of a branch, newest first',
    effect: 'read',
    query: {
      repo_id: Id,
      ...paging,
      /** Branch, tag or commit; default: what is checked out. */
      ref: optional(text(1_024, 1)),
      /** Only commits that touched this file or folder. */
      path: optional(text(4_096, 1)),
    },
    output: page(Commit),
    errors: [
      'REPO_NOT_FOUND',
      'REPO_NOT_READABLE',
      'REF_NOT_FOUND',
      'PATH_NOT_ALLOWED',
      'GIT_UNAVAILABLE',
      'GIT_TIMEOUT',
    ],
  }),
  branches: operation({
    method: 'GET',
    path: '/api/repo/branches',
    summary: 'List branches, the newest commit first',
    effect: 'read',
    query: { repo_id: Id, ...paging },
    output: page(Branch),
    errors: ['REPO_NOT_FOUND', 'REPO_NOT_READABLE', 'GIT_UNAVAILABLE', 'GIT_TIMEOUT'],
  }),
})
