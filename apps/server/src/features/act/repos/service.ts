/** Rules of registered repositories. */
import { realpath } from 'node:fs/promises'
import { basename, isAbsolute, relative, sep } from 'node:path'
import { fail } from '@cairn/api/errors'
import type { Branch, Check, Commit, PatchBudget, Repo, RepoOperation, RepoStatus } from '@cairn/api/repos'
import { iso } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { stableJson } from '../../../kernel/json.ts'
import { decodeCursor, encodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { cleanPath } from '../../capture/files/paths.ts'
import type { Git } from '../../capture/git/index.ts'
import type { RootRow, Roots } from '../../ground/roots/index.ts'
import type { Workspaces } from '../../ground/workspaces/service.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
export type NewRepo = {
  id?: string
  path: string
  name?: string
  allowed_operations?: RepoOperation[]
  checks?: Check[]
  budget?: PatchBudget
}
/** A working copy that was looked at and may be registered. */
export type Found = NewRepo & { real: string; root: string }
export type RepoParts = {
  roots: Pick<Roots, 'all' | 'byId'>
  git: Pick<Git, 'open'>
  workspaces: Pick<Workspaces, 'isPersonal'>
}

const maxChanges = 100
const defaultBudget: PatchBudget = { files: 50, lines: 4_000 }

export function makeRepoService({ roots, git, workspaces }: RepoParts) {
  /**
   * Looks at a working copy before the transaction that registers it. INVALID_INPUT, PATH_NOT_ALLOWED where it lies below
   * no root, REPO_NOT_READABLE where git cannot work with it, WORKSPACE_NOT_PERSONAL.
   */
  async function inspect(scope: Scope, input: NewRepo): Promise<Found> {
    if (!(await workspaces.isPersonal(scope))) throw fail('WORKSPACE_NOT_PERSONAL')
    if (!isAbsolute(input.path))
      throw fail('INVALID_INPUT', {}, [{ path: '/path', message: 'must be an absolute path' }])
    const names = (input.checks ?? []).map((check) => check.name)
    if (new Set(names).size < names.length) {
      throw fail('INVALID_INPUT', {}, [{ path: '/checks', message: 'must have a name of its own each' }])
    }
    const real = await realpath(input.path).catch(() => null)
    if (real === null) throw fail('REPO_NOT_READABLE', { reason: 'the folder is not there' })
    const root = (await roots.all(scope)).find((one) => below(one.path, real) !== null)
    if (!root) throw fail('PATH_NOT_ALLOWED')
    const repository = await git.open(scope, root, below(root.path, real) as string)
    await repository.status()
    return { ...input, real, root: root.id }
  }

  /** Registers it. Same id and content returns the row, other content is CONFLICT; REPO_EXISTS for a path that is known. */
  async function create(tx: Tx, found: Found): Promise<Repo> {
    const row = newRow(tx, found)
    if (!(await store.insertRepo(tx, row))) return sameRepo(await store.repoById(tx, row.id), row)
    tx.event({ type: 'repo.registered', subject: row.id })
    return toRepo(row)
  }

  function sameRepo(stored: store.RepoRow | undefined, row: store.RepoRow): Repo {
    if (!stored) throw fail('REPO_EXISTS')
    const compared = ['name', 'root_path', 'allowed_ops', 'checks', 'budget'] as const
    if (compared.some((field) => stored[field] !== row[field])) throw fail('CONFLICT')
    return toRepo(stored)
  }

  async function list(from: Reader, input: { limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const rows = await store.repoPage(from, { limit: limit + 1, after })
    return toPage(rows, limit, (row) => [row.created_at, row.id], toRepo)
  }

  async function remove(tx: Tx, id: string) {
    if (!(await store.deleteRepo(tx, id))) throw fail('REPO_NOT_FOUND')
    tx.event({ type: 'repo.removed', subject: id })
    return { removed: { repos: 1 } }
  }

  /** REPO_NOT_FOUND, REPO_NOT_READABLE. */
  async function open(scope: Scope, id: string) {
    const row = await store.repoById(scope, id)
    if (!row) throw fail('REPO_NOT_FOUND')
    const root: RootRow | undefined = await roots.byId(scope, row.root)
    const path = root ? below(root.path, row.root_path) : null
    if (!root || path === null) throw fail('REPO_NOT_READABLE', { reason: 'its folder is not registered any more' })
    return git.open(scope, root, path).catch((error: unknown) => {
      const gone = (error as { code?: string }).code === 'FILE_NOT_FOUND'
      throw gone ? fail('REPO_NOT_READABLE', { reason: 'the folder is not there' }) : error
    })
  }

  async function status(scope: Scope, id: string): Promise<RepoStatus> {
    const repository = await open(scope, id)
    const { standing, changes } = await repository.status({ signal: scope.signal })
    return { repo_id: id, ...standing, changes: changes.slice(0, maxChanges), changes_total: changes.length }
  }

  /** Pages stay on the commit that the first one began with, whatever is committed meanwhile. */
  async function log(
    scope: Scope,
    input: { repo_id: string; ref?: string; path?: string; limit?: number; cursor?: string },
  ) {
    const limit = pageSize(input.limit)
    const repository = await open(scope, input.repo_id)
    const limits = { signal: scope.signal }
    const [from, skip] = decodeCursor(input.cursor, ['', 0] as [string, number]) ?? [null, 0]
    const { head } = input.ref || from ? { head: null } : (await repository.status(limits)).standing
    if (!input.ref && !from && head === null) return { items: [], next_cursor: null }
    const start = from ?? (await repository.resolve(input.ref ?? 'HEAD', limits))
    checkCursor(start, skip)
    const options = { skip, limit: limit + 1, path: input.path === undefined ? null : cleanPath(input.path) }
    const entries = await repository.log(start, options, limits)
    return {
      items: entries.slice(0, limit).map(toCommit),
      next_cursor: entries.length > limit ? encodeCursor([start, skip + limit]) : null,
    }
  }

  async function branches(scope: Scope, input: { repo_id: string; limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const [skip] = decodeCursor(input.cursor, [0] as [number]) ?? [0]
    checkCursor('0'.repeat(40), skip)
    const repository = await open(scope, input.repo_id)
    const found = await repository.branches({ skip, limit: limit + 1 }, { signal: scope.signal })
    return {
      items: found.slice(0, limit).map(toBranch),
      next_cursor: found.length > limit ? encodeCursor([skip + limit]) : null,
    }
  }

  return {
    inspect,
    create,
    list,
    remove,
    status,
    log,
    branches,
    byIds: store.reposByIds,
    count: async (from: Reader) => Number((await store.countRepos(from)).count),
  }
}

/** A cursor comes back from a client: what it holds goes to git. */
function checkCursor(sha: string, skip: number): void {
  if (/^[0-9a-f]{40,64}$/.test(sha) && Number.isSafeInteger(skip) && skip >= 0) return
  throw fail('INVALID_INPUT', {}, [{ path: '/cursor', message: 'is not a cursor of this list' }])
}

/** Path of a folder below another, with `/`; null when it does not lie there. Both real. */
function below(root: string, path: string): string | null {
  const found = relative(root, path)
  return found === '..' || found.startsWith(`..${sep}`) || isAbsolute(found) ? null : found.replaceAll(sep, '/')
}

const newRow = (tx: Tx, found: Found): store.RepoRow => ({
  workspace: tx.workspace,
  id: found.id ?? newId(),
  name: found.name ?? basename(found.real),
  root: found.root,
  root_path: found.real,
  allowed_ops: stableJson([...new Set(found.allowed_operations ?? [])].sort()),
  checks: stableJson(found.checks ?? []),
  budget: stableJson(found.budget ?? defaultBudget),
  created_at: tx.now,
  updated_at: tx.now,
})

const toRepo = (row: store.RepoRow): Repo => ({
  id: row.id,
  name: row.name,
  root: row.root,
  path: row.root_path,
  allowed_operations: JSON.parse(row.allowed_ops) as RepoOperation[],
  checks: JSON.parse(row.checks) as Check[],
  budget: JSON.parse(row.budget) as PatchBudget,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
})

type Repository = Awaited<ReturnType<Git['open']>>
const maxText = 20_000
const short = (text: string, length: number) => text.slice(0, length).toWellFormed()

function toCommit(entry: Awaited<ReturnType<Repository['log']>>[number]): Commit {
  const [subject = '', ...body] = entry.message.split('\n')
  return {
    sha: entry.sha,
    parents: entry.parents,
    author: short(entry.author, 500),
    email: short(entry.email, 500),
    authored_at: iso(entry.authored),
    committed_at: iso(entry.committed),
    subject: short(subject, maxText),
    body: short(body.join('\n').trim(), maxText),
  }
}

const toBranch = (entry: Awaited<ReturnType<Repository['branches']>>[number]): Branch => ({
  name: entry.ref.replace(/^refs\/(heads|remotes)\//, ''),
  remote: entry.ref.startsWith('refs/remotes/'),
  current: entry.current,
  sha: entry.sha,
  subject: short(entry.subject, maxText),
  committed_at: iso(entry.committed),
  upstream: entry.upstream,
  ahead: entry.ahead,
  behind: entry.behind,
})
