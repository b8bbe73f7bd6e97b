/** What may be taken out of the log without breaking its chain: data that is to be forgotten, and old segments. */
import type { Tx } from '../scope.ts'
import type { EventTables } from './chain.ts'
import type { Checkpoint } from './verify.ts'

type Writing = Pick<Tx, 'db' | 'workspace'>

/** Notes where the chain stands, and answers it to be kept elsewhere, too. Null when nothing has happened yet. */
export async function checkpoint(tx: Writing & Pick<Tx, 'now'>): Promise<Checkpoint | null> {
  const tables = tx.db.withTables<EventTables>()
  const head = await tables
    .selectFrom('event_head')
    .selectAll()
    .where('workspace', '=', tx.workspace)
    .executeTakeFirst()
  if (!head || head.seq === 0) return null
  const { seq, hash } = head
  await tables
    .insertInto('event_checkpoint')
    .values({ workspace: tx.workspace, seq, hash, time: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return { seq, hash }
}

/** Drops the events up to the newest checkpoint at or before `seq`. Answers how many. */
export async function prune(tx: Writing, seq: number): Promise<number> {
  const tables = tx.db.withTables<EventTables>()
  const point = await tables
    .selectFrom('event_checkpoint')
    .select('seq')
    .where('workspace', '=', tx.workspace)
    .where('seq', '<=', seq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!point) return 0
  const gone = await tables
    .deleteFrom('event')
    .where('workspace', '=', tx.workspace)
    .where('seq', '<=', point.seq)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}

/** Deletes data and salt of events by what they are about or when they happened. The chain stays whole. */
export async function forget(
  tx: Writing,
  what: { subjects?: readonly string[]; from?: number; to?: number },
): Promise<number> {
  let query = tx.db
    .withTables<EventTables>()
    .updateTable('event')
    .set({ data: null, salt: null })
    .where('workspace', '=', tx.workspace)
    .where('data', 'is not', null)
  if (what.subjects) query = query.where('subject', 'in', what.subjects)
  if (what.from !== undefined) query = query.where('time', '>=', what.from)
  if (what.to !== undefined) query = query.where('time', '<=', what.to)
  const changed = await query.executeTakeFirst()
  return Number(changed.numUpdatedRows)
}
