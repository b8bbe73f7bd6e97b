/** Rows of crawls: the addresses that they know, the hosts that they ask, when they are done again. */
import { type RawBuilder, sql } from 'kysely'
import type { CrawlPageState } from '@cairn/api/crawls'
import type { JobRow } from '../../../../kernel/jobs/rows.ts'
import { rowsOf } from '../../../../kernel/database/lists.ts'
import { newestFirst, type Page } from '../../../../kernel/database/pages.ts'
import type { Reader } from '../store.ts'
import type { CrawlRow, HostRow, PageRow, ScheduleRow, ShownCrawl, Tally } from './rows.ts'

type Tables = {
  crawl: CrawlRow
  crawl_page: PageRow
  crawl_host: HostRow
  crawl_schedule: ScheduleRow
  jobs: JobRow
}
export type { Reader }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

export const insertCrawl = (to: Reader, row: CrawlRow) => tables(to).insertInto('crawl').values(row).execute()

const shown = (from: Reader) =>
  tables(from)
    .selectFrom('crawl')
    .leftJoin('jobs', (join) => join.onRef('jobs.workspace', '=', 'crawl.workspace').onRef('jobs.id', '=', 'crawl.id'))
    .selectAll('crawl')
    .select(['jobs.status', 'jobs.started_at', 'jobs.completed_at'])
    .where('crawl.workspace', '=', from.workspace)

export const crawlById = (from: Reader, id: string): Promise<ShownCrawl | undefined> =>
  shown(from).where('crawl.id', '=', id).executeTakeFirst()

/** Newest first. */
export const crawlPage = (from: Reader, page: Page<number>): Promise<ShownCrawl[]> =>
  newestFirst(shown(from), 'crawl.created_at', page).execute()

/** Is it there still? Until the end of the transaction, then. */
export const holdCrawl = async (to: Reader, id: string): Promise<boolean> => {
  const held = await tables(to)
    .updateTable('crawl')
    .set((row) => ({ fetched: row.ref('fetched') }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return held !== undefined
}

/** Adds to what a crawl has done so far. */
export const addToCrawl = (to: Reader, id: string, more: Partial<Tally>) =>
  tables(to)
    .updateTable('crawl')
    .set((row) =>
      Object.fromEntries(
        Object.entries(more).map(([name, count]) => [name, row(name as keyof Tally, '+', count as number)]),
      ),
    )
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

/** `[url_key, number, url, host, found_on, depth, hops, promise]` */
export type PageFields = readonly [
  ...[key: string, number: number, url: string, host: string, from: string | null],
  ...[depth: number, hops: number, promise: number],
]

/** Adds addresses that the crawl does not know; one that waits becomes as promising as its best link. */
export const addPages = (to: Reader, crawl: string, pages: readonly PageFields[]) =>
  sql`
    insert into crawl_page (workspace, crawl_id, url_key, number, url, host, found_on, depth, hops, promise, state)
    select ${to.workspace}, ${crawl}, value ->> 0, cast(value ->> 1 as bigint), value ->> 2, value ->> 3, value ->> 4,
      cast(value ->> 5 as bigint), cast(value ->> 6 as bigint), cast(value ->> 7 as bigint), 'waiting'
    from ${rowsOf(to.db, JSON.stringify(pages))} where true
    on conflict (workspace, crawl_id, url_key) do update set promise = excluded.promise
    where crawl_page.state = 'waiting' and crawl_page.promise < excluded.promise`.execute(to.db)

const pagesOf = (from: Reader, crawl: string) =>
  tables(from)
    .selectFrom('crawl_page')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('crawl_id', '=', crawl)

/** The most promising addresses that wait; of one host only where it is named. */
export function nextPages(from: Reader, crawl: string, limit: number, host?: string): Promise<PageRow[]> {
  let query = pagesOf(from, crawl).where('state', '=', 'waiting')
  if (host !== undefined) query = query.where('host', '=', host)
  return query.orderBy('promise', 'desc').orderBy('number').limit(limit).execute()
}

/** Hosts of which addresses wait. One step for each of them, however many addresses there are. */
export async function waitingHosts(from: Reader, crawl: string): Promise<string[]> {
  const next = (after: RawBuilder<unknown>) => sql`(select min(host) from crawl_page where workspace = ${from.workspace}
    and crawl_id = ${crawl} and state = 'waiting' ${after})`
  const { rows } = await sql<{ host: string }>`
    with recursive waiting(host) as (
      select ${next(sql``)} union all select ${next(sql`and host > waiting.host`)} from waiting where host is not null
    )
    select host from waiting where host is not null`.execute(from.db)
  return rows.map(({ host }) => host)
}

export function pageList(
  from: Reader,
  crawl: string,
  { after, limit, state }: { after: number; limit: number; state: CrawlPageState | undefined },
): Promise<PageRow[]> {
  let query = pagesOf(from, crawl).where('number', '>', after).orderBy('number').limit(limit)
  if (state !== undefined) query = query.where('state', '=', state)
  return query.execute()
}

/** A page of this crawl that said the same. */
export const pageByContent = (from: Reader, crawl: string, hash: string) =>
  pagesOf(from, crawl).where('content_hash', '=', hash).limit(1).executeTakeFirst()

export const updatePage = (to: Reader, crawl: string, key: string, change: Partial<PageRow>) =>
  tables(to)
    .updateTable('crawl_page')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('crawl_id', '=', crawl)
    .where('url_key', '=', key)
    .execute()

/** How many addresses wait, and the highest number given out. */
export async function frontierOf(from: Reader, crawl: string): Promise<{ waiting: number; last: number }> {
  const row = await tables(from)
    .selectFrom('crawl_page')
    .select((page) => [
      page.fn.max<number | null>('number').as('last'),
      sql<number | null>`sum(case when state = 'waiting' then 1 else 0 end)`.as('waiting'),
    ])
    .where('workspace', '=', from.workspace)
    .where('crawl_id', '=', crawl)
    .executeTakeFirstOrThrow()
  return { waiting: Number(row.waiting ?? 0), last: Number(row.last ?? 0) }
}

/** Addresses that stand for where the crawl began: its seeds, and where those led on to. */
export const seedUrls = async (from: Reader, crawl: string): Promise<string[]> =>
  (await pagesOf(from, crawl).where('depth', '=', 0).limit(1_000).execute()).map(({ url }) => url)

export const hostByOrigin = (from: Reader, crawl: string, origin: string): Promise<HostRow | undefined> =>
  tables(from)
    .selectFrom('crawl_host')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('crawl_id', '=', crawl)
    .where('origin', '=', origin)
    .executeTakeFirst()

export const putHost = (to: Reader, row: HostRow) =>
  tables(to)
    .insertInto('crawl_host')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'crawl_id', 'origin']).doUpdateSet({ robots: row.robots, mapped: row.mapped }),
    )
    .execute()

export const insertSchedule = (to: Reader, row: ScheduleRow) =>
  tables(to).insertInto('crawl_schedule').values(row).execute()

export const schedules = (from: Reader): Promise<ScheduleRow[]> =>
  tables(from).selectFrom('crawl_schedule').selectAll().where('workspace', '=', from.workspace).orderBy('id').execute()

export const updateSchedule = (to: Reader, id: string, change: Partial<ScheduleRow>) =>
  tables(to)
    .updateTable('crawl_schedule')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()

export const deleteSchedule = (to: Reader, id: string) =>
  tables(to)
    .deleteFrom('crawl_schedule')
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
