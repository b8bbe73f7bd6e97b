/** Ways through the tree of a thread's messages, and links from their other side. */
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import type { MessageRow, ThreadLinkRow, ThreadRow } from './rows.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow; thread_link: ThreadLinkRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/**
 * Ids of a message and of those that it follows, the last first; at most `most`. A cross join is taken by SQLite in the
 * order it is written: left to itself it may go through all messages for each step.
 */
export async function pathUp(from: Reader, id: string, most: number): Promise<string[]> {
  const rows = await tables(from)
    .withRecursive('path(id, parent_id, turn, at)', (db) =>
      db
        .selectFrom('llm_messages')
        .select((row) => ['id', 'parent_id', 'turn', row.cast<number>(row.lit(1), 'integer').as('at')])
        .where('workspace', '=', from.workspace)
        .where('id', '=', id)
        .unionAll(
          db
            .selectFrom('path')
            .crossJoin('llm_messages as message')
            .whereRef('message.id', '=', 'path.parent_id')
            .select((row) => ['message.id', 'message.parent_id', 'message.turn', row('path.at', '+', 1).as('at')])
            .where('message.workspace', '=', from.workspace)
            .where('path.at', '<', most),
        ),
    )
    .selectFrom('path')
    .select('id')
    .orderBy('turn', 'desc')
    .execute()
  return rows.map((row) => row.id)
}

/** All of them; a long path takes a while, so that this is called in a worker thread. */
export const wholePath = (from: Reader, id: string): Promise<string[]> => pathUp(from, id, longest)
/** No path is longer. */
const longest = 10_000_000

/** What was said from a turn on, in its order: a message follows only earlier ones. */
export const turnsFrom = (from: Reader, thread: string, turn: number) =>
  tables(from)
    .selectFrom('llm_messages')
    .select(['id', 'parent_id'])
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .where('turn', '>=', turn)
    .orderBy('turn')
    .execute()

/** Messages that follow one of these; null is where a thread begins. */
export const followers = (from: Reader, thread: string, parents: readonly (string | null)[]) => {
  const known = parents.filter((parent) => parent !== null)
  return tables(from)
    .selectFrom('llm_messages')
    .select(['id', 'parent_id', 'turn'])
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .where((row) =>
      row.or([
        ...(known.length > 0 ? [row('parent_id', 'in', known)] : []),
        ...(known.length < parents.length ? [row('parent_id', 'is', null)] : []),
      ]),
    )
    .execute()
}

/** A page of the links that lead to one thing, newest first, with their threads' titles. */
export function linkedPage(from: Reader, about: { kind: string; ref: string }, page: Page<number>) {
  const links = tables(from)
    .selectFrom('thread_link as link')
    .innerJoin('llm_threads as thread', (join) =>
      join.onRef('thread.workspace', '=', 'link.workspace').onRef('thread.id', '=', 'link.thread_id'),
    )
    .select(['link.id', 'link.thread_id', 'thread.title', 'link.relation', 'link.message_id', 'link.created_at'])
    .where('link.workspace', '=', from.workspace)
    .where('link.kind', '=', about.kind)
    .where('link.ref', '=', about.ref)
  return newestFirst(links, 'link.created_at', page).execute()
}
