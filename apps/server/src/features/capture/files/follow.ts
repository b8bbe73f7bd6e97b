/**
 * Keeps the index in step with the roots: scans, changes as they come, folders that go and come back. Works on one root
 * at a time in one place at a time; changes that come during a scan are taken between its batches.
 */
import { CairnError, fail } from '@cairn/api/errors'
import { system } from '../../../kernel/jobs/settling.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { RootReport, RootRow, Roots } from '../../ground/roots/index.ts'
import { type Counts, module } from './bulk.ts'
import type { Disk } from './disk.ts'
import type { Bounds } from './paths.ts'
import { type FileRow, filePage } from './store.ts'
import { mergeRanges, type SyncResult, type SyncSettings, sync } from './sync.ts'
import type { Range } from './walk.ts'
import type { WatchNews } from './watch.ts'

export type Following = ReturnType<typeof makeFollowing>
export type FollowParts = {
  kernel: Pick<Kernel, 'clock' | 'log' | 'scope'>
  roots: Pick<Roots, 'byId' | 'report' | 'scan' | 'everywhere'>
  disk: Pick<Disk, 'ask'>
  boundsOf(root: RootRow): Bounds
  capture: Pick<Capture, 'rules'>
}
export type ScanRequest = {
  root: string
  hash: boolean
  job: string
  signal: AbortSignal
  progress(done: number, total: number): void
}

/** One root that is followed in this process. */
type Entry = {
  workspace: string
  root: string
  queue: Range[]
  /** End of the chain of work on this root. */
  tail: Promise<void>
  scan: { done: number; total: number } | null
  told: string
  timer: NodeJS.Timeout | undefined
  wait: number
}

const everything: Range = { folder: '', deep: true }
const readAtOnce = 500
const rescanEvery = 600_000
const probeEvery = 2_000
/** Milliseconds between two counts: short while numbers move. */
const tick = { least: 300, most: 60_000 }

export function makeFollowing({ kernel, roots, disk, boundsOf, capture }: FollowParts) {
  const { clock, log } = kernel
  const entries = new Map<string, Entry>()
  /** Roots whose folder is away. */
  const lost = new Set<string>()
  const stopping = new AbortController()
  let rescans: NodeJS.Timeout | undefined
  let probes: NodeJS.Timeout | undefined

  const scopeOf = (workspace: string): Scope => kernel.scope({ workspace, principal: system, signal: stopping.signal })

  const isPaused = async (entry: Entry) => (await capture.rules(scopeOf(entry.workspace))).pausedIn(entry.root) !== null

  function entryOf(workspace: string, root: string): Entry {
    const known = entries.get(root)
    if (known) return known
    const made: Entry = {
      workspace,
      root,
      queue: [],
      tail: Promise.resolve(),
      scan: null,
      told: '',
      timer: undefined,
      wait: tick.least,
    }
    entries.set(root, made)
    return made
  }

  /** One after the other on each root. */
  function exclusive<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const result = entry.tail.then(work)
    entry.tail = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  /** A whole scan, as a job asks for it. Answers what came of it; throws what a later attempt may do better. */
  async function scan(scope: Scope, request: ScanRequest) {
    const entry = entryOf(scope.workspace, request.root)
    return exclusive(entry, async () => {
      const root = await roots.byId(scope, request.root)
      if (!root) return { state: 'removed' as const }
      if (await isPaused(entry)) return { state: 'paused' as const }
      const before = root.indexed + root.pending + root.skipped + root.failed
      entry.scan = { done: 0, total: before }
      const begun = { state: 'scanning', reason: null, scan_job: request.job, scan_started_at: clock.now() } as const
      await report(entry, { ...begun, scan_done: 0, scan_total: before })
      try {
        if (before === 0) entry.scan.total = await disk.ask('count', boundsOf(root))
        const result = await scanAll(entry, root, scope, request)
        if (root.state === 'missing' || root.state === 'unreadable') await readAgain(scope, root.id)
        await finish(entry, result, 'ready')
        return { state: 'ready' as const, files: entry.scan?.done ?? 0, changed: result.changed }
      } catch (error) {
        return await fall(entry, root, error)
      } finally {
        entry.scan = null
      }
    })
  }

  /** What could not be read while the folder was away is due at once. */
  async function readAgain(scope: Scope, root: string): Promise<void> {
    for (let after: [string, string] | null = null; ; ) {
      const rows: FileRow[] = await filePage(scope, root, { state: 'indexed', pending: true }, after, readAtOnce)
      const ids = rows.map(({ id }) => id)
      await scope.write((tx) => tx.reindex('file', ids))
      const last = rows.at(-1)
      if (!last || rows.length < readAtOnce) return
      after = [last.folder, last.name]
    }
  }

  async function scanAll(entry: Entry, root: RootRow, scope: Scope, request: ScanRequest): Promise<SyncResult> {
    const progress = (files: number) => {
      const state = entry.scan as NonNullable<Entry['scan']>
      state.done += files
      state.total = Math.max(state.total, state.done)
      request.progress(state.done, state.total)
      countSoon(entry)
    }
    const settings = settingsOf(root, scope, [everything])
    const pause = async () => {
      if (await isPaused(entry)) throw fail('CAPTURE_PAUSED', { what: 'this folder' })
      await takeQueue(entry, root, scopeOf(entry.workspace))
    }
    return sync({ ...settings, hash: request.hash, signal: request.signal, progress, pause })
  }

  const settingsOf = (root: RootRow, scope: Scope, ranges: readonly Range[]): SyncSettings => ({
    ask: disk.ask,
    scope,
    root: root.id,
    bounds: boundsOf(root),
    ranges,
    watch: true,
    hash: false,
    signal: stopping.signal,
    progress() {},
    pause: async () => undefined,
  })

  async function finish(entry: Entry, result: SyncResult, state: 'ready'): Promise<void> {
    lost.delete(entry.root)
    const counts = await readCounts(entry)
    entry.told = JSON.stringify(counts)
    await report(entry, {
      ...counts,
      ...watchOf(result),
      state,
      reason: null,
      ignored: result.ignored,
      scanned_at: clock.now(),
      ...noScan,
    })
    if (counts.pending > 0) countSoon(entry)
  }

  /** What to do when a scan broke off: a root that is away is a state, not a failure. */
  async function fall(entry: Entry, root: RootRow, error: unknown) {
    const away = awayState(error)
    if (away) {
      await lose(entry, away)
      return { state: away.state }
    }
    if (isRemoved(error)) return { state: 'removed' as const }
    if (!stopping.signal.aborted) await report(entry, { state: root.scanned_at === null ? 'new' : 'ready', ...noScan })
    if (error instanceof CairnError && error.code === 'CAPTURE_PAUSED') return { state: 'paused' as const }
    throw error
  }

  async function lose(entry: Entry, away: Away): Promise<void> {
    lost.add(entry.root)
    await disk.ask('unwatch', entry.root)
    await report(entry, { ...away, watch: 'off', ...noScan })
    probes ??= setInterval(probe, probeEvery)
    probes.unref()
  }

  /** Are folders that were away back? */
  function probe(): void {
    for (const id of lost) {
      const entry = entries.get(id)
      if (entry) attempt(probeOne(entry), 'A folder that was away cannot be looked at')
    }
    if (lost.size === 0) {
      clearInterval(probes)
      probes = undefined
    }
  }

  async function probeOne(entry: Entry): Promise<void> {
    const scope = scopeOf(entry.workspace)
    const root = await roots.byId(scope, entry.root)
    if (!root) return void lost.delete(entry.root)
    const there = await disk.ask('probe', boundsOf(root)).then(
      () => true,
      () => false,
    )
    if (there && lost.delete(entry.root)) await scope.write((tx) => roots.scan(tx, root.id, false))
  }

  /** Word from the watcher. */
  function news(id: string, told: WatchNews): void {
    const entry = entries.get(id)
    if (!entry || stopping.signal.aborted) return
    if ('limit' in told) {
      const reason = `${told.limit} Changes are found within ten minutes.`
      attempt(report(entry, { watch: 'periodic', watch_reason: reason }), 'The limit of watches cannot be noted')
    } else {
      entry.queue.push(...('lost' in told ? [everything] : told.changes))
      follow(entry)
    }
  }

  function follow(entry: Entry): void {
    const work = exclusive(entry, async () => {
      const scope = scopeOf(entry.workspace)
      const root = entry.queue.length > 0 ? await roots.byId(scope, entry.root) : undefined
      if (root) await takeQueue(entry, root, scope)
    })
    attempt(work, 'Changes of a folder cannot be followed; the next scan will find them')
  }

  /** Brings the index up to the changes that are queued. */
  async function takeQueue(entry: Entry, root: RootRow, scope: Scope): Promise<void> {
    while (entry.queue.length > 0 && !lost.has(entry.root)) {
      const ranges = mergeRanges(entry.queue.splice(0))
      // The scan at the end of the pause finds what is passed over.
      if (await isPaused(entry)) return
      try {
        const result = await sync(settingsOf(root, scope, ranges))
        const whole = ranges.some((range) => range.deep && range.folder === '')
        if (whole && result.watched) await noteWatch(entry, root, result)
        if (result.changed > 0) countSoon(entry)
      } catch (error) {
        const away = awayState(error)
        if (away) await lose(entry, away)
        else if (isRemoved(error)) return await drop(entry.root)
        else throw error
      }
    }
  }

  async function noteWatch(entry: Entry, root: RootRow, result: SyncResult): Promise<void> {
    const now = watchOf(result)
    if (now.watch !== root.watch) await report(entry, now)
  }

  /** Counts again a moment later, and again while something is going on. */
  function countSoon(entry: Entry): void {
    if (entry.timer && entry.wait === tick.least) return
    clearTimeout(entry.timer)
    entry.wait = tick.least
    countIn(entry)
  }

  function countIn(entry: Entry): void {
    if (stopping.signal.aborted) return
    entry.timer = setTimeout(() => attempt(count(entry), 'A folder cannot be counted'), entry.wait).unref()
  }

  async function count(entry: Entry): Promise<void> {
    entry.timer = undefined
    const counts = await readCounts(entry)
    const told = JSON.stringify([counts, entry.scan])
    if (told !== entry.told) {
      entry.wait = tick.least
      await report(entry, {
        ...counts,
        ...(entry.scan && { scan_done: entry.scan.done, scan_total: entry.scan.total }),
      })
    } else {
      entry.wait = Math.min(entry.wait * 2, tick.most)
    }
    entry.told = told
    // Unless somebody asked for a count meanwhile.
    if (!entry.timer && (entry.scan || counts.pending > 0)) countIn(entry)
  }

  const readCounts = (entry: Entry) => scopeOf(entry.workspace).apart.read<Counts>(module, 'readCounts', entry.root)

  async function report(entry: Entry, changes: RootReport): Promise<void> {
    const known = await scopeOf(entry.workspace).write((tx) => roots.report(tx, entry.root, changes))
    if (!known) await drop(entry.root)
  }

  /** A root that was removed is not followed any longer. */
  async function drop(id: string): Promise<void> {
    clearTimeout(entries.get(id)?.timer)
    entries.delete(id)
    lost.delete(id)
    await disk.ask('unwatch', id)
  }

  /** Work that nobody waits for: its failure goes to the log, unless everything ends. */
  function attempt(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ err: error }, what)
    })
  }

  function rescan(): void {
    for (const entry of entries.values()) {
      if (lost.has(entry.root)) continue
      entry.queue.push(everything)
      follow(entry)
    }
  }

  return {
    scan,
    news,
    drop,
    /** Files of this root are being indexed: their number will change. */
    indexing(root: string) {
      const entry = entries.get(root)
      if (entry) countSoon(entry)
    },
    /** Looks through a root again, or all of a workspace: capture goes on. */
    async resume(workspace: string, root: string | null) {
      const all = (await roots.everywhere()).filter((one) => one.workspace === workspace)
      for (const { id } of all.filter((one) => root === null || one.id === root)) {
        await scopeOf(workspace).write((tx) => roots.scan(tx, id, false))
      }
    },
    /** The thread died and its watches with it. */
    rescan,
    /** Asks for a scan of every root there is, and looks at all again every ten minutes. */
    async start() {
      for (const root of await roots.everywhere()) {
        entryOf(root.workspace, root.id)
        await scopeOf(root.workspace).write((tx) => roots.scan(tx, root.id, false))
      }
      rescans = setInterval(rescan, rescanEvery).unref()
    },
    async stop() {
      stopping.abort()
      clearInterval(rescans)
      clearInterval(probes)
      for (const entry of entries.values()) clearTimeout(entry.timer)
      await Promise.all([...entries.values()].map((entry) => entry.tail))
    },
  }
}

type Away = { state: 'missing' | 'unreadable'; reason: string }
const noScan = { scan_started_at: null, scan_done: null, scan_total: null } as const

const watchOf = (result: SyncResult): Pick<RootReport, 'watch' | 'watch_reason'> & { watch: 'live' | 'periodic' } =>
  result.watched?.limited
    ? { watch: 'periodic', watch_reason: 'The system grants no more watches. Changes are found within ten minutes.' }
    : { watch: 'live', watch_reason: null }

const isRemoved = (error: unknown) => error instanceof CairnError && error.code === 'ROOT_NOT_FOUND'

/** What an error of the door says about the root itself. */
function awayState(error: unknown): Away | null {
  if (!(error instanceof CairnError)) return null
  if (error.code === 'FILE_NOT_FOUND') return { state: 'missing', reason: 'it is not there' }
  if (error.code === 'PATH_NOT_ALLOWED') return { state: 'missing', reason: 'another folder or a link took its place' }
  if (error.code === 'FILE_NOT_READABLE') return { state: 'unreadable', reason: String(error.parameters.reason) }
  return null
}
