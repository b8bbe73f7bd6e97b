/**
 * Drains the list of changed sources: read, cut, analyse, write. One run per workspace at a time; killed at any moment it
 * goes on where it was, since a source leaves the list in the transaction that makes it whole.
 */
import { CairnError } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import type { JobContext } from '../jobs/definition.ts'
import { observed } from '../observed.ts'
import { ANALYSIS_VERSION } from './analysis.ts'
import { type Cutter, type SoundSource, soundSource, toCut } from './cut.ts'
import * as pending from './pending-store.ts'
import { makePieces } from './pieces.ts'
import type { CutSource, SourceChange } from './prepare.ts'
import type { PendingRow } from './rows.ts'
import type { PassageKind, PassageSource } from './source.ts'
import type { Erased, WriteArgument } from './write.ts'

export type IndexerParts = {
  clock: Clock
  kinds: ReadonlyMap<string, PassageKind>
  cut: Cutter
}
/** `unparsed`: cut into plain windows although the parser might have known better. */
export type IndexReport = { sources: number; passages: number; removed: number; failed: number; unparsed: number }

const takenAtOnce = 64
const readAtOnce = 16
/** Characters of text that are held at once. */
const textAtOnce = 4_000_000
/** Milliseconds before the 2nd, 3rd, … attempt of a failed source. */
const delays = [2_000, 10_000, 60_000, 600_000, 3_600_000, 6 * 3_600_000]
/** Milliseconds that one write should hold the database, and passages in it at first, at least and at most. */
const aim = 40
const pace = { first: 48, least: 8, most: 400 }

const prepareModule = new URL('./prepare.ts', import.meta.url)
const writeModule = new URL('./write.ts', import.meta.url)

/** Sources read and compared, ready to be written. */
type Batch = {
  rows: PendingRow[]
  changes: SourceChange[]
  erase: Erased[]
  unchanged: PendingRow[]
  failed: { row: PendingRow; error: string }[]
  unparsed: number
}

/** Runs until nothing is due. */
export async function drain(parts: IndexerParts, context: JobContext<unknown>): Promise<IndexReport> {
  const { clock } = parts
  const { scope } = context
  const report: IndexReport = { sources: 0, passages: 0, removed: 0, failed: 0, unparsed: 0 }
  const started = clock.monotonic()
  const busy = new Set<string>()
  let done = 0
  let size = pace.first

  let ahead = next()
  try {
    for (let batch = await ahead; batch; batch = await ahead) {
      // The next sources are read and analysed while these are written.
      ahead = observed(next())
      await apply(batch)
      for (const row of batch.rows) busy.delete(keyOf(row))
      done += batch.rows.length
      await tell()
    }
  } finally {
    await ahead.catch(() => null)
  }
  return report

  async function next(): Promise<Batch | null> {
    context.signal.throwIfAborted()
    const rows = await pending.due(scope.db, scope.workspace, clock.now(), takenAtOnce + busy.size)
    const taken = rows.filter((row) => !busy.has(keyOf(row))).slice(0, takenAtOnce)
    if (taken.length === 0) return null
    for (const row of taken) busy.add(keyOf(row))
    const batch = await prepare(parts, context, taken)
    // What did not fit into memory is taken again later.
    const held = new Set(batch.rows.map(keyOf))
    for (const row of taken) if (!held.has(keyOf(row))) busy.delete(keyOf(row))
    return batch
  }

  async function apply(batch: Batch) {
    const broken = new Map<string, string>()
    for (const group of makePieces(batch.changes, () => size)) {
      const pieces = group.filter(({ source }) => !broken.has(keyOf(source)))
      await oneByOne(
        pieces,
        (some) => write({ pieces: some, erase: [], now: clock.now() }),
        () => undefined,
        ({ source }, error) => void broken.set(keyOf(source), error),
      )
      report.passages += pieces.reduce((sum, piece) => sum + piece.add.length, 0)
    }
    for (const row of batch.rows) {
      const error = broken.get(keyOf(row))
      if (error !== undefined) batch.failed.push({ row, error })
    }
    for (let erase = batch.erase; erase.length > 0; ) {
      const { left } = await write({ pieces: [], erase: erase.slice(0, 16), now: clock.now() })
      erase = [...left, ...erase.slice(16)]
    }
    if (batch.unchanged.length + batch.failed.length > 0) await settle(batch)
    for (const { row, error } of batch.failed) context.log('warn', `${row.kind} ${row.id} cannot be indexed: ${error}`)
    report.sources += batch.changes.length
    report.removed += batch.erase.length
    report.failed += batch.failed.length
    report.unparsed += batch.unparsed
  }

  async function write(argument: WriteArgument) {
    const before = clock.monotonic()
    const answer = await scope.apart.write<{ left: Erased[] }>(writeModule, 'writeIndex', argument)
    await context.advanced()
    const factor = Math.min(Math.max(aim / Math.max(clock.monotonic() - before, 1), 0.5), 1.5)
    size = Math.round(Math.min(Math.max(size * factor, pace.least), pace.most))
    return answer
  }

  async function settle({ unchanged, failed }: Batch) {
    await scope.write(async (tx) => {
      await pending.settle(tx.db, scope.workspace, unchanged)
      for (const { row, error } of failed) {
        const delay = delays[Math.min(row.attempts, delays.length - 1)] as number
        await pending.putOff(tx.db, scope.workspace, row, error.slice(0, 500), clock.now() + delay)
      }
    })
  }

  async function tell() {
    const left = await pending.countDue(scope.db, scope.workspace, clock.now())
    const seconds = Math.max((clock.monotonic() - started) / 1_000, 0.001)
    const rate = Math.round(report.passages / seconds)
    context.progress({ phase: 'indexing', done, total: done + left, message: `${report.passages} passages, ${rate}/s` })
  }
}

const keyOf = ({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`

async function prepare(
  { kinds, cut }: IndexerParts,
  context: JobContext<unknown>,
  taken: readonly PendingRow[],
): Promise<Batch> {
  const { scope } = context
  const batch: Batch = { rows: [], changes: [], erase: [], unchanged: [], failed: [], unparsed: 0 }
  const changed: { source: SoundSource; row: PendingRow }[] = []
  let characters = 0
  for (const [kind, rows] of Map.groupBy(taken, (row) => row.kind)) {
    for (const part of slices(rows, readAtOnce)) {
      if (characters > textAtOnce) break
      const { found, failed } = await read(kinds.get(kind), scope, part)
      const held = await pending.sourcesHeld(scope.db, scope.workspace, kind, [...found.keys()])
      for (const row of part) {
        const error = failed.get(row.id)
        const source = found.get(row.id)
        batch.rows.push(row)
        if (error !== undefined) batch.failed.push({ row, error })
        else if (!source || source.text === null) batch.erase.push({ kind, id: row.id, change: row.change })
        else {
          const sound = soundSource(kind, source)
          const before = held.get(row.id)
          if (before?.hash === sound.hash && before.version === ANALYSIS_VERSION) batch.unchanged.push(row)
          else changed.push({ source: sound, row })
          characters += sound.text.length
        }
      }
    }
  }
  const cuts = await cut(
    changed.map(({ source }) => source),
    context.signal,
  )
  batch.unparsed = cuts.filter(({ again }) => again).length
  const sources = changed.map(({ source, row }, at) => toCut(source, cuts[at] as (typeof cuts)[number], row.change))
  if (sources.length > 0) {
    const compare = (some: CutSource[]) => scope.apart.read<SourceChange[]>(prepareModule, 'prepareSources', some)
    await oneByOne(
      sources,
      compare,
      (made) => batch.changes.push(...made),
      (source, error) => {
        const row = changed[sources.indexOf(source)]?.row as PendingRow
        batch.failed.push({ row, error })
      },
    )
  }
  return batch
}

/**
 * Does all at once, or one after the other when that fails, so that one bad source does not hold up its neighbours. What
 * is no source's fault is thrown on.
 */
async function oneByOne<T, R>(
  list: T[],
  run: (some: T[]) => Promise<R>,
  made: (answer: R) => void,
  failed: (each: T, error: string) => void,
): Promise<void> {
  try {
    return made(await run(list))
  } catch (error) {
    if (concernsAll(error)) throw error
    if (list.length === 1) return failed(list[0] as T, messageOf(error))
  }
  for (const each of list) await oneByOne([each], run, made, failed)
}

/** The database is away or full, or the process ends: the next source would fare no better. */
const concernsAll = (error: unknown) =>
  error instanceof CairnError
    ? /^(DATABASE_|DISK_FULL$|JOB_|SERVER_STOPPING$|SIDECAR_)/.test(error.code)
    : error instanceof Error && error.name === 'AbortError'
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** What of these is there, and what could not be read. */
async function read(kind: PassageKind | undefined, scope: JobContext<unknown>['scope'], rows: readonly PendingRow[]) {
  const found = new Map<string, PassageSource>()
  const failed = new Map<string, string>()
  const ids = rows.map(({ id }) => id)
  const take = async (some: string[]) => {
    if (!kind) throw new Error('nothing here offers sources of this kind')
    return kind.read(scope, some)
  }
  const keep = (sources: PassageSource[]) => {
    for (const source of sources) found.set(source.id, source)
  }
  await oneByOne(ids, take, keep, (id, error) => void failed.set(id, error))
  return { found, failed }
}

function* slices<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
