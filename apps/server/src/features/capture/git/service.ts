/** What is asked of git across the roots, and how repositories are found and followed. */
import { CairnError, fail } from '@cairn/api/errors'
import type { GitFileState } from '@cairn/api/files'
import type { GitEvent, GitEventType, GitRepository, GitRepositoryState } from '@cairn/api/git'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { RootRow, Roots } from '../../ground/roots/index.ts'
import type { Annotate } from '../files/index.ts'
import { findGitDir, outside } from './gitdir.ts'
import type { Status } from './parse.ts'
import { openRepository } from './repository.ts'
import type { RunGit } from './run.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
export type GitParts = {
  clock: Clock
  roots: Pick<Roots, 'all' | 'row' | 'byId'>
  /** The real path behind a path below a root; codes of the door to files. */
  locate(root: RootRow, path: string): Promise<string>
  runGit: RunGit
}

/** How long a status is believed while a tree is being opened, and how long a tree and a list wait for one, in ms. */
const believedFor = 1_000
const treeWaits = 1_500
const listWaits = 3_000

export function makeGitService({ clock, roots, locate, runGit }: GitParts) {
  const believed = new Map<string, { until: number; status: Promise<Status> }>()

  /** Opens the working copy at a path below a root; REPO_NOT_READABLE, codes of the door. */
  async function open(scope: Reader, root: RootRow, path: string) {
    const folder = await locate(root, path)
    const all = await roots.all(scope)
    const gitDir = await findGitDir(
      folder,
      all.map((one) => one.path),
    )
    return { ...openRepository(runGit, folder), gitDir }
  }

  async function list(scope: Scope, input: { root?: string; limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, ['', ''] as [string, string])
    const rows = await store.repositoryPage(scope, input.root ?? null, after, limit + 1)
    const page = toPage(
      rows,
      limit,
      (row) => [row.root, row.path],
      (row) => row,
    )
    const known = new Map((await roots.all(scope)).map((root) => [root.id, root]))
    const items = await Promise.all(page.items.map((row) => describe(scope, known.get(row.root), row)))
    return { ...page, items }
  }

  async function describe(scope: Scope, root: RootRow | undefined, row: store.RepositoryRow): Promise<GitRepository> {
    const reachable = root && row.state === 'ready'
    const status = reachable ? await statusWithin(listWaits, scope, root, row.path) : null
    return {
      id: row.id,
      root: row.root,
      path: row.path,
      state: row.state,
      reason: row.reason,
      standing: status?.standing ?? null,
      commits: row.commits,
      scanned_at: isoOrNull(row.scanned_at),
    }
  }

  /** Null where git cannot say, or not in time. */
  function statusWithin(milliseconds: number, scope: Reader, root: RootRow, path: string): Promise<Status | null> {
    const late = new Promise<null>((resolve) => setTimeout(resolve, milliseconds, null).unref())
    return Promise.race([statusOf(scope, root, path).catch(() => null), late])
  }

  /** A status of the last second is taken as it is: a tree asks once for each folder that is opened. */
  function statusOf(scope: Reader, root: RootRow, path: string): Promise<Status> {
    const key = `${root.id}/${path}`
    const known = believed.get(key)
    if (known && known.until > clock.monotonic()) return known.status
    const status = open(scope, root, path).then((repository) => repository.status())
    status.catch(() => believed.delete(key))
    if (believed.size > 200) believed.clear()
    believed.set(key, { status, until: clock.monotonic() + believedFor })
    return status
  }

  async function events(
    scope: Reader,
    input: {
      root?: string
      repository?: string
      type?: GitEventType
      from?: string
      to?: string
      limit?: number
      cursor?: string
    },
  ) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const found = await filterOf(scope, input)
    if (!found) return { items: [], next_cursor: null }
    const rows = await store.eventPage(scope, found, after, limit + 1)
    const paths = new Map<string, string>()
    for (const root of new Set(rows.map((row) => row.root))) {
      for (const { id, path } of await store.repositoriesOf(scope, root)) paths.set(id, path)
    }
    return toPage(
      rows,
      limit,
      (row) => [row.at, row.id],
      (row) => toEvent(row, paths.get(row.repository) ?? ''),
    )
  }

  /** Null when the repository that is asked for is not there. */
  async function filterOf(
    scope: Reader,
    input: { root?: string; repository?: string; type?: GitEventType; from?: string; to?: string },
  ): Promise<store.EventFilter | null> {
    const filter: store.EventFilter = {
      ...(input.type && { type: input.type }),
      ...(input.from && { from: Date.parse(input.from) }),
      ...(input.to && { to: Date.parse(input.to) }),
    }
    if (input.repository === undefined) return { ...filter, ...(input.root && { root: input.root }) }
    if (!input.root) throw fail('INVALID_INPUT', {}, [{ path: '/repository', message: 'needs root beside it' }])
    const all = await store.repositoriesOf(scope, input.root)
    const repository = all.find((row) => row.path === input.repository)
    return repository ? { ...filter, repository: repository.id } : null
  }

  /**
   * Compares the repositories that files have met below a root with those that are known: new ones are entered, those
   * that went are marked. Answers all that are there.
   */
  async function discover(scope: Scope, root: RootRow, folders: readonly string[]): Promise<store.RepositoryRow[]> {
    const paths = folders.map((folder) => folder.slice(0, -1))
    const known = await store.repositoriesOf(scope, root.id)
    const fresh = paths.filter((path) => !known.some((row) => row.path === path))
    const gone = known.filter((row) => row.state !== 'missing' && !paths.includes(row.path))
    const back = known.filter((row) => row.state === 'missing' && paths.includes(row.path))
    if (fresh.length + gone.length + back.length === 0) return known.filter((row) => row.state !== 'missing')
    await scope.write(async (tx) => {
      for (const path of fresh) await store.insertRepository(tx, newRow(tx, root.id, path))
      for (const row of gone) await store.updateRepository(tx, row.id, { state: 'missing', reason: null })
      for (const row of back) await store.updateRepository(tx, row.id, { state: 'new', reason: null })
      const data = { found: fresh.length + back.length, gone: gone.length }
      tx.event({ type: 'git.repositories_changed', subject: root.id, data })
    })
    return (await store.repositoriesOf(scope, root.id)).filter((row) => row.state !== 'missing')
  }

  const requestScan = (tx: Tx, repository: string) =>
    tx.enqueue({
      type: 'git.scan',
      input: { repository },
      unique: `git:${repository}`,
      concurrency: `git:${repository}`,
    })

  /** What git says of the entries of a folder, for the tree; nothing where git is slow or cannot read it. */
  const annotate: Annotate = async (scope, root, folder, names) => {
    const holding = (await store.repositoriesOf(scope, root.id))
      .filter((row) => row.state === 'ready' && (row.path === '' || folder.startsWith(`${row.path}/`)))
      .toSorted((one, other) => other.path.length - one.path.length)[0]
    if (!holding) return new Map()
    const status = await statusWithin(treeWaits, scope, root, holding.path)
    const below = holding.path === '' ? folder : folder.slice(holding.path.length + 1)
    return status ? statesIn(status, below, names) : new Map()
  }

  return {
    open,
    list,
    events,
    discover,
    requestScan,
    annotate,
    byId: store.repositoryById,
    count: async (scope: Reader) => Number((await store.countRepositories(scope)).count),
    eventsByIds: store.eventsByIds,
  }
}

const strength: Record<GitFileState, number> = {
  conflicted: 6,
  modified: 5,
  renamed: 4,
  deleted: 3,
  added: 2,
  untracked: 1,
}

/** The strongest state at or below each name of a folder. */
export function statesIn(status: Status, folder: string, names: readonly string[]): Map<string, GitFileState> {
  const states = new Map<string, GitFileState>()
  const wanted = new Set(names)
  for (const change of status.changes) {
    const state = stateOf(change)
    // A folder that is untracked as a whole is named with a slash at its end.
    if (change.path.endsWith('/') && folder.startsWith(change.path)) for (const name of names) states.set(name, state)
    if (!change.path.startsWith(folder)) continue
    const name = change.path.slice(folder.length).split('/')[0] as string
    const known = states.get(name)
    if (wanted.has(name) && (!known || strength[state] > strength[known])) states.set(name, state)
  }
  return states
}

function stateOf({ staged, unstaged }: Status['changes'][number]): GitFileState {
  const words = [unstaged, staged]
  if (words.includes('conflicted')) return 'conflicted'
  if (words.includes('untracked')) return 'untracked'
  if (words.includes('deleted')) return 'deleted'
  if (words.includes('renamed') || words.includes('copied')) return 'renamed'
  return staged === 'added' ? 'added' : 'modified'
}

/** What an error says about a repository, for its row. */
export function stateOfError(error: unknown): { state: GitRepositoryState; reason: string } | null {
  if (!(error instanceof CairnError)) return null
  const reason = String(error.parameters.reason ?? '')
  if (error.code === 'FILE_NOT_FOUND') return { state: 'missing', reason: 'it is not there' }
  if (error.code === 'PATH_NOT_ALLOWED') return { state: 'outside', reason: outside }
  if (error.code === 'GIT_UNAVAILABLE') return { state: 'new', reason: 'git is not installed on this machine' }
  if (error.code !== 'REPO_NOT_READABLE') return null
  if (reason === outside) return { state: 'outside', reason }
  return { state: /another user/.test(reason) ? 'foreign' : 'damaged', reason }
}

const newRow = (tx: Tx, root: string, path: string): store.RepositoryRow => ({
  workspace: tx.workspace,
  id: newId(),
  root,
  path,
  state: 'new',
  reason: null,
  branch: null,
  refs: '{}',
  commits: 0,
  scanned_at: null,
  created_at: tx.now,
})

const toEvent = (row: store.EventRow, repository: string): GitEvent => ({
  id: row.id,
  type: row.type,
  root: row.root,
  repository,
  sha: row.sha,
  ref: row.ref,
  parents: JSON.parse(row.parents) as string[],
  author: row.author,
  message: row.message,
  files: JSON.parse(row.files) as GitEvent['files'],
  files_changed: row.files_changed,
  insertions: row.insertions,
  deletions: row.deletions,
  at: iso(row.at),
})
