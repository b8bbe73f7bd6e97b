/** Ways through the tree of a thread's messages, and links from their other side. */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import type { MessageRow, ThreadLinkRow, ThreadRow } from './rows.ts'

type Tables = { llm_threads: ThreadRow; llm_messages: MessageRow; thread_link: ThreadLinkRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Turns that follow each other without a gap, from `last` up to `first`; `parent_id` is what the first one follows. */
export type Line = { first: number; last: number; parent_id: string | null }
/** How far up: to a turn, or until there are so many messages. */
export type Reach = { until?: number; most?: number }

/** Lines of one statement, so that it is a short one. */
export const linesAtOnce = 50

/**
 * The path from a message up, as lines, the last first; none when the thread has no such message. Each step is a few single
 * rows by their keys, written one inside the other: joined, PostgreSQL without statistics reads the thread for each step.
 */
export async function linesUp(from: Reader, thread: string, id: string, { until, most }: Required<Reach>) {
  const said = sql`from llm_messages said where said.workspace = ${from.workspace} and said.thread_id = ${thread}`
  const turnOf = (message: RawBuilder<unknown>) => sql`(select turn ${said} and said.id = ${message})`
  const beginOf = (turn: RawBuilder<unknown>) => sql`(select max(turn) ${said} and begins = 1 and turn <= ${turn})`
  const parentOf = (turn: RawBuilder<unknown>) => sql`(select parent_id ${said} and turn = ${turn})`
  const [end, next] = [turnOf(sql`${id}`), turnOf(parentOf(sql`path.first`))]
  const above = sql`path.above - (path.last - path.first + 1)`
  const { rows } = await sql<Line>`
    with recursive path(first, last, above, at) as (
      select ${beginOf(end)}, ${end}, cast(${most} as bigint), 1
      union all
      select ${beginOf(next)}, ${next}, ${above}, path.at + 1 from path
      where ${above} > 0 and path.first > cast(${until} as bigint) and path.at < ${sql.lit(linesAtOnce)}
    )
    select first, last, ${parentOf(sql`path.first`)} as parent_id from path where last is not null`.execute(from.db)
  return rows.toSorted((a, b) => b.last - a.last)
}

/** Where lines begin behind a turn, in order, and the turn that each follows. */
export async function linesBehind(from: Reader, thread: string, turn: number) {
  const { rows } = await sql<{ turn: number; follows: number | null }>`
    select turn, (select earlier.turn from llm_messages earlier
      where earlier.workspace = ${from.workspace} and earlier.id = llm_messages.parent_id) as follows
    from llm_messages where workspace = ${from.workspace} and thread_id = ${thread} and begins = 1 and turn > ${turn}
    order by turn`.execute(from.db)
  return rows
}

export const lastOf = (from: Reader, thread: string) =>
  tables(from)
    .selectFrom('llm_messages')
    .select(['id', 'turn'])
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .orderBy('turn', 'desc')
    .limit(1)
    .executeTakeFirst()

export const messagesOfTurns = (from: Reader, thread: string, turns: readonly number[]) =>
  tables(from)
    .selectFrom('llm_messages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .where('turn', 'in', [...turns])
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
