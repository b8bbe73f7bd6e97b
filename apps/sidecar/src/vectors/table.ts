/**
 * One table: the vectors of one model in one workspace. Everything that writes goes through its mutex, because
 * parallel merges of LanceDB make silent duplicates.
 */
import { fail } from '@cairn/api/errors'
import { isIn, ofSource, type SearchFilter, searchFilter } from './filter.ts'
import type { Place } from './lance.ts'
import type { Entry, Ledger } from './ledger.ts'
import { makeMutex } from './mutex.ts'
import { isDamage, makeOpening, type Opened, opening } from './opening.ts'
import { type Row, schemaOf, toArrow } from './rows.ts'
import { buildIndex, copyRows, kindFor, nearestTo, optimize } from './upkeep.ts'

export type TableOptions = {
  /** Rows from which an index is worth its keep; below, every row is compared. */
  indexFrom: number
  /** Bytes of vectors up to which an index holds them whole. */
  wholeUpTo: number
  /** Commits after which small files are put together and old versions removed. */
  optimizeEvery: number
  /** Told of work behind the scenes that failed. */
  warn: (message: string, cause: unknown) => void
}

export type TableState = {
  model: string
  dimensions: number
  count: number
  bytes: number
  state: 'ok' | 'damaged' | 'empty'
}
export type Written = { count: number; changed: number }
export type Hit = { id: string; score: number }
export type VectorTable = ReturnType<typeof makeTable>

const IDS_AT_ONCE = 1000
/** Rows that are searched one by one beside an index, at most. */
const LOOSE = 20_000
/** When it has been quiet for so many milliseconds, a few commits are put together as well. */
const SETTLE = 10_000
const SETTLE_COMMITS = 10
/** An index is made anew when the table has grown by this factor. */
const OUTGROWN = 4

export const makeTable = (name: string, place: Place, ledger: Ledger, options: TableOptions) => {
  const { physical, mine, inspect, open, close, adopt, entry: entryOf, guarded } = makeOpening(name, place, ledger)
  const mutex = makeMutex()
  let indexing: Promise<void> = Promise.resolve()
  let settling: NodeJS.Timeout | undefined

  const record = async (state: Opened, change: Partial<Entry>) => {
    const [version, count] = await Promise.all([state.table.version(), state.table.countRows()])
    const entry = { ...state.entry, ...change, version, count }
    await ledger.write(name, entry)
    state.entry = entry
  }

  const checkFence = (entry: Entry | null, fence: number) => {
    if (entry && fence < entry.fence) throw fail('STALE_FENCE', { fence, seen: entry.fence })
  }

  const create = async (before: Entry | null, model: string, dimensions: number, fence: number): Promise<Opened> => {
    await close()
    const generation = (before?.generation ?? 0) + 1
    const entry: Entry = { model, dimensions, generation, version: 0, count: 0, fence, dirty: false }
    // The ledger first: a table without an entry would count as damaged.
    await ledger.write(name, entry)
    const connection = await place.connect()
    for (const old of await mine()) await place.erase(connection, old)
    const table = await connection.createEmptyTable(physical(generation), schemaOf(dimensions))
    return adopt(opening(table, entry))
  }

  const tidy = async () => {
    await indexing
    const state = await open()
    if (!state) return
    state.commits = 0
    state.loose = 0
    await optimize(state.table)
    await record(state, {})
  }

  const tidySoon = () => {
    mutex(() => guarded(tidy)).catch((cause: unknown) => options.warn('optimising vectors failed', cause))
  }

  const recordIndex = async (state: Opened) => {
    if ((await open()) === state) await record(state, {})
  }

  /** After a commit, behind the answer: tidies every so often, and builds an index where the table has outgrown its own. */
  const tend = (state: Opened, rows: number) => {
    state.commits += 1
    state.loose += rows
    clearTimeout(settling)
    if (state.commits >= options.optimizeEvery || (state.indexed > 0 && state.loose >= LOOSE)) {
      state.commits = 0
      state.loose = 0
      tidySoon()
    } else if (state.commits >= SETTLE_COMMITS) settling = setTimeout(tidySoon, SETTLE).unref()
    const { count, dimensions } = state.entry
    const kind = kindFor(count, dimensions, options.wholeUpTo)
    const factor = kind === state.kind ? OUTGROWN : OUTGROWN / 2
    if (count >= options.indexFrom && count >= state.indexed * factor) {
      state.indexed = count
      const failed = (cause: unknown) => options.warn('indexing vectors failed', cause)
      indexing = indexing
        .then(() => buildIndex(state.table, count, dimensions, kind))
        .then(() => {
          state.kind = kind
        }, failed)
      // Not part of `indexing`: whoever holds the mutex may be waiting for that.
      indexing.then(() => mutex(() => recordIndex(state))).catch(failed)
    }
  }

  const rewrite = async (state: Opened) => {
    const { entry } = state
    const generation = entry.generation + 1
    const { dimensions, count } = entry
    const table = await copyRows(state.table, { place, name: physical(generation), dimensions, count })
    const next: Entry = { ...entry, generation, version: await table.version(), dirty: false }
    await ledger.write(name, next)
    adopt(opening(table, next))
    state.table.close()
    await place.erase(await place.connect(), physical(entry.generation))
  }

  const remove = (conditions: string[], fence: number): Promise<Written> =>
    mutex(() =>
      guarded(async () => {
        checkFence(await entryOf(), fence)
        const state = await open()
        if (!state) return { changed: 0, count: 0 }
        const before = state.entry.count
        for (const condition of conditions) await state.table.delete(condition)
        await record(state, { fence, dirty: true })
        tend(state, 0)
        return { changed: before - state.entry.count, count: state.entry.count }
      }),
    )

  return {
    /** Puts rows in; a row whose id is there already is replaced. Of rows with one id the last counts. */
    upsert: (model: string, dimensions: number, fence: number, rows: Row[]): Promise<Written> =>
      mutex(() =>
        guarded(async () => {
          const known = await entryOf()
          checkFence(known, fence)
          if (known && known.count > 0 && known.dimensions !== dimensions) {
            const message = `${model} is stored with ${known.dimensions} dimensions`
            throw fail('INVALID_INPUT', {}, [{ path: '/dimensions', message }])
          }
          const current = await open()
          const isUsable = current?.entry.dimensions === dimensions
          const state = isUsable ? current : await create(known, model, dimensions, fence)
          const unique = [...new Map(rows.map((row) => [row.id, row])).values()]
          const before = state.entry.count
          if (unique.length > 0) {
            const merge = state.table.mergeInsert('id').whenMatchedUpdateAll().whenNotMatchedInsertAll()
            await merge.execute(toArrow(dimensions, unique))
          }
          const replaced = (await state.table.countRows()) - before < unique.length
          await record(state, { fence, dirty: state.entry.dirty || replaced })
          tend(state, unique.length)
          return { changed: unique.length, count: state.entry.count }
        }),
      ),

    /** Takes rows out by their ids. */
    removeIds: (ids: string[], fence: number): Promise<Written> => {
      const parts: string[] = []
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) parts.push(isIn('id', ids.slice(at, at + IDS_AT_ONCE)))
      return remove(parts, fence)
    },

    /** Takes out all rows of a source. */
    removeSource: (source: { kind: string; id: string }, fence: number): Promise<Written> =>
      remove([ofSource(source)], fence),

    /** The nearest rows by cosine similarity, best first; scores above 0 and up to 1. */
    search: (vector: Float32Array, limit: number, filter: SearchFilter): Promise<Hit[]> =>
      guarded(async () => {
        const state = await open()
        if (!state || state.entry.count === 0) return []
        if (vector.length !== state.entry.dimensions) {
          const message = `has ${vector.length} dimensions, stored are ${state.entry.dimensions}`
          throw fail('INVALID_INPUT', {}, [{ path: '/vector', message }])
        }
        const near = nearestTo(state.table, vector, { rows: state.entry.count, kind: state.kind, limit })
        const where = searchFilter(filter)
        const query = where === undefined ? near : near.where(where)
        const rows = await query.select(['id', '_distance']).toArray()
        return rows
          .map((row): Hit => ({ id: String(row.id), score: Math.min(1, 1 - Number(row._distance)) }))
          .filter(({ score }) => score > 0)
      }),

    /** Makes the table small; afterwards no file holds anything of a row that was taken out or replaced. */
    compact: (): Promise<void> =>
      mutex(() =>
        guarded(async () => {
          await indexing
          const state = await open()
          if (!state) return
          if (state.entry.dirty) await rewrite(state)
          else await tidy()
          const now = await open()
          if (now && now.indexed === 0) tend(now, 0)
        }),
      ),

    /** Forgets all rows, also of a damaged table; only the fencing number stays. */
    drop: (): Promise<void> =>
      mutex(async () => {
        clearTimeout(settling)
        await indexing
        await close()
        const connection = await place.connect()
        for (const table of await mine()) await place.erase(connection, table)
        const entry = await ledger.read(name)
        if (entry === null || 'broken' in entry) return ledger.remove(name)
        await ledger.write(name, { ...entry, version: 0, count: 0, dirty: false })
      }),

    /** How the table stands, read past every cache; null where the ledger knows nothing of it. */
    state: (): Promise<TableState | null> =>
      mutex(async () => {
        const entry = await ledger.read(name)
        if (entry === null) return null
        if ('broken' in entry) return { model: '', dimensions: 0, count: 0, bytes: 0, state: 'damaged' }
        const { model, dimensions, generation } = entry
        const bytes = await place.bytes(physical(generation))
        try {
          const state = await open()
          const found = state ? await inspect(state.entry) : { count: 0, bytes: 0 }
          const word = found.count === 0 ? 'empty' : 'ok'
          return { model, dimensions, count: found.count, bytes: bytes ?? found.bytes, state: word }
        } catch (cause) {
          if (!isDamage(cause)) throw cause
          await close()
          return { model, dimensions, count: entry.count, bytes: bytes ?? 0, state: 'damaged' }
        }
      }),

    /** Waits for what runs behind the scenes and closes the table. */
    close: (): Promise<void> =>
      mutex(async () => {
        clearTimeout(settling)
        await indexing
        await close()
      }),
  }
}
