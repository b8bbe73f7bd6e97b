/** Takes a thread apart from its end. The SQL of `remove.ts`. */
import type { Db } from '../../../kernel/database/dialect.ts'
import type { MessageRow, ThreadLinkRow, ThreadRow } from './rows.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow; thread_link: ThreadLinkRow }
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
      head_id: row
        .selectFrom('llm_messages')
        .select('llm_messages.id')
        .whereRef('llm_messages.workspace', '=', 'llm_threads.workspace')
        .whereRef('llm_messages.thread_id', '=', 'llm_threads.id')
        .orderBy('turn', 'desc')
        .limit(1),
    }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', thread)
    .execute()
  return gone.map(({ id }) => id)
}

/** Removes some of the links of a thread; answers how many. */
export async function deleteLinks(to: Reader, thread: string, limit: number): Promise<number> {
  const some = tables(to)
    .selectFrom('thread_link')
    .select('id')
    .where('workspace', '=', to.workspace)
    .where('thread_id', '=', thread)
    .limit(limit)
  const { numDeletedRows } = await tables(to)
    .deleteFrom('thread_link')
    .where('workspace', '=', to.workspace)
    .where('id', 'in', some)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
