/** SQLite as the core uses it: one writer with group commit and one reader, both on the loop. */
import { chmodSync, closeSync, openSync } from 'node:fs'
import { makeBodies } from './bodies.ts'
import type { DatabaseLog } from './database.ts'
import type { Db } from './dialect.ts'
import { databaseError } from './errors.ts'
import { lockFolder } from './folder-lock.ts'
import { dbOver } from './over.ts'
import { assertSound } from './soundness.ts'
import { openSqliteConnection, type SqliteConnection, type Synchronous } from './sqlite-connection.ts'
import { writeStatistics } from './statistics.ts'
import { makeWriter } from './writer.ts'

export type SqliteSettings = {
  /** Path of the database file; its folder is made when it is missing. */
  file: string
  synchronous?: Synchronous
}

/**
 * Takes the data folder, checks the file when it was not closed well, and opens it. Errors: DATABASE_IN_USE,
 * DATABASE_READ_ONLY, DATABASE_DAMAGED (the file is left as it is).
 */
export async function openSqlite(settings: SqliteSettings, log: DatabaseLog) {
  const { file, synchronous = 'FULL' } = settings
  const bodies = makeBodies()
  const lock = await lockFolder(file)
  if (lock.lost) log.warn(lock.lost, 'The process before ended without closing the database')
  const { writing, reading, writer } = await open().catch(async (error: unknown) => {
    await lock.release(false)
    throw error
  })

  async function open() {
    await assertSound(file, lock.left, (message) => log.info({}, message))
    keepPrivate(file)
    // The loop never waits for a lock: the writer asks again itself.
    const writing = openSqliteConnection(file, { synchronous, busyTimeout: 0, cacheKiB: 16_384 })
    assertWritable(writing)
    const reading = openSqliteConnection(file, { readOnly: true, busyTimeout: 250, cacheKiB: 16_384 })
    return { writing, reading, writer: makeWriter(writing, bodies, log) }
  }

  return {
    db: dbOver('sqlite', {
      async provideConnection(consumer) {
        bodies.assertOutside()
        return consumer(reading)
      },
    }),
    writer,
    /** Tells the planner of the tables that there are now. */
    tell: () => writer.alone(async () => writeStatistics(writing)),
    /** A transaction with nothing else beside it and foreign keys checked at its end, so that it may rebuild tables. */
    exclusive: <T>(body: (db: Db) => Promise<T>) => writer.alone(() => rebuilding(writing, body)),
    async close() {
      await writer.close()
      reading.close()
      const clean = emptyLog(writing, log)
      writing.close()
      await lock.release(clean)
    },
  }
}

/** SQLite opens a file that it may not write to for reading, and would only say so at the first write. */
function assertWritable(connection: SqliteConnection) {
  try {
    connection.raw.exec('BEGIN IMMEDIATE; PRAGMA user_version = 0; ROLLBACK')
  } catch (error) {
    const known = databaseError(error)
    if ((known as { code?: string }).code === 'DATABASE_BUSY') return
    connection.close()
    throw known
  }
}

/** The log goes into the database. Where it cannot, the database is not called clean: the next start checks it. */
function emptyLog(connection: SqliteConnection, log: DatabaseLog): boolean {
  try {
    const [answer] = connection.all('PRAGMA wal_checkpoint(TRUNCATE)')
    if (answer?.busy === 0) return true
    log.warn({}, 'Another program reads the database; its log was not emptied while it was closed')
    return false
  } catch (error) {
    log.warn({ err: error }, 'The log of the database could not be emptied while it was closed')
    return false
  }
}

async function rebuilding<T>(connection: SqliteConnection, body: (db: Db) => Promise<T>): Promise<T> {
  connection.command('PRAGMA foreign_keys = OFF')
  connection.command('BEGIN IMMEDIATE')
  try {
    const value = await body(dbOver('sqlite', { provideConnection: (consumer) => consumer(connection) }))
    const broken = connection.all('PRAGMA foreign_key_check')
    if (broken.length > 0) throw new Error(`A migration leaves ${broken.length} rows without the row they refer to.`)
    connection.command('COMMIT')
    return value
  } catch (error) {
    if (connection.raw.isTransaction) connection.command('ROLLBACK')
    throw error
  } finally {
    connection.command('PRAGMA foreign_keys = ON')
  }
}

/** Readable for its owner alone, also in a folder that is open to others; SQLite gives its log the same mode. */
function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  } catch {
    // A file that cannot be touched is reported when the database opens it.
  }
}
