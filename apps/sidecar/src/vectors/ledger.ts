/**
 * What is known of a table from outside of it. LanceDB keeps no checksums, and a damaged manifest can open as an
 * older or an empty table: the ledger says which version and how many rows there must be. It lies beside the table as
 * a small file, or, on object storage, in a LanceDB table of its own.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '@lancedb/lancedb'
import { quoted } from './filter.ts'

export type Entry = {
  model: string
  dimensions: number
  /** Number of the physical table; a rewrite makes the next one, and the change of this number is its commit. */
  generation: number
  version: number
  count: number
  /** Highest fencing number seen. */
  fence: number
  /** Were rows deleted or replaced since the table was last written anew? */
  dirty: boolean
}

/** An entry that is there and cannot be read. */
export type Broken = { broken: true }

export type Ledger = {
  read: (name: string) => Promise<Entry | Broken | null>
  write: (name: string, entry: Entry) => Promise<void>
  remove: (name: string) => Promise<void>
  names: () => Promise<string[]>
  /** Removes the ledger itself with all that it knows. */
  clear: () => Promise<void>
}

const isEntry = (value: unknown): value is Entry => {
  const entry = value as Entry
  return (
    typeof entry?.model === 'string' &&
    typeof entry.dirty === 'boolean' &&
    [entry.dimensions, entry.generation, entry.version, entry.count, entry.fence].every(Number.isSafeInteger)
  )
}

const parsed = (text: string): Entry | Broken => {
  try {
    const value: unknown = JSON.parse(text)
    return isEntry(value) ? value : { broken: true }
  } catch {
    return { broken: true }
  }
}

/** A ledger of files `<name>.json` in a folder, each replaced as a whole. */
export const makeFileLedger = (folder: string): Ledger => {
  const fileOf = (name: string) => join(folder, `${name}.json`)
  return {
    read: async (name) => {
      try {
        return parsed(await readFile(fileOf(name), 'utf8'))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw cause
      }
    },
    write: async (name, entry) => {
      await mkdir(folder, { recursive: true })
      const draft = `${fileOf(name)}.new`
      await writeFile(draft, JSON.stringify(entry))
      await rename(draft, fileOf(name))
    },
    remove: (name) => rm(fileOf(name), { force: true }),
    names: async () => {
      try {
        const files = await readdir(folder)
        return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw cause
      }
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  }
}

const TABLE = 'ledger'

/** A ledger of rows in the database itself, for storage that has no files of ours. */
export const makeTableLedger = (connect: () => Promise<Connection>): Ledger => {
  const open = async (create: boolean) => {
    const connection = await connect()
    if ((await connection.tableNames()).includes(TABLE)) return connection.openTable(TABLE)
    return create ? connection.createTable(TABLE, [{ name: '', entry: '{}' }]) : null
  }
  return {
    read: async (name) => {
      const table = await open(false)
      const rows = await table
        ?.query()
        .where(`name = ${quoted(name)}`)
        .toArray()
      return rows?.[0] ? parsed(String(rows[0].entry)) : null
    },
    write: async (name, entry) => {
      const table = await open(true)
      await table
        ?.mergeInsert('name')
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute([{ name, entry: JSON.stringify(entry) }])
      await table?.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true })
    },
    remove: async (name) => {
      await (await open(false))?.delete(`name = ${quoted(name)}`)
    },
    names: async () => {
      const rows = await (await open(false))?.query().select(['name']).toArray()
      return (rows ?? []).map((row) => String(row.name)).filter((name) => name !== '')
    },
    clear: async () => {
      if (await open(false)) await (await connect()).dropTable(TABLE)
    },
  }
}
