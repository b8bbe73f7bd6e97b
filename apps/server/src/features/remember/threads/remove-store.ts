/** Takes a thread apart from its end. The SQL of `remove.ts`. */
import { type SqlBool, sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { takeRows } from '../../../kernel/erasure.ts'
import type { MessageRow, ThreadRow } from './rows.ts'
import { lastMessage } from './store.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Nobody adds to the thread until the transaction ends. False when it is gone. */
export async function holdThread(to: Reader, id: string): Promise<boolean> {
  const held = await tables(to)
    .updateTable('llm_threads')
    .set((row) => ({ version: row('version', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return held !== undefined
}

/** Removes the last messages of a thread, which then ends at the one before them. Answers their ids. */
export async function deleteNewest(to: Reader, thread: string, limit: number): Promise<string[]> {
  const newest = tables(to)
    .selectFrom('llm_messages')
    .select('id')
    .where('workspace', '=', to.workspace)
    .where('thread_id', '=', thread)
    .orderBy('turn', 'desc')
    .limit(limit)
  const gone = await tables(to)
    .deleteFrom('llm_messages')
    .where('workspace', '=', to.workspace)
    .where('id', 'in', newest)
    .returning('id')
    .execute()
  await tables(to)
    .updateTable('llm_threads')
    .set((row) => ({
      message_count: row('message_count', '-', gone.length),
      head_id: lastMessage,
    }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', thread)
    .execute()
  return gone.map(({ id }) => id)
}

/** Removes some of the links of a thread; answers how many. */
export const deleteLinks = async (to: Reader, thread: string, limit: number): Promise<number> =>
  (await takeRows(to, { table: 'thread_link', where: sql<SqlBool>`thread_id = ${thread}` }, limit)).length
