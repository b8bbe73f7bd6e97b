/** What of a thread is shown, for threads that come in from a bundle. */
import type { Db } from '../../../kernel/database/dialect.ts'
import type { MessageRow, ThreadRow } from './rows.ts'
import { lastMessage } from './store.ts'

type Reader = { workspace: string; db: Db }
const tables = ({ db }: Reader) => db.withTables<{ llm_threads: ThreadRow; llm_messages: MessageRow }>()

/** The heads of threads, and for each the thread of the message that is to be its head; those that are gone left out. */
export const headsOf = (from: Reader, threads: readonly string[], heads: readonly string[]) =>
  Promise.all([
    tables(from)
      .selectFrom('llm_threads')
      .select(['id', 'head_id'])
      .where('workspace', '=', from.workspace)
      .where('id', 'in', threads)
      .execute(),
    tables(from)
      .selectFrom('llm_messages')
      .select(['id', 'thread_id'])
      .where('workspace', '=', from.workspace)
      .where('id', 'in', heads)
      .execute(),
  ])

export const setHead = (to: Reader, thread: string, head_id: string) =>
  tables(to)
    .updateTable('llm_threads')
    .set((row) => ({ head_id, version: row('version', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', thread)
    .execute()

/** The first head of a thread is no change that anybody could have missed. */
export const setFirstHead = (to: Reader, thread: string, head_id: string) =>
  tables(to)
    .updateTable('llm_threads')
    .set({ head_id })
    .where('workspace', '=', to.workspace)
    .where('id', '=', thread)
    .execute()

/** A thread of which messages came in and nobody said what is shown shows the last of them. */
export async function setMissingHeads(to: Reader): Promise<void> {
  await tables(to)
    .updateTable('llm_threads')
    .set({ head_id: lastMessage })
    .where('workspace', '=', to.workspace)
    .where('head_id', 'is', null)
    .where('message_count', '>', 0)
    .execute()
}
