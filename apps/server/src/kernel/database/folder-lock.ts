/**
 * One process per data folder. The lock is a write lock of the operating system on a small SQLite file beside the
 * database, held as long as the process lives: it goes with the process, however that ends, and a number used again by
 * another process means nothing. The row inside says who holds it, and how the database was left the last time.
 */
import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { fail } from '@cairn/api/errors'
import { systemClock } from '../clock.ts'

/** What a clean stop wrote down of the database file. */
export type Left = { clean: boolean; bytes: number; modified: number }
export type Holder = { pid: number; since: number }
export type FolderLock = {
  /** How the process before left the database; null when there was none. */
  left: Left | null
  /** The process before, when it ended without a clean stop. */
  lost: Holder | null
  /** Gives the folder back. `clean` when the database was closed and is whole. */
  release(clean: boolean): Promise<void>
}

type Row = { pid: number; since: number; clean: number; bytes: number; modified: number }
const lockFile = (file: string) => `${file}.lock`

/** Takes the folder of the database `file`, made if need be. DATABASE_IN_USE names the process that holds it. */
export async function lockFolder(file: string): Promise<FolderLock> {
  try {
    return await lockOn(file)
  } catch (error) {
    throw isReadOnly(error) ? fail('DATABASE_READ_ONLY', {}, [], error) : error
  }
}

async function lockOn(file: string): Promise<FolderLock> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lock = await openLock(file)
  try {
    const before = await take(lock)
    const left = before && { clean: before.clean === 1, bytes: before.bytes, modified: before.modified }
    return {
      left,
      lost: before && before.clean === 0 ? { pid: before.pid, since: before.since } : null,
      async release(clean) {
        const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }))
        try {
          if (clean) lock.prepare('UPDATE holder SET clean = 1, bytes = ?, modified = ?').run(size, Math.trunc(mtimeMs))
          lock.exec('COMMIT')
        } catch (error) {
          // No room for the note that all is well: the next start checks the database.
          if (!isFull(error)) throw error
        } finally {
          lock.close()
        }
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Which process holds the folder of the database `file` now; null when none does. Changes nothing. */
export async function holderOf(file: string): Promise<Holder | null> {
  if (!(await stat(lockFile(file)).catch(() => null))) return null
  const lock = new DatabaseSync(lockFile(file), { timeout: 0 })
  try {
    lock.exec('BEGIN IMMEDIATE')
    lock.exec('ROLLBACK')
    return null
  } catch (error) {
    if (!isBusy(error)) throw error
    return await read(lock)
  } finally {
    lock.close()
  }
}

async function openLock(file: string): Promise<DatabaseSync> {
  try {
    return prepare(lockFile(file))
  } catch (error) {
    if (![11, 26].includes(resultOf(error))) throw error
    // A lock file that was cut off in a power cut holds nothing worth keeping; the database is then checked.
    await rm(lockFile(file))
    return prepare(lockFile(file))
  }
}

function prepare(path: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 500 })
  try {
    lock.exec(`CREATE TABLE IF NOT EXISTS holder (
      id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, since INTEGER NOT NULL,
      clean INTEGER NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL) STRICT`)
    return lock
  } catch (error) {
    if (isBusy(error)) return lock
    lock.close()
    throw error
  }
}

/** Writes our name into the row, then keeps the write lock. Answers the row as it was. */
async function take(lock: DatabaseSync): Promise<Row | null> {
  const before = await own(lock, () => {
    const row = (lock.prepare('SELECT * FROM holder').get() as Row | undefined) ?? null
    lock
      .prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?, 0, ?, ?)')
      .run(process.pid, systemClock.now(), row?.bytes ?? 0, row?.modified ?? 0)
    lock.exec('COMMIT')
    return row
  })
  // Between COMMIT and here another process may have written its name: then it is the holder, or about to be.
  await own(lock, async () => {
    const holder = await read(lock)
    if (holder && holder.pid !== process.pid) throw inUse(holder)
  })
  return before
}

async function own<T>(lock: DatabaseSync, action: () => T): Promise<T> {
  try {
    lock.exec('BEGIN IMMEDIATE')
  } catch (error) {
    if (isBusy(error)) throw inUse(await read(lock))
    throw error
  }
  return action()
}

const inUse = (holder: Holder | null) => fail('DATABASE_IN_USE', { pid: holder?.pid ?? 'unknown' })

/** Readable while another process holds the write lock, but for the moment of its own COMMIT. */
async function read(lock: DatabaseSync): Promise<Holder | null> {
  for (let tries = 0; ; tries++) {
    try {
      return (lock.prepare('SELECT pid, since FROM holder').get() as Holder | undefined) ?? null
    } catch (error) {
      if (!isBusy(error) || tries > 40) return null
      await pause(25)
    }
  }
}

const resultOf = (error: unknown) => ((error as { errcode?: number }).errcode ?? 0) & 0xff
const isBusy = (error: unknown) => resultOf(error) === 5
const isFull = (error: unknown) => resultOf(error) === 13
const isReadOnly = (error: unknown) =>
  [8, 14].includes(resultOf(error)) || ['EACCES', 'EPERM', 'EROFS'].includes(String((error as { code?: string }).code))
