/** LanceDB, loaded when it is first needed, and the connections to it. */
import { readdir, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fail } from '@cairn/api/errors'
import type { Connection, Session } from '@lancedb/lancedb'

type Library = typeof import('@lancedb/lancedb')

/** Bytes that LanceDB may keep of indices and of metadata; its own defaults are 6 GB and 1 GB. */
const INDEX_CACHE = 128n * 1024n * 1024n
const METADATA_CACHE = 32n * 1024n * 1024n
/** Bytes of vectors that an index may hold whole and still be answered from the cache. */
export const WHOLE_UP_TO = 96 * 1024 * 1024

let loading: Promise<Library> | undefined

/** The library; ADDON_MISSING where no build of it was installed for this system. */
export const lance = (): Promise<Library> => {
  loading ??= import('@lancedb/lancedb').catch((cause: unknown) => {
    loading = undefined
    const how = `There is no build of it for ${process.platform}-${process.arch} in this installation.`
    throw fail('ADDON_MISSING', { addon: '@lancedb/lancedb', how }, [], cause)
  })
  return loading
}

const require = createRequire(import.meta.url)

/**
 * Arrow, in the very copy that LanceDB uses: it knows its tables by their class, and `import` would give another one.
 */
export const arrow = (): typeof import('apache-arrow') => require('apache-arrow')

export type Place = {
  /** Is the data in files of this machine? */
  isLocal: boolean
  uri: string
  /** A connection whose caches are shared and bounded. */
  connect: () => Promise<Connection>
  /** A connection that has nothing cached: it sees what is really stored. */
  connectAfresh: () => Promise<Connection>
  /** Bytes that the files of a table take, or null where they are not files of this machine. */
  bytes: (table: string) => Promise<number | null>
  /** Removes a table and everything of it, also where it is too damaged to be opened. */
  erase: (connection: Connection, table: string) => Promise<void>
}

/** Opens places below one root, a folder or an `s3:` address, that share their caches. */
export const makePlaces = (root: string) => {
  const isLocal = !/^[a-z][a-z0-9+]{1,9}:\/\//.test(root)
  let session: Session | undefined

  return (workspace: string): Place => {
    const uri = isLocal ? join(root, workspace) : `${root.replace(/\/+$/, '')}/${workspace}`
    const folderOf = (table: string) => join(uri, `${table}.lance`)
    let connection: Promise<Connection> | undefined

    const connect = async () => {
      const { connect: open, Session: Caches } = await lance()
      session ??= new Caches(INDEX_CACHE, METADATA_CACHE)
      return open(uri, { session })
    }

    return {
      isLocal,
      uri,
      connect: () => {
        connection ??= connect().catch((cause: unknown) => {
          connection = undefined
          throw cause
        })
        return connection
      },
      connectAfresh: async () => (await lance()).connect(uri),
      bytes: async (table) => (isLocal ? folderBytes(folderOf(table)) : null),
      erase: async (opened, table) => {
        if (isLocal) return rm(folderOf(table), { recursive: true, force: true })
        if ((await opened.tableNames()).includes(table)) await opened.dropTable(table)
      },
    }
  }
}

const folderBytes = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          (found) => found.size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
