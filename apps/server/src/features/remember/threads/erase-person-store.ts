/**
 * What of threads is a person's where others are, too. A thread goes with whoever began it when nobody else wrote in it;
 * else it stays without a title, and their messages everywhere lose their words and stay as turns.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { unindexed } from '../../../kernel/database/pages.ts'
import { countRows, type Counts, type EraseReader, type EraseTx, markOf, marksOfEach } from '../../../kernel/erasure.ts'
import { forgotten } from './rows.ts'
import { nameFor } from './title.ts'

export type Said = { id: string; thread_id: string; role: string; content: string }

/**
 * Ids of threads that go whole. Set by set, so that it is read from indexes, and once: SQLite would
 * read all messages in the order of their threads instead, if it saw one. Texts of what is nobody's are read in own threads only.
 */
function whole(workspace: string, person: string): RawBuilder<unknown> {
  const written = sql`select ${unindexed('thread_id')} from llm_messages where workspace = ${workspace}`
  const own = sql`select id from llm_threads where workspace = ${workspace} and id > '' and person = ${person}`
  return sql`${own}
    except ${written} and person < ${person} except ${written} and person > ${person}
    except ${written} and person is null and thread_id in (${own}) and content <> ${forgotten}`
}

export async function countOf(from: EraseReader, person: string): Promise<Counts> {
  const [own, goes] = [sql<SqlBool>`person = ${person}`, whole(from.workspace, person)]
  const threads = (where: RawBuilder<SqlBool>) => countRows(from, { table: 'llm_threads', where })
  const messages = (where: RawBuilder<SqlBool>) => countRows(from, { table: 'llm_messages', where })
  const gone = await threads(sql`id in (${goes})`)
  // Turns that were erased before go with the threads that they are of.
  const turns = await messages(sql`person is null and thread_id in (${goes})`)
  return { threads: gone, messages: (await messages(own)) + turns, thread_titles: (await threads(own)) - gone }
}

/** The next thread that the person began. */
export async function threadAfter({ db, workspace }: EraseReader, person: string, after: string) {
  const { rows } = await sql<{ id: string; message_count: number }>`select id, message_count from llm_threads
    where workspace = ${workspace} and id > ${after} and person = ${person} order by id limit 1`.execute(db)
  return rows[0]
}

/** Did anybody else write in a thread, behind a turn? */
export async function othersWrote(
  { db, workspace }: EraseReader,
  person: string,
  { thread, after }: { thread: string; after: number },
): Promise<boolean> {
  const { rows } = await sql`select 1 from llm_messages
    where workspace = ${workspace} and thread_id = ${thread} and turn > ${after}
      and (person <> ${person} or person is null and content <> ${forgotten}) limit 1`.execute(db)
  return rows.length > 0
}

/** A thread that stays is nobody's. */
export const disown = (tx: EraseTx, thread: string) =>
  sql`update llm_threads set metadata = '{}', person = null
    where workspace = ${tx.workspace} and id = ${thread}`.execute(tx.db)

export async function disownSaid(tx: EraseTx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`update llm_messages set person = null
    where workspace = ${tx.workspace} and id in ${among(dialectOf(tx.db), ids)}`.execute(tx.db)
}

export async function saidBy({ db, workspace }: EraseReader, person: string, limit: number): Promise<Said[]> {
  const { rows } = await sql<Said>`select id, thread_id, role, substr(content, 1, 10000) as content from llm_messages
    where workspace = ${workspace} and person = ${person} limit ${limit}`.execute(db)
  return rows
}

/** Threads whose titles were made of these messages. */
export async function namedAfter({ db, workspace }: EraseReader, said: readonly Said[]): Promise<string[]> {
  const names = Map.groupBy(
    said.filter(({ role }) => role === 'user'),
    ({ thread_id }) => thread_id,
  )
  if (names.size === 0) return []
  const { rows } = await sql<{ id: string; title: string }>`select id, title from llm_threads
    where workspace = ${workspace} and id in ${among(dialectOf(db), [...names.keys()])} and title <> ''`.execute(db)
  const named = rows.filter(({ id, title }) => names.get(id)?.some(({ content }) => nameFor(content) === title))
  return named.map(({ id }) => id)
}

export async function marksOf(from: EraseReader, person: string): Promise<string[]> {
  const { rows } = await sql<{ title: string }>`select title from llm_threads
    where workspace = ${from.workspace} and person = ${person} limit ${marksOfEach}`.execute(from.db)
  const said = await saidBy(from, person, marksOfEach)
  return [...rows.flatMap(({ title }) => markOf(title)), ...said.flatMap(({ content }) => markOf(content))]
}
