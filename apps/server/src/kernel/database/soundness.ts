/** Is the database file whole? Asked before the first write, so that damage is reported and never written over. */
import { open, stat } from 'node:fs/promises'
import { fail } from '@cairn/api/errors'
import { sql } from 'kysely'
import type { ReadApart } from '../scope.ts'
import { databaseError } from './errors.ts'
import type { Left } from './folder-lock.ts'
import { openSqliteConnection } from './sqlite-connection.ts'

/** Bytes of SQLite's smallest page. */
const smallest = 512
const size = async (path: string) => (await stat(path).catch(() => null))?.size ?? 0

/**
 * Throws DATABASE_DAMAGED, with what was found as its cause. A file that is as the last clean stop left it is trusted;
 * any other is read whole (`PRAGMA quick_check`, about a second for each gigabyte), on a connection that cannot write.
 */
export async function assertSound(file: string, left: Left | null, say: (message: string) => void): Promise<void> {
  const found = await stat(file).catch(() => null)
  if (!found || found.size === 0) {
    // SQLite would begin anew here, and drop a log that still holds acknowledged writes.
    if ((await size(`${file}-wal`)) > 0) throw damaged(['the main file is gone, its log is still there'])
    if ((left?.bytes ?? 0) > 0) throw damaged(['the main file is gone or empty'])
    return
  }
  if (found.size < smallest) throw damaged(['it is shorter than the smallest database'])
  if (left?.clean && left.bytes === found.size && left.modified === Math.trunc(found.mtimeMs)) return
  if (left) say('The database was not closed, or was changed since. Checking it; nothing is lost by waiting.')
  const problems = (await isCut(file, found.size)) ? ['its last page is cut off'] : await quickCheck(file)
  if (problems.length > 0) throw damaged(problems)
}

/**
 * Does the file end within a page? `quick_check` may take that for zeros. While there is a log it is no damage: copying the
 * log was cut off, and is done again. Format: https://sqlite.org/fileformat2.html#page_size
 */
async function isCut(file: string, bytes: number): Promise<boolean> {
  if ((await size(`${file}-wal`)) > 0) return false
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 16)
    const said = buffer.readUInt16BE()
    const page = said === 1 ? 65_536 : said
    return page >= smallest && bytes % page !== 0
  } finally {
    await handle.close()
  }
}

/** What `PRAGMA quick_check` finds, at most twenty lines; empty when the file is whole. */
async function quickCheck(file: string): Promise<string[]> {
  return problemsIn(async () => {
    const connection = openSqliteConnection(file, { readOnly: true })
    try {
      return connection.all('PRAGMA quick_check(20)')
    } finally {
      connection.close()
    }
  })
}

/** The same for `apart.read`, while the database is in use. */
export const quickCheckApart = { module: new URL(import.meta.url), name: 'readQuickCheck' }
export const readQuickCheck: ReadApart<null, string[]> = ({ db }) =>
  problemsIn(async () => (await sql<Record<string, unknown>>`pragma quick_check(20)`.execute(db)).rows)

/** Damage can be so bad that the check itself fails. */
async function problemsIn(check: () => Promise<Record<string, unknown>[]>): Promise<string[]> {
  try {
    const lines = (await check()).map((row) => String(row.quick_check))
    return lines[0] === 'ok' ? [] : lines
  } catch (error) {
    const { code, cause } = databaseError(error) as { code?: string; cause?: Error }
    if (code === 'DATABASE_DAMAGED') return [cause?.message ?? 'it cannot be read']
    throw error
  }
}

const damaged = (problems: string[]) => fail('DATABASE_DAMAGED', {}, [], new Error(problems.join('; ')))
