/** Brings what is stored of one repository up to what is there: commits newest first, and what happened to its refs. */
import type { GitEventType, GitRepositoryState } from '@cairn/api/git'
import { newId } from '../../../kernel/ids.ts'
import type { JobContext } from '../../../kernel/jobs/definition.ts'
import { maskText } from '../../../kernel/masking.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { LogEntry } from './parse.ts'
import type { Ref, Repository } from './repository.ts'
import * as store from './store.ts'

/** The newest of a repository that are taken in at first sight. */
const maxCommits = 20_000
const commitsAtOnce = 100
const maxFiles = 200
const maxMessage = 20_000
/** Reading history is background work: a slow disk may take its time. */
const limits = { timeout: 60_000, maxBytes: 64_000_000 }

export type Scanned = { state: GitRepositoryState; commits: number; events: number }
type Refs = Record<string, string>

/** Repeatable at any moment: commits that are stored are not read again, refs are noted last. */
export async function scanRepository(
  context: Pick<JobContext<unknown>, 'scope' | 'signal' | 'progress'>,
  row: store.RepositoryRow,
  repository: Repository,
): Promise<Scanned> {
  const { scope, signal } = context
  const asked = { ...limits, signal }
  const before = JSON.parse(row.refs) as Refs
  const found = await repository.refs(asked)
  const now: Refs = Object.fromEntries(found.refs.map((ref) => [ref.name, ref.sha]))
  const known = row.scanned_at === null ? [] : [...new Set(Object.values(before))]
  const shas = await repository.reachable(known, maxCommits, asked)
  let commits = 0
  for (let at = 0; at < shas.length; at += commitsAtOnce) {
    signal.throwIfAborted()
    commits += await takeIn(scope, row, repository, shas.slice(at, at + commitsAtOnce), asked)
    context.progress({ phase: 'commits', done: Math.min(at + commitsAtOnce, shas.length), total: shas.length })
  }
  const moves = row.scanned_at === null ? [] : movesBetween(row.branch, before, found.branch, now)
  await scope.write(async (tx) => {
    if (!(await store.holdRepository(tx, row.id))) return
    if (moves.length > 0)
      await store.insertEvents(
        tx,
        moves.map((move) => moveRow(tx, row, move)),
      )
    const changes = { state: 'ready' as const, reason: null, branch: found.branch, refs: JSON.stringify(now) }
    await store.updateRepository(tx, row.id, { ...changes, scanned_at: tx.now })
    if (moves.length > 0 || row.state !== 'ready') {
      tx.event({
        type: 'git.moved',
        subject: row.id,
        data: { root: row.root, branch: found.branch, refs: moves.length },
      })
    }
  })
  return { state: 'ready', commits, events: moves.length }
}

async function takeIn(
  scope: Scope,
  row: store.RepositoryRow,
  repository: Repository,
  shas: readonly string[],
  asked: typeof limits & { signal: AbortSignal },
): Promise<number> {
  const known = new Set((await store.knownKeys(scope, row.id, shas)).map(({ key }) => key))
  const fresh = shas.filter((sha) => !known.has(sha))
  if (fresh.length === 0) return 0
  const { entries, files } = await readCommits(repository, fresh, asked)
  const rows = entries.map((entry) => commitRow(row, entry, files.get(entry.sha) ?? []))
  if (rows.length === 0) return 0
  return scope.write(async (tx) => {
    const current = await store.holdRepository(tx, row.id)
    // Removed meanwhile.
    if (!current) return 0
    const written = await store.insertEvents(tx, rows)
    await tx.reindex(
      'commit',
      written.map(({ id }) => id),
    )
    await store.updateRepository(tx, row.id, { commits: current.commits + written.length })
    tx.event({ type: 'git.committed', subject: row.id, data: { root: row.root, commits: written.length } })
    return written.length
  })
}

/** A commit too large to be held is left out, not its neighbours. */
async function readCommits(
  repository: Repository,
  shas: readonly string[],
  asked: typeof limits & { signal: AbortSignal },
) {
  try {
    return await repository.commits(shas, asked)
  } catch (error) {
    if (asked.signal.aborted || (error as { code?: string }).code === 'GIT_UNAVAILABLE') throw error
    const all: Awaited<ReturnType<Repository['commits']>> = { entries: [], files: new Map() }
    for (const sha of shas) {
      const one = await repository.commits([sha], asked).catch(() => null)
      if (!one) continue
      all.entries.push(...one.entries)
      for (const [key, files] of one.files) all.files.set(key, files)
    }
    return all
  }
}

type ChangedFiles = Awaited<ReturnType<Repository['commits']>>['files'] extends Map<string, infer F> ? F : never

function commitRow(row: store.RepositoryRow, entry: LogEntry, files: ChangedFiles): store.EventRow {
  const sum = (field: 'added' | 'removed') =>
    files.length > 0 && files.every((file) => file[field] === null)
      ? null
      : files.reduce((total, file) => total + (file[field] ?? 0), 0)
  return {
    ...place(row),
    type: entry.parents.length > 1 ? 'merge' : 'commit',
    key: entry.sha,
    sha: entry.sha,
    ref: null,
    parents: JSON.stringify(entry.parents),
    author: clean(entry.author, 500),
    message: clean(maskText(entry.message), maxMessage),
    files: JSON.stringify(files.slice(0, maxFiles).map((file) => ({ ...file, path: clean(file.path, 4_096) }))),
    files_changed: files.length,
    insertions: sum('added'),
    deletions: sum('removed'),
    at: entry.committed,
  }
}

const place = (row: store.RepositoryRow) => ({
  workspace: row.workspace,
  id: newId(),
  repository: row.id,
  root: row.root,
})

/** Without NUL and half characters, cut to a length. */
const clean = (text: string, length: number) => text.replaceAll('\0', '').slice(0, length).toWellFormed()

export type Move = { type: Exclude<GitEventType, 'commit' | 'merge'>; ref: string; sha: string | null }

/** What happened to branches and tags between two looks. */
export function movesBetween(oldBranch: string | null, before: Refs, branch: string | null, now: Refs): Move[] {
  const moves: Move[] = []
  for (const [name, sha] of Object.entries(now)) {
    if (before[name] !== undefined) continue
    const head = /^refs\/heads\/([^]+)$/.exec(name)?.[1]
    if (head) moves.push({ type: 'branch_create', ref: head, sha })
    else moves.push({ type: 'tag', ref: name.slice('refs/tags/'.length), sha })
  }
  for (const name of Object.keys(before)) {
    const head = /^refs\/heads\/([^]+)$/.exec(name)?.[1]
    if (head && now[name] === undefined) moves.push({ type: 'branch_delete', ref: head, sha: null })
  }
  if (branch !== null && branch !== oldBranch) {
    moves.push({ type: 'branch_switch', ref: branch, sha: now[`refs/heads/${branch}`] ?? null })
  }
  return moves
}

const moveRow = (tx: Tx, row: store.RepositoryRow, move: Move): store.EventRow => ({
  ...place(row),
  type: move.type,
  key: `${move.type} ${tx.now} ${clean(move.ref, 1_024)}`,
  sha: move.sha,
  ref: clean(move.ref, 1_024),
  parents: '[]',
  author: null,
  message: null,
  files: '[]',
  files_changed: 0,
  insertions: null,
  deletions: null,
  at: tx.now,
})

export type { Ref }
