/**
 * How threads are erased. A thread goes whole when all of it is of the period; of others the messages of the period lose
 * their words and stay as turns, since turns count without a gap. An answer that quotes what is erased loses its words, too;
 * a message that an erased document was attached to does not name it any more. Of a person see `erase-person-store.ts`.
 */
import type { Attachment } from '@cairn/api/threads'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  add,
  between,
  countRows,
  type Counts,
  type Erased,
  type Eraser,
  type EraseReader,
  type EraseTx,
  type Erasure,
  type Gone,
  markOf,
  marksOfEach,
  nothing,
  partOf,
  takesAll,
} from '../../../kernel/erasure.ts'
import { stableJson } from '../../../kernel/json.ts'
import {
  countOf,
  disown,
  disownSaid,
  marksOf,
  namedAfter,
  othersWrote,
  saidBy,
  threadAfter,
} from './erase-person-store.ts'
import { forgotten, type MessageRow, type ThreadLinkRow } from './rows.ts'
import { deleteNewest, holdThread } from './remove-store.ts'
import { retitled } from './retitle.ts'
import { deleteThread } from './store.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200

function whichThreads(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  if (erasure.by === 'thread') return sql<SqlBool>`id = ${erasure.id}`
  if (erasure.by === 'source') return erasure.kind === 'thread' ? sql<SqlBool>`id = ${erasure.id}` : null
  if (erasure.by !== 'period') return null
  const later = sql`select 1 from llm_messages m where m.workspace = llm_threads.workspace
    and m.thread_id = llm_threads.id and not (m.created_at >= ${erasure.from} and m.created_at < ${erasure.to})`
  return sql<SqlBool>`${between('created_at', erasure)} and not exists (${later})`
}

/** Messages that lose their words while their thread stays. */
function whichMessages(erasure: Erasure): RawBuilder<SqlBool> | null {
  const worded = sql`content <> ${forgotten}`
  if (erasure.by === 'period') return sql<SqlBool>`${between('created_at', erasure)} and ${worded}`
  if (erasure.by !== 'source' || erasure.kind !== 'message') return null
  return sql<SqlBool>`id = ${erasure.id} and ${worded}`
}

export const eraser: Eraser = {
  async count(from, erasure) {
    const person = partOf(erasure)
    if (person !== null) return countOf(from, person)
    const [threads, messages] = [whichThreads(erasure), whichMessages(erasure)]
    const counts: Counts = {}
    if (threads) {
      add(counts, { threads: await countRows(from, { table: 'llm_threads', where: threads }) })
      const where = sql<SqlBool>`thread_id in (select id from llm_threads where workspace = ${from.workspace} and ${threads})`
      const all = takesAll(erasure) || erasure.by === 'period'
      add(counts, { messages: all ? 0 : await countRows(from, { table: 'llm_messages', where }) })
    }
    const where = takesAll(erasure) ? sql<SqlBool>`1 = 1` : messages
    if (where) add(counts, { messages: await countRows(from, { table: 'llm_messages', where }) })
    return counts
  },

  async some(tx, erasure, cursor) {
    const person = partOf(erasure)
    if (person !== null) return someOf(tx, person, cursor)
    const [threads, messages] = [whichThreads(erasure), whichMessages(erasure)]
    if (threads) {
      const { rows } = await sql<{ id: string }>`select id from llm_threads
        where workspace = ${tx.workspace} and ${threads} limit 1`.execute(tx.db)
      const [thread] = rows
      if (thread) return threadGone(tx, thread.id)
    }
    if (!messages) return nothing
    const { rows } = await sql<{ id: string }>`select id from llm_messages
      where workspace = ${tx.workspace} and ${messages} limit ${atOnce}`.execute(tx.db)
    const ids = rows.map(({ id }) => id)
    await blank(tx, ids)
    return {
      counts: { messages: ids.length },
      gone: [{ kind: 'message', ids }],
      cursor: ids.length < atOnce ? null : 'more',
    }
  },

  async release(tx, gone) {
    const links = await linksTo(tx, gone)
    if (links.length === 0) return nothing
    const threads = [...new Set(links.map((row) => row.thread_id))]
    const quoting = await quotesOf(tx, threads, gone)
    await blank(tx, quoting)
    const attachments = gone.kind === 'document' ? await detach(tx, threads, gone.ids) : 0
    await tx.db
      .withTables<{ thread_link: ThreadLinkRow }>()
      .deleteFrom('thread_link')
      .where('workspace', '=', tx.workspace)
      .where(
        'id',
        'in',
        among(
          dialectOf(tx.db),
          links.map(({ id }) => id),
        ),
      )
      .execute()
    const counts = { links: links.length, quoting_answers: quoting.length, attachments }
    return { counts, gone: quoting.length > 0 ? [{ kind: 'message', ids: quoting }] : [] }
  },

  async marks({ db, workspace }, erasure) {
    const person = partOf(erasure)
    if (person !== null) return marksOf({ db, workspace }, person)
    const [threads, messages] = [whichThreads(erasure), whichMessages(erasure)]
    const marks: string[] = []
    if (threads) {
      const { rows } = await sql<{ id: string; title: string }>`select id, title from llm_threads
        where workspace = ${workspace} and ${threads} limit ${marksOfEach}`.execute(db)
      marks.push(...rows.flatMap(({ title }) => markOf(title)))
      const ids = among(
        dialectOf(db),
        rows.map(({ id }) => id),
      )
      const said = await sql<{ content: string }>`select content from llm_messages
        where workspace = ${workspace} and thread_id in ${ids} limit ${marksOfEach}`.execute(db)
      marks.push(...said.rows.flatMap(({ content }) => markOf(content)))
    }
    if (messages) {
      const { rows } = await sql<{ content: string }>`select content from llm_messages
        where workspace = ${workspace} and ${messages} limit ${marksOfEach}`.execute(db)
      marks.push(...rows.flatMap(({ content }) => markOf(content)))
    }
    return marks
  },
}

/** Where threads end: no id is behind it. */
const behindAll = '~'

/** A person's part of a batch. `cursor`: behind which thread to go on; with `+` before it the next one is going already. */
async function someOf(tx: EraseTx, person: string, cursor: string | null): Promise<Erased> {
  const goes = cursor?.startsWith('+') ?? false
  const after = cursor?.slice(goes ? 1 : 0) ?? ''
  const thread = await threadAfter(tx, person, after)
  if (!thread) return wordsOf(tx, person)
  const { id } = thread
  // Nobody writes into it until this is done. What came while it was going is at its end.
  await holdThread(tx, id)
  if (await othersWrote(tx, person, { thread: id, after: goes ? thread.message_count - atOnce : 0 })) {
    await disown(tx, id)
    await untitle(tx, [id], { described: true })
    tx.event({ type: 'thread.changed', subject: id, data: { fields: ['title', 'description', 'metadata'] } })
    return { counts: { thread_titles: 1 }, cursor: id }
  }
  const erased = await threadGone(tx, id)
  return { ...erased, cursor: erased.counts.threads ? id : `+${after}` }
}

/** What a person said in threads of others; those turns are nobody's from then on. */
async function wordsOf(tx: EraseTx, person: string): Promise<Erased> {
  const said = await saidBy(tx, person, atOnce)
  const ids = said.map(({ id }) => id)
  const named = await namedAfter(tx, said)
  await blank(tx, ids, named)
  await disownSaid(tx, ids)
  const gone = [{ kind: 'message', ids }]
  return { counts: { messages: ids.length }, gone, cursor: ids.length < atOnce ? null : behindAll }
}

/** The last messages of a thread, and itself when no more are left. */
async function threadGone(tx: EraseTx, id: string): Promise<Erased> {
  const ids = await deleteNewest(tx, id, atOnce)
  const messages = { kind: 'message', ids }
  if (ids.length === atOnce) {
    tx.event({ type: 'thread.changed', subject: id, data: { fields: ['messages'] } })
    return { counts: { messages: ids.length }, gone: [messages], cursor: 'more' }
  }
  await deleteThread(tx, id)
  tx.event({ type: 'thread.removed', subject: id, data: { threads: 1, messages: ids.length } })
  const gone = [{ kind: 'thread', ids: [id] }, messages]
  return { counts: { threads: 1, messages: ids.length }, gone, cursor: 'more' }
}

/** Threads that begin with these messages. */
const begun = (rows: readonly { thread_id: string; turn: number }[]) =>
  rows.filter((row) => Number(row.turn) <= 1).map((row) => row.thread_id)

/**
 * Takes the words out of messages; their turns stay. Threads that were named by them are without a title again: `named`,
 * or those that begin with them.
 */
async function blank(tx: EraseTx, ids: readonly string[], named?: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const these = among(dialectOf(tx.db), ids)
  const { rows } = await sql<{ thread_id: string; turn: number }>`
    update llm_messages set content = ${forgotten}, citations = '[]', attachments = '[]', metadata = '{}', kind = 'plain'
    where workspace = ${tx.workspace} and id in ${these} returning thread_id, turn`.execute(tx.db)
  if (named) await untitle(tx, named)
  else await untitle(tx, begun(rows), { described: true })
  const threads = [...new Set(rows.map((row) => row.thread_id))]
  await sql`delete from thread_link where workspace = ${tx.workspace}
    and thread_id in ${among(dialectOf(tx.db), threads)} and message_id in ${these}`.execute(tx.db)
  for (const thread of threads) tx.event({ type: 'thread.changed', subject: thread, data: { fields: ['messages'] } })
}

/** Messages are found, and linked to, by the titles of their threads. */
async function untitle(tx: EraseTx, ids: readonly string[], { described = false } = {}): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await sql<{ id: string; message_count: number }>`
    update llm_threads set title = '', ${described ? sql`description = '',` : sql``} version = version + 1
    where workspace = ${tx.workspace} and id in ${among(dialectOf(tx.db), ids)}
    returning id, message_count`.execute(tx.db)
  for (const row of rows) {
    await retitled(tx, row)
    await sql`update thread_link set title = '' where workspace = ${tx.workspace} and kind = 'message'
      and ref in (select id from llm_messages where workspace = ${tx.workspace} and thread_id = ${row.id})`.execute(
      tx.db,
    )
  }
}

/** Takes documents that are gone off the messages of these threads; answers how often. */
async function detach(tx: EraseTx, threads: readonly string[], ids: readonly string[]): Promise<number> {
  const messages = tx.db.withTables<{ llm_messages: MessageRow }>()
  const rows = await messages
    .selectFrom('llm_messages')
    .select(['id', 'thread_id', 'attachments'])
    .where('workspace', '=', tx.workspace)
    .where('thread_id', 'in', among(dialectOf(tx.db), threads))
    .where('attachments', '<>', '[]')
    .execute()
  const gone = new Set(ids)
  const changed = new Set<string>()
  let taken = 0
  for (const { id, thread_id, attachments } of rows) {
    const all = JSON.parse(attachments) as Attachment[]
    const left = all.filter((one) => !gone.has(one.id))
    if (left.length === all.length) continue
    taken += all.length - left.length
    changed.add(thread_id)
    await messages
      .updateTable('llm_messages')
      .set({ attachments: stableJson(left) })
      .where('workspace', '=', tx.workspace)
      .where('id', '=', id)
      .execute()
  }
  for (const thread of changed) tx.event({ type: 'thread.changed', subject: thread, data: { fields: ['messages'] } })
  return taken
}

const linksTo = ({ db, workspace }: EraseReader, { kind, ids }: Gone) =>
  db
    .withTables<{ thread_link: ThreadLinkRow }>()
    .selectFrom('thread_link')
    .select(['id', 'thread_id'])
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('ref', 'in', among(dialectOf(db), ids))
    .execute()

/** Messages of these threads that quote what is gone. */
async function quotesOf({ db, workspace }: EraseReader, threads: readonly string[], { kind, ids }: Gone) {
  const gone = new Set(ids)
  const rows = await db
    .withTables<{ llm_messages: MessageRow }>()
    .selectFrom('llm_messages')
    .select(['id', 'citations'])
    .where('workspace', '=', workspace)
    .where('thread_id', 'in', among(dialectOf(db), threads))
    .where('citations', '<>', '[]')
    .execute()
  type Cited = { source: { kind: string; id: string } }
  const quotes = (citations: string) =>
    (JSON.parse(citations) as Cited[]).some(({ source }) => source.kind === kind && gone.has(source.id))
  return rows.filter((row) => quotes(row.citations)).map(({ id }) => id)
}
