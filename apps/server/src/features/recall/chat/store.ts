/** Rows of what answers were made from, and a look at the ledger's row of an answer; the only SQL of this feature. */
import type { ChatContext } from '@cairn/api/chat'
import type { Db } from '../../../kernel/database/dialect.ts'
import type { JobTables } from '../../../kernel/jobs/rows.ts'

export type ChatContextRow = {
  workspace: string
  /** The thread's. */
  id: string
  message_id: string
  kind: string
  model: string | null
  query: string
  passages: string
  messages: string
  created_at: number
}
type Seen = ChatContext['passages'][number]
type Tables = { chat_context: ChatContextRow }
type Reader = { workspace: string; db: Db }

/** Keeps what a thread's last answer was made from; what was kept before goes. */
export const putContext = (to: Reader, row: ChatContextRow) => {
  const { workspace: _, id: __, ...fields } = row
  return to.db
    .withTables<Tables>()
    .insertInto('chat_context')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doUpdateSet(fields))
    .execute()
}

export const contextOf = (from: Reader, thread: string) =>
  from.db
    .withTables<Tables>()
    .selectFrom('chat_context')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', thread)
    .executeTakeFirst()

export const deleteContext = async (to: Reader, thread: string) => {
  const { numDeletedRows } = await to.db
    .withTables<Tables>()
    .deleteFrom('chat_context')
    .where('workspace', '=', to.workspace)
    .where('id', '=', thread)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** Answers of before documents could be attached do not say what was. */
export const passagesIn = ({ passages }: Pick<ChatContextRow, 'passages'>) =>
  (JSON.parse(passages) as (Omit<Seen, 'attached'> & Partial<Seen>)[]).map(
    (one): Seen => ({ ...one, attached: one.attached ?? false }),
  )

export const jobById = (from: Reader, id: string) =>
  from.db
    .withTables<JobTables>()
    .selectFrom('jobs')
    .select(['status', 'input', 'completed_at'])
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()
