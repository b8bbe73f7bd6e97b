/** Rows of threads, messages and links; the only SQL of this feature. */
import { sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import { contains } from '../../../kernel/database/like.ts'
import type { MessageRow, ThreadLinkRow, ThreadRow } from './rows.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow; thread_link: ThreadLinkRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** In a change of threads: the id of the last message of each; null where it has none. */
export const lastMessage = sql<string | null>`(select said.id from llm_messages said
  where said.workspace = llm_threads.workspace and said.thread_id = llm_threads.id order by said.turn desc limit 1)`

export const insertThread = (to: Reader, row: ThreadRow) =>
  tables(to)
    .insertInto('llm_threads')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const threadById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('llm_threads')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const threadsByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('llm_threads')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', [...ids])
    .execute()

/** A page by last activity, newest first; `q` looks into title and description. */
export type ThreadPage = Page<number> & { q?: string }
export function threadPage(from: Reader, page: ThreadPage): Promise<ThreadRow[]> {
  const { q } = page
  let query = tables(from).selectFrom('llm_threads').selectAll().where('workspace', '=', from.workspace)
  if (q) query = query.where((row) => row.or([contains('title', q), contains('description', q)]))
  return newestFirst(query, 'updated_at', page).execute()
}

/** Changes a thread as long as it still has the version that was seen; undefined when it has not. */
export const updateThread = (to: Reader, id: string, seen: number, change: Partial<ThreadRow>) =>
  tables(to)
    .updateTable('llm_threads')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

export const deleteThread = (to: Reader, id: string) =>
  tables(to).deleteFrom('llm_threads').where('workspace', '=', to.workspace).where('id', '=', id).execute()

/** Takes the next turn of a thread; its row stays locked until the transaction ends. Undefined when it is gone. */
export const takeTurn = (to: Reader, id: string, change: Partial<ThreadRow>) =>
  tables(to)
    .updateTable('llm_threads')
    .set((row) => ({ ...change, message_count: row('message_count', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning(['message_count', 'head_id', 'title', 'version'])
    .executeTakeFirst()

/** Says which message ends the path that is shown. */
export const setHead = (to: Reader, id: string, head: string) =>
  tables(to)
    .updateTable('llm_threads')
    .set({ head_id: head })
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

/** Gives back the turn that this transaction took and did not use. */
export const giveBackTurn = (to: Reader, id: string) =>
  tables(to)
    .updateTable('llm_threads')
    .set((row) => ({ message_count: row('message_count', '-', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

/** Undefined when the workspace has a message of this id already. */
export const insertMessage = (to: Reader, row: MessageRow) =>
  tables(to)
    .insertInto('llm_messages')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const messageById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('llm_messages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const messagesByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('llm_messages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', [...ids])
    .execute()

export type MessagePage = {
  thread: string
  limit: number
  after: number | null
  order: 'asc' | 'desc'
  role?: string
  q?: string
}

/** A page of one thread's messages by turn. */
export function messagePage(from: Reader, page: MessagePage): Promise<MessageRow[]> {
  let query = tables(from)
    .selectFrom('llm_messages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', page.thread)
    .orderBy('turn', page.order)
    .limit(page.limit)
  const { after, q, role } = page
  if (after !== null) query = query.where('turn', page.order === 'asc' ? '>' : '<', after)
  if (role) query = query.where('role', '=', role)
  if (q) query = query.where(contains('content', q))
  return query.execute()
}

export const repliesTo = (from: Reader, thread: string, parent: string) =>
  tables(from)
    .selectFrom('llm_messages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .where('parent_id', '=', parent)
    .orderBy('turn', 'desc')
    .limit(20)
    .execute()

export const messageIdsOf = (from: Reader, thread: string) =>
  tables(from)
    .selectFrom('llm_messages')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .execute()

/** Messages of a thread behind a turn, in order. */
export const turnsAfter = (from: Reader, thread: string, after: number, limit: number) =>
  tables(from)
    .selectFrom('llm_messages')
    .select(['id', 'turn'])
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .where('turn', '>', after)
    .orderBy('turn')
    .limit(limit)
    .execute()

export const messageIdsAfter = (from: Reader, after: string, limit: number) =>
  tables(from)
    .selectFrom('llm_messages')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

export const insertLinks = (to: Reader, rows: ThreadLinkRow[]) =>
  tables(to)
    .insertInto('thread_link')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['workspace', 'thread_id', 'kind', 'ref', 'relation']).doNothing())
    .execute()

export const countLinks = async (from: Reader, thread: string) => {
  const { links } = await tables(from)
    .selectFrom('thread_link')
    .select((row) => row.fn.countAll<number>().as('links'))
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .executeTakeFirstOrThrow()
  return links
}

export function deleteLinksTo(to: Reader, kind: string, refs: readonly string[], relation?: string) {
  const query = tables(to)
    .deleteFrom('thread_link')
    .where('workspace', '=', to.workspace)
    .where('kind', '=', kind)
    .where('ref', 'in', [...refs])
  return (relation === undefined ? query : query.where('relation', '=', relation)).execute()
}

export const retitleLinks = (to: Reader, kind: string, ref: string, title: string) =>
  tables(to)
    .updateTable('thread_link')
    .set({ title })
    .where('workspace', '=', to.workspace)
    .where('kind', '=', kind)
    .where('ref', '=', ref)
    .execute()

/** A page of one thread's links, newest first. */
export function linkPage(from: Reader, thread: string, page: Page<number>) {
  const links = tables(from).selectFrom('thread_link').selectAll().where('workspace', '=', from.workspace)
  return newestFirst(links.where('thread_id', '=', thread), 'created_at', page).execute()
}
