/** What is left of the writes of `crash-writes-child.ts` after a crash. */
import { migrations } from '../apps/server/migrations/index.ts'
import { type DatabaseSettings, openDatabase } from '../apps/server/src/kernel/database/database.ts'
import { verify } from '../apps/server/src/kernel/events/verify.ts'
import type { Row } from './crash-writes-child.ts'

export const quietLog = { info() {}, warn() {}, error() {} }

export type Findings = {
  /** Acknowledged and not there. */
  lost: number[]
  /** There by half: one row of two, or without its event. */
  torn: number[]
  /** What the check of the file and of the event chain found. */
  damage: string[]
  kept: number
}

/** Opens the database as a start after the crash would, and compares it with what was acknowledged. */
export async function findingsIn(settings: DatabaseSettings, acknowledged: readonly number[]): Promise<Findings> {
  const database = await openDatabase(settings, quietLog).catch((error: { code?: string; message: string }) => error)
  if (!('transaction' in database))
    return { lost: [...acknowledged], torn: [], damage: [`${database.code}: ${database.message}`], kept: 0 }
  try {
    const tables = database.db.withTables<{ setting: Row; event: { workspace: string; subject: string } }>()
    const rows = await tables.selectFrom('setting').select('updated_at').where('workspace', '=', 'w').execute()
    const events = await tables.selectFrom('event').select('subject').where('workspace', '=', 'w').execute()
    const parts = new Map<number, number>()
    for (const number of [...rows.map((row) => row.updated_at), ...events.map((event) => Number(event.subject))])
      parts.set(number, (parts.get(number) ?? 0) + 1)
    const chain = await verify(database.db, 'w')
    const check = await database.check()
    return {
      lost: acknowledged.filter((number) => !parts.has(number)),
      torn: [...parts].flatMap(([number, count]) => (count === 3 ? [] : [number])),
      damage: [...check.problems, ...chain.faults.map((fault) => fault.message)],
      kept: parts.size,
    }
  } finally {
    await database.close()
  }
}

/** A new, migrated and well closed database. */
export async function prepare(settings: DatabaseSettings): Promise<void> {
  const database = await openDatabase(settings, quietLog)
  await database.migrate(migrations)
  await database.close()
}
