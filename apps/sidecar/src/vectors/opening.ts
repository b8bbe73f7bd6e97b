/** Opens a table against its ledger. What contradicts the ledger is damage: never repaired here, only reported. */
import { CairnError, fail } from '@cairn/api/errors'
import type { Table } from '@lancedb/lancedb'
import type { Place } from './lance.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { IndexKind } from './upkeep.ts'

/** An open table with what is known of it. */
export type Opened = {
  table: Table
  entry: Entry
  /** Commits, and rows that came with them, since files were last put together. */
  commits: number
  loose: number
  /** Rows when the index was made; 0 without one. */
  indexed: number
  kind: IndexKind
}

export const opening = (table: Table, entry: Entry, indexed = 0, kind: IndexKind = 'IvfFlat'): Opened => ({
  table,
  entry,
  commits: 0,
  loose: 0,
  indexed,
  kind,
})

export const damaged = (reason: string, cause?: unknown) => fail('VECTORS_DAMAGED', { reason }, [], cause)

export const isDamage = (cause: unknown) => cause instanceof CairnError && cause.code === 'VECTORS_DAMAGED'

/** What really is stored; `bytes` are those of the rows alone. */
type Found = { version: number; count: number; bytes: number }

/** Makes what opens and closes the table `name` of a place. Physical tables are named by their generation. */
export const makeOpening = (name: string, place: Place, ledger: Ledger) => {
  let opened: Promise<Opened | null> | undefined

  const physical = (generation: number) => `${name}_${generation}`
  const mine = async () => {
    const tables = await (await place.connect()).tableNames()
    return tables.filter((table) => table.startsWith(`${name}_`))
  }

  /** Reads version and rows past every cache, touching each data file: a missing or cut one shows. */
  const inspect = async (entry: Entry): Promise<Found> => {
    const found = await readAll(physical(entry.generation))
    if (found.version < entry.version) throw damaged('it went back to an older version')
    if (found.version === entry.version && found.count !== entry.count) throw damaged('rows are missing')
    return found
  }

  const readAll = async (table: string): Promise<Found> => {
    try {
      const fresh = await (await place.connectAfresh()).openTable(table)
      try {
        let count = 0
        for await (const batch of fresh.query().select(['id'])) count += batch.numRows
        if (count !== (await fresh.countRows())) throw new Error('the rows read are not those counted')
        return { version: await fresh.version(), count, bytes: (await fresh.stats()).totalBytes }
      } finally {
        fresh.close()
      }
    } catch (cause) {
      throw damaged('files are missing or broken', cause)
    }
  }

  const openChecked = async (): Promise<Opened | null> => {
    const entry = await ledger.read(name)
    const tables = await mine()
    if (entry === null) {
      if (tables.length > 0) throw damaged('its ledger is gone')
      return null
    }
    if ('broken' in entry) throw damaged('its ledger cannot be read')
    const connection = await place.connect()
    const current = physical(entry.generation)
    // What a rewrite or a drop left behind when the process ended in the middle of it.
    for (const other of tables) if (other !== current) await place.erase(connection, other)
    if (!tables.includes(current)) {
      if (entry.version > 0) throw damaged('its table is gone')
      return null
    }
    const found = await inspect(entry)
    // The process ended between a commit and its line in the ledger: the commit counts.
    const isAhead = found.version > entry.version
    const { version, count } = found
    const next: Entry = { ...entry, version, count, dirty: entry.dirty || isAhead }
    if (isAhead) await ledger.write(name, next)
    const table = await connection.openTable(current)
    const index = (await table.listIndices()).find((one) => one.columns.includes('vector'))
    return opening(table, next, index?.numIndexedRows, index?.indexType === 'IvfPq' ? 'IvfPq' : 'IvfFlat')
  }

  const open = (): Promise<Opened | null> => {
    if (!opened) {
      opened = openChecked()
      opened.catch(() => {
        opened = undefined
      })
    }
    return opened
  }

  const close = async () => {
    const before = await opened?.catch(() => null)
    opened = undefined
    before?.table.close()
  }

  return {
    physical,
    mine,
    inspect,
    /** The open table, or null where nothing is stored. Rejects with VECTORS_DAMAGED. */
    open,
    close,
    /** Takes a table that was just made as the open one. */
    adopt: (state: Opened) => {
      opened = Promise.resolve(state)
      return state
    },

    /** The entry as it stands, also where nothing is stored any more but the fencing number. */
    entry: async (): Promise<Entry | null> => {
      const state = await open()
      if (state) return state.entry
      const entry = await ledger.read(name)
      return entry === null || 'broken' in entry ? null : entry
    },

    /** Runs `work`; where LanceDB fails, looks whether the table is damaged, and if not tries once more. */
    guarded: async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (cause) {
        if (cause instanceof CairnError) throw cause
        if (/no space left|ENOSPC|disk quota/i.test(String(cause))) throw fail('DISK_FULL', {}, [], cause)
        await close()
        try {
          return await work()
        } catch (again) {
          if (again instanceof CairnError) throw again
          throw damaged('it cannot be read or written', again)
        }
      }
    },
  }
}
