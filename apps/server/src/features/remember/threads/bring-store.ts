/** Many messages at once; the SQL of `bring.ts`. */
import type { Db } from '../../../kernel/database/dialect.ts'
import type { MessageRow, ThreadRow } from './rows.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Ids and rows that one statement takes. */
const idsAtOnce = 500
const rowsAtOnce = 50

/** Which of these messages are there. */
export async function knownMessages(from: Reader, ids: readonly string[]): Promise<string[]> {
  const known: string[] = []
  for (let at = 0; at < ids.length; at += idsAtOnce) {
    const rows = await tables(from)
      .selectFrom('llm_messages')
      .select('id')
      .where('workspace', '=', from.workspace)
      .where('id', 'in', ids.slice(at, at + idsAtOnce))
      .execute()
    known.push(...rows.map(({ id }) => id))
  }
  return known
}

/** Takes the next turns of a thread; its row stays locked until the transaction ends. */
export const takeTurns = (to: Reader, id: string, count: number) =>
  tables(to)
    .updateTable('llm_threads')
    .set((row) => ({ message_count: row('message_count', '+', count) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()

export async function insertMessages(to: Reader, rows: readonly MessageRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce)
    await tables(to)
      .insertInto('llm_messages')
      .values(rows.slice(at, at + rowsAtOnce))
      .execute()
}
