/** Rules of roots. Functions that write take the transaction first. */
import { fail } from '@cairn/api/errors'
import type { Root } from '@cairn/api/roots'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database/database.ts'
import { newId } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Workspaces } from '../workspaces/service.ts'
import { checkPlace, isWithin, nameFor } from './places.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
/** A folder that was looked at and may be registered. */
export type Place = { id?: string; real: string; name?: string }

export type RootParts = {
  clock: Clock
  home: string
  database: Pick<Database, 'db'>
  workspaces: Pick<Workspaces, 'isPersonal'>
}

export function makeRootService({ clock, home, database, workspaces }: RootParts) {
  /** Looks at a folder before the transaction that registers it. Codes as in `checkPlace`, WORKSPACE_NOT_PERSONAL. */
  async function inspect(from: Reader, input: { id?: string; path: string; name?: string }): Promise<Place> {
    if (!(await workspaces.isPersonal(from))) throw fail('WORKSPACE_NOT_PERSONAL')
    const real = await checkPlace(input.path, home)
    return { real, ...(input.id && { id: input.id }), ...(input.name && { name: input.name }) }
  }

  /**
   * Registers a folder and asks for its first scan. Same id and folder returns the row; ROOT_EXISTS when it, or one
   * above it, is registered; ROOT_OVERLAPS when one below it is.
   */
  async function create(tx: Tx, place: Place): Promise<Root> {
    const all = await store.allRoots(tx)
    const twin = place.id === undefined ? undefined : all.find((row) => row.id === place.id)
    if (twin) {
      if (twin.path !== place.real || (place.name !== undefined && twin.name !== place.name)) throw fail('CONFLICT')
      return toRoot(twin)
    }
    if (all.some((row) => isWithin(row.path, place.real))) throw fail('ROOT_EXISTS')
    const below = all.find((row) => isWithin(place.real, row.path))
    if (below) throw fail('ROOT_OVERLAPS', { name: below.name })
    const taken = new Set(all.map((row) => row.name))
    if (place.name !== undefined && taken.has(place.name)) {
      throw fail('INVALID_INPUT', {}, [{ path: '/name', message: 'is the name of another folder' }])
    }
    const row = newRow(tx, place, place.name ?? nameFor(place.real, taken))
    if (!(await store.insertRoot(tx, row))) throw fail('CONFLICT')
    row.scan_job = await requestScan(tx, row.id)
    await store.updateRoot(tx, row.id, { scan_job: row.scan_job, updated_at: tx.now })
    tx.event({ type: 'root.created', subject: row.id })
    return toRoot(row)
  }

  /** One root, or ROOT_NOT_FOUND. */
  async function row(from: Reader, id: string): Promise<store.RootRow> {
    const found = await store.rootById(from, id)
    if (!found) throw fail('ROOT_NOT_FOUND')
    return found
  }

  async function list(from: Reader, input: { limit?: number; cursor?: string }) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const rows = await store.rootPage(from, { limit: limit + 1, after })
    return toPage(rows, limit, (root) => [root.created_at, root.id], toRoot)
  }

  /** Asks for a scan; one that is queued already is returned. ROOT_NOT_FOUND. */
  async function scan(tx: Tx, id: string, hash: boolean) {
    await row(tx, id)
    tx.event({ type: 'root.scan_requested', subject: id })
    return { job_id: await requestScan(tx, id, hash) }
  }

  const requestScan = (tx: Tx, root: string, hash = false) =>
    tx.enqueue({
      type: 'files.scan',
      input: { root, hash },
      unique: `files:${root}:${hash ? 'hash' : 'scan'}`,
      concurrency: `files:${root}`,
    })

  /** Forgets a root; what was indexed of it goes in a job. ROOT_NOT_FOUND. */
  async function remove(tx: Tx, id: string) {
    const root = await row(tx, id)
    await store.deleteRoot(tx, id)
    await tx.enqueue({ type: 'files.forget', input: { root: id }, concurrency: `files:${id}` })
    await tx.enqueue({ type: 'git.forget', input: { root: id } })
    tx.event({ type: 'root.removed', subject: id })
    return { removed: { roots: 1, files: root.indexed + root.skipped + root.failed } }
  }

  /** Notes what is known of a root by now; false when it has been removed. One event. */
  async function report(tx: Tx, id: string, changes: store.RootReport): Promise<boolean> {
    const known = await store.updateRoot(tx, id, { ...changes, updated_at: tx.now })
    if (known) tx.event({ type: 'root.changed', subject: id, data: { ...changes } })
    return known
  }

  const toRoot = (root: store.RootRow): Root => ({
    id: root.id,
    path: root.path,
    name: root.name,
    state: root.state,
    reason: root.reason,
    watch: root.watch,
    watch_reason: root.watch_reason,
    files: {
      indexed: root.indexed,
      pending: root.pending,
      skipped: root.skipped,
      failed: root.failed,
      ignored: root.ignored,
    },
    bytes: root.bytes,
    passages: root.passages,
    scan: scanOf(root, clock.now()),
    scanned_at: isoOrNull(root.scanned_at),
    created_at: iso(root.created_at),
    updated_at: iso(root.updated_at),
  })

  return {
    inspect,
    create,
    row,
    list,
    scan,
    remove,
    report,
    get: async (from: Reader, id: string) => toRoot(await row(from, id)),
    byId: store.rootById,
    byIds: store.rootsByIds,
    all: store.allRoots,
    /** Workspace and id of every root there is, for start-up. */
    everywhere: () => store.rootsEverywhere(database.db),
  }
}

function scanOf(root: store.RootRow, now: number): Root['scan'] {
  const { scan_started_at: started, scan_done: done, scan_total: total } = root
  if (started === null || done === null || total === null) return null
  const seconds = Math.max(now - started, 1) / 1_000
  const rate = done / seconds
  const left = Math.max(total - done, 0)
  return {
    job_id: root.scan_job,
    files_done: done,
    files_total: Math.max(total, done),
    rate: Math.round(rate * 10) / 10,
    eta_seconds: rate > 0 ? Math.round(left / rate) : null,
    started_at: iso(started),
  }
}

const newRow = (tx: Tx, place: Place, name: string): store.RootRow => ({
  workspace: tx.workspace,
  id: place.id ?? newId(),
  path: place.real,
  name,
  state: 'new',
  reason: null,
  watch: 'off',
  watch_reason: null,
  indexed: 0,
  pending: 0,
  skipped: 0,
  failed: 0,
  ignored: 0,
  bytes: 0,
  passages: 0,
  scan_job: null,
  scan_started_at: null,
  scan_done: null,
  scan_total: null,
  scanned_at: null,
  created_at: tx.now,
  updated_at: tx.now,
})
