/**
 * What writes visits, pages and sites. On PostgreSQL whoever writes visits of a bucket holds that bucket's row, so that
 * counting and adding never overlap; on SQLite there is one writer anyway.
 */
import { sql } from 'kysely'
import { rowsOf, type JsonRows } from '../../../kernel/database/lists.ts'
import { type Reader, tables } from './rows.ts'

/** `[id, page_id, bucket, visited_at, referrer, duration_ms, source, title, tab_id, status_code, content_type]` */
export type VisitFields = readonly [
  ...[id: string, page: string, bucket: number, visitedAt: number],
  ...[referrer: string | null, duration: number | null, source: string],
  ...[title: string | null, tab: string | null, status: number | null, type: string | null],
]
/** `[id, url, site, title, visit_count, first_seen, last_seen]`: what is added to a page, or a page with it. */
export type PageFields = readonly [
  ...[id: string, url: string, site: string, title: string | null],
  ...[visits: number, first: number, last: number],
]
/** `[id, domain, bucket, visits, pages, first_seen, last_seen]`: what is added to a site, or a site with it. */
export type SiteFields = readonly [
  ...[id: string, domain: string, bucket: number],
  ...[visits: number, pages: number, first: number, last: number],
]

/** Holds these buckets until the transaction ends. In the order of their numbers, so that nobody waits in a ring. */
export const holdBuckets = (to: Reader, buckets: Iterable<number>) => touchBuckets(to, buckets, 0)

/** The same for a bulk change, which is counted later. Answers how often pages were removed from these buckets so far. */
export const markBuckets = (to: Reader, buckets: Iterable<number>) => touchBuckets(to, buckets, 1)

async function touchBuckets(to: Reader, buckets: Iterable<number>, change: 0 | 1): Promise<Map<number, number>> {
  const rows = [...new Set(buckets)]
    .sort((a, b) => a - b)
    .map((bucket) => ({
      ...{ workspace: to.workspace, bucket, changes: change, counted: 0, removals: 0 },
    }))
  const touched = await tables(to)
    .insertInto('page_bucket')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['workspace', 'bucket'])
        .doUpdateSet({ changes: (row) => row('page_bucket.changes', '+', change) }),
    )
    .returning(['bucket', 'removals'])
    .execute()
  return new Map(touched.map(({ bucket, removals }) => [bucket, removals]))
}

/** Keeps visits that are not kept yet. `json` is a list of VisitFields, best in the order of their ids. Answers the new ones' ids. */
export async function insertVisits(to: Reader, json: string): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`${insertion(to, json)} returning id`.execute(to.db)
  return new Set(rows.map(({ id }) => id))
}

/** The same for many; answers how many were new. */
export async function insertManyVisits(to: Reader, json: JsonRows): Promise<number> {
  const { numAffectedRows } = await insertion(to, json).execute(to.db)
  return Number(numAffectedRows ?? 0)
}

const insertion = (to: Reader, json: JsonRows) => sql`
  insert into history (workspace, id, page_id, bucket, visited_at, referrer, duration_ms, source, title, tab_id,
    status_code, content_type)
  select ${to.workspace}, value ->> 0, value ->> 1, cast(value ->> 2 as bigint), cast(value ->> 3 as bigint),
    value ->> 4, cast(value ->> 5 as bigint), value ->> 6, value ->> 7, value ->> 8, cast(value ->> 9 as bigint),
    value ->> 10
  from ${rowsOf(to.db, json)} where true
  on conflict (workspace, id) do nothing`

/** Adds visits to pages, new pages among them; the newest title wins. Answers the pages that had no visits before. */
export async function addToPages(to: Reader, pages: readonly PageFields[]): Promise<Set<string>> {
  const added = new Map(pages.map(([id, , , , visits]) => [id, visits]))
  const { rows } = await sql<{ id: string; visit_count: number }>`
    insert into pages (workspace, id, url, site, title, visit_count, first_seen, last_seen)
    select ${to.workspace}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, cast(value ->> 4 as bigint),
      cast(value ->> 5 as bigint), cast(value ->> 6 as bigint)
    from ${rowsOf(to.db, JSON.stringify(pages))} where true
    on conflict (workspace, id) do update set visit_count = pages.visit_count + excluded.visit_count,
      title = case when excluded.last_seen >= pages.last_seen then coalesce(excluded.title, pages.title)
        else coalesce(pages.title, excluded.title) end,
      first_seen = case when pages.first_seen between 1 and excluded.first_seen then pages.first_seen
        else excluded.first_seen end,
      last_seen = case when pages.last_seen > excluded.last_seen then pages.last_seen else excluded.last_seen end
    returning id, visit_count`.execute(to.db)
  return new Set(rows.filter(({ id, visit_count }) => visit_count === added.get(id)).map(({ id }) => id))
}

/** Puts pages down before their visits come. `json` is a list of `[id, url, site, title, last_seen]`, each page once. */
export async function putPages(to: Reader, json: JsonRows): Promise<void> {
  await sql`
    insert into pages (workspace, id, url, site, title, visit_count, first_seen, last_seen)
    select ${to.workspace}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, 0, 0, 0
    from ${rowsOf(to.db, json)} where true
    on conflict (workspace, id) do update set title = excluded.title
    where pages.title is null and excluded.title is not null`.execute(to.db)
}

export const addToSites = (to: Reader, sites: readonly SiteFields[]) =>
  sql`${siteInsertion(to, sites)} visits = site.visits + excluded.visits, pages = site.pages + excluded.pages,
    first_seen = case when site.first_seen < excluded.first_seen then site.first_seen else excluded.first_seen end,
    last_seen = case when site.last_seen > excluded.last_seen then site.last_seen else excluded.last_seen end`.execute(
    to.db,
  )

/** Sets sites to what they come to. */
export const putSites = (to: Reader, sites: readonly SiteFields[]) =>
  sql`${siteInsertion(to, sites)} visits = excluded.visits, pages = excluded.pages,
    first_seen = excluded.first_seen, last_seen = excluded.last_seen`.execute(to.db)

const siteInsertion = (to: Reader, sites: readonly SiteFields[]) => sql`
  insert into site (workspace, id, domain, bucket, visits, pages, first_seen, last_seen)
  select ${to.workspace}, value ->> 0, value ->> 1, cast(value ->> 2 as bigint), cast(value ->> 3 as bigint),
    cast(value ->> 4 as bigint), cast(value ->> 5 as bigint), cast(value ->> 6 as bigint)
  from ${rowsOf(to.db, JSON.stringify(sites))} where true
  on conflict (workspace, id) do update set`

/** Removes visits by id. Answers the pages they were of. */
export async function deleteVisits(to: Reader, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ page_id: string }>`
    delete from history where workspace = ${to.workspace}
      and id in (select value ->> 0 from ${rowsOf(to.db, JSON.stringify(ids.map((id) => [id])))})
    returning page_id`.execute(to.db)
  return rows.map(({ page_id }) => page_id)
}
