/**
 * Vectors: which passages are near to a text's meaning. A copy of what the core keeps: it can be dropped and rebuilt
 * at any time, so its one promise is never to answer from damaged data as if it were whole.
 */
import { createHash } from 'node:crypto'
import { fail } from '@cairn/api/errors'
import { list, optional, type Static, shape, Type } from '@cairn/api/shapes'
import { decodeFloats } from '../floats.ts'
import { makePlaces, type Place, WHOLE_UP_TO } from './lance.ts'
import { type Ledger, makeFileLedger, makeTableLedger } from './ledger.ts'
import { makeTable, type TableState, type VectorTable } from './table.ts'

const Words = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' })
const Model = Words(300)
const Fence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Dimensions = Type.Integer({ minimum: 1, maximum: 8192 })
const Moment = Type.Number({ minimum: -8.64e15, maximum: 8.64e15 })
const Base64 = Type.String({ minLength: 4, maxLength: 50_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' })

export const UpsertRequest = shape({
  model: Model,
  dimensions: Dimensions,
  fence: Fence,
  rows: list(shape({ id: Words(200), vector: Base64, kind: Words(100), source: Words(4000), time: Moment }), {
    maxItems: 10_000,
  }),
})
export const DeleteRequest = shape({
  model: Model,
  fence: Fence,
  ids: optional(list(Words(200), { maxItems: 100_000 })),
  source: optional(shape({ kind: Words(100), id: Words(4000) })),
})
export const SearchRequest = shape({
  model: Model,
  vector: Base64,
  limit: Type.Integer({ minimum: 1, maximum: 1000 }),
  kinds: optional(list(Words(100), { maxItems: 1000 })),
  from: optional(Moment),
  to: optional(Moment),
  sources: optional(list(Words(4000), { maxItems: 10_000 })),
})
export const CompactRequest = shape({ model: Model })
export const DropRequest = shape({ model: optional(Model) })

/** The vector store as the rest of the sidecar sees it, whatever database is behind it. */
export type Vectors = {
  upsert: (workspace: string, request: Static<typeof UpsertRequest>) => Promise<{ upserted: number; count: number }>
  remove: (workspace: string, request: Static<typeof DeleteRequest>) => Promise<{ deleted: number; count: number }>
  search: (
    workspace: string,
    request: Static<typeof SearchRequest>,
  ) => Promise<{ hits: { id: string; score: number }[] }>
  compact: (workspace: string, model: string) => Promise<void>
  drop: (workspace: string, model?: string) => Promise<void>
  states: (workspace: string) => Promise<TableState[]>
  open: () => number
  close: () => Promise<void>
}

export type VectorSettings = {
  /** Folder, or `s3:` address, below which each workspace has its place. */
  root: string
  indexFrom?: number
  /** Bytes of vectors up to which an index holds them whole; by default three quarters of LanceDB's cache. */
  wholeUpTo?: number
  optimizeEvery?: number
  /** Keep ledgers in LanceDB itself; so it is anyway where the root is no folder. */
  ledgerInDatabase?: boolean
  /** Told of work behind the scenes that failed. */
  warn?: (message: string, cause: unknown) => void
}

type Room = { place: Place; ledger: Ledger; tables: Map<string, VectorTable> }

const nameOf = (model: string) => `m${createHash('sha256').update(model).digest('hex').slice(0, 24)}`
const wrongVector = (path: string) => fail('INVALID_INPUT', {}, [{ path, message: 'is no vector of that length' }])

/** Makes the vector store on LanceDB; nothing is loaded or opened before the first call. */
export const makeVectors = (settings: VectorSettings): Vectors => {
  const { root, indexFrom = 50_000, wholeUpTo = WHOLE_UP_TO, optimizeEvery = 100 } = settings
  const { ledgerInDatabase = false, warn = () => undefined } = settings
  const placeOf = makePlaces(root)
  const rooms = new Map<string, Room>()

  const roomOf = (workspace: string): Room => {
    const known = rooms.get(workspace)
    if (known) return known
    const place = placeOf(workspace)
    const ledger = place.isLocal && !ledgerInDatabase ? makeFileLedger(place.uri) : makeTableLedger(place.connect)
    const room = { place, ledger, tables: new Map() }
    rooms.set(workspace, room)
    return room
  }

  const byName = (workspace: string, name: string): VectorTable => {
    const { place, ledger, tables } = roomOf(workspace)
    const known = tables.get(name)
    if (known) return known
    const table = makeTable(name, place, ledger, { indexFrom, wholeUpTo, optimizeEvery, warn })
    tables.set(name, table)
    return table
  }
  const tableOf = (workspace: string, model: string) => byName(workspace, nameOf(model))

  return {
    upsert: async (workspace, { model, dimensions, fence, rows }) => {
      const decoded = rows.map(({ vector, ...row }, i) => {
        const floats = decodeFloats(vector, dimensions)
        if (!floats) throw wrongVector(`/rows/${i}/vector`)
        return { ...row, vector: floats }
      })
      const { changed, count } = await tableOf(workspace, model).upsert(model, dimensions, fence, decoded)
      return { upserted: changed, count }
    },

    remove: async (workspace, { model, fence, ids, source }) => {
      if ((ids === undefined) === (source === undefined)) {
        throw fail('INVALID_INPUT', {}, [{ path: '/ids', message: 'give either ids or source' }])
      }
      const table = tableOf(workspace, model)
      const { changed, count } = source
        ? await table.removeSource(source, fence)
        : await table.removeIds(ids ?? [], fence)
      return { deleted: changed, count }
    },

    search: async (workspace, { model, vector, limit, ...filter }) => {
      const floats = decodeFloats(vector)
      if (!floats) throw wrongVector('/vector')
      return { hits: await tableOf(workspace, model).search(floats, limit, filter) }
    },

    compact: (workspace, model) => tableOf(workspace, model).compact(),

    drop: async (workspace, model) => {
      if (model !== undefined) return tableOf(workspace, model).drop()
      const { ledger, tables } = roomOf(workspace)
      for (const name of new Set([...tables.keys(), ...(await ledger.names())])) await byName(workspace, name).drop()
      await ledger.clear()
      rooms.delete(workspace)
    },

    states: async (workspace) => {
      const states: TableState[] = []
      for (const name of await roomOf(workspace).ledger.names()) {
        const state = await byName(workspace, name).state()
        if (state) states.push(state)
      }
      return states.toSorted((a, b) => a.model.localeCompare(b.model))
    },

    open: () => [...rooms.values()].reduce((sum, { tables }) => sum + tables.size, 0),

    close: async () => {
      for (const { tables } of rooms.values()) for (const table of tables.values()) await table.close()
    },
  }
}
