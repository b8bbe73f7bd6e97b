/** One SQLite connection (`node:sqlite`) as Kysely wants it, with a cache of prepared statements. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { databaseError } from './errors.ts'
import { safe } from './numbers.ts'

export type SqliteConnection = DatabaseConnection & {
  readonly raw: DatabaseSync
  /** Runs one statement that answers nothing: BEGIN, COMMIT, SAVEPOINT, … */
  command(sql: string): void
  /** Rows of one statement. */
  all(sql: string, ...parameters: SQLInputValue[]): Record<string, unknown>[]
  close(): void
}

/** `FULL` syncs the log at each COMMIT; `NORMAL` loses acknowledged writes in a power cut and is there for the rig that shows it. */
export type Synchronous = 'FULL' | 'NORMAL'
export type ConnectionOptions = {
  readOnly?: boolean
  synchronous?: Synchronous
  busyTimeout?: number
  cacheKiB?: number
}

/** WAL corruption fixed in this one: https://sqlite.org/releaselog/3_51_3.html */
const oldest = [3, 51, 3] as const
/** Of each of two generations; what was not used while one filled up is let go. */
const cachedStatements = 250
const walLimit = 64 * 1024 * 1024
/**
 * Pages in the log before it is copied into the database (32 MB; SQLite's own choice is 4 MB). What is written again and
 * again is copied once then: 100,000 visits in batches wrote 1.15 GB to the disk before, 0.8 GB now.
 */
const checkpointPages = 8_000

/** Opens a connection with the settings that all of Cairn's share. The file is made when it is missing (unless read-only). */
export function openSqliteConnection(file: string, options: ConnectionOptions = {}): SqliteConnection {
  const { readOnly = false, synchronous = 'FULL', busyTimeout = 5_000, cacheKiB = 8_192 } = options
  try {
    const raw = new DatabaseSync(file, { readOnly, timeout: busyTimeout, enableForeignKeyConstraints: true })
    const connection = over(raw)
    assertVersion(connection)
    // What is deleted is overwritten: a row that is gone leaves no bytes behind.
    if (!readOnly) raw.exec('PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON')
    raw.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -${cacheKiB}; PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = ${walLimit}; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;
      PRAGMA case_sensitive_like = ON; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
      PRAGMA wal_autocheckpoint = ${checkpointPages}`)
    return connection
  } catch (error) {
    throw databaseError(error)
  }
}

function assertVersion(connection: SqliteConnection) {
  const version = String(connection.all('select sqlite_version() as version')[0]?.version)
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const number = (a: number, b: number, c: number) => a * 1e6 + b * 1e3 + c
  if (number(major, minor, patch) < number(...oldest))
    throw new Error(`SQLite ${version} is too old; ${oldest.join('.')} is needed. Use the Node that comes with Cairn.`)
}

function over(raw: DatabaseSync): SqliteConnection {
  let recent = new Map<string, Prepared>()
  let older = new Map<string, Prepared>()
  const prepared = (sql: string): Prepared => recent.get(sql) ?? keep(sql, older.get(sql) ?? prepare(sql))
  const prepare = (sql: string): Prepared => {
    const statement = raw.prepare(sql)
    return { statement, reads: statement.columns().length > 0 }
  }
  const keep = (sql: string, made: Prepared): Prepared => {
    if (recent.size >= cachedStatements) {
      older = recent
      recent = new Map()
    }
    recent.set(sql, made)
    return made
  }
  return {
    raw,
    command: (sql) => void prepared(sql).statement.run(),
    all: (sql, ...parameters) => prepared(sql).statement.all(...parameters),
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      try {
        const { statement, reads } = prepared(query.sql)
        const parameters = query.parameters.map(toSqlite)
        if (reads) return { rows: statement.all(...parameters) as R[] }
        const { changes, lastInsertRowid } = statement.run(...parameters)
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
      } catch (error) {
        throw databaseError(error)
      }
    },
    async *streamQuery<R>(query: CompiledQuery, chunk: number): AsyncIterableIterator<QueryResult<R>> {
      // A statement of its own: the cached one could be run again between two chunks.
      const rows = raw.prepare(query.sql).iterate(...query.parameters.map(toSqlite))
      let batch: R[] = []
      for (const row of rows) {
        batch.push(row as R)
        if (batch.length < Math.max(chunk, 1)) continue
        yield { rows: batch }
        batch = []
      }
      if (batch.length > 0) yield { rows: batch }
    },
    close() {
      recent.clear()
      older.clear()
      if (raw.isOpen) raw.close()
    },
  }
}
type Prepared = { statement: StatementSync; reads: boolean }

/**
 * A JavaScript value as SQLite stores it. Whole numbers are bound as integers (as they are, they would be floats, and
 * `5` in a text column would become `5.0`); those beyond 2^53 are refused, since they could not be read back.
 */
function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(safe(value)) : value
  if (value === null || typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value
  throw new TypeError(`A ${typeof value} cannot be stored; encode it in the store first.`)
}
