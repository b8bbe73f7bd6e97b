/** What reads visits, pages and sites. Lists are in the order of visits' ids, which is that of time. */
import { sql } from 'kysely'
import { dayOf } from '../../../kernel/database/days.ts'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import type { Change } from '../../../kernel/zones.ts'
import { bucketOf, domainKey, siteEnd, siteKey, timeKey } from './address.ts'
import { type PageRow, type Reader, type SiteRow, tables, type VisitRow } from './rows.ts'

export type Period = { from?: number | undefined; to?: number | undefined }
export type VisitFilter = Period & {
  /** At most one of these three. */
  site?: string | undefined
  page?: string | undefined
  tab?: string | undefined
  /** Id of the last visit of the page before. */
  before?: string | undefined
  limit: number
}

/** Ids of visits, newest first. Every form is answered out of an index alone. */
function visitIds(from: Reader, filter: VisitFilter) {
  const { site, page, tab, before, limit } = filter
  let query = tables(from)
    .selectFrom('history')
    .select('id')
    .where('workspace', '=', from.workspace)
    .orderBy('id', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('id', '<', before)
  if (filter.from !== undefined) query = query.where('id', '>=', timeKey(filter.from))
  if (filter.to !== undefined) query = query.where('id', '<', timeKey(filter.to))
  if (tab !== undefined) query = query.where('tab_id', '=', tab)
  if (page !== undefined) query = query.where('bucket', '=', bucketOf(page)).where('page_id', '=', page)
  if (site !== undefined) {
    query = query
      .where('bucket', '=', bucketOf(siteKey(site)))
      .where('page_id', '>=', siteKey(site))
      .where('page_id', '<', siteEnd(site))
  }
  return query
}

/** Visits, newest first. */
export const visits = (from: Reader, filter: VisitFilter): Promise<VisitRow[]> =>
  withPages(from).where('history.id', 'in', visitIds(from, filter)).execute()

/** Visits by id, newest first; those that are gone are left out. */
export const visitsByIds = (from: Reader, ids: readonly string[]): Promise<VisitRow[]> =>
  withPages(from)
    .where('history.id', 'in', among(dialectOf(from.db), ids))
    .execute()

const withPages = (from: Reader) =>
  tables(from)
    .selectFrom('history')
    .innerJoin('pages', (join) =>
      join.onRef('pages.workspace', '=', 'history.workspace').onRef('pages.id', '=', 'history.page_id'),
    )
    .select(['history.id', 'history.page_id', 'history.visited_at', 'history.referrer', 'history.duration_ms'])
    .select(['history.source', 'history.tab_id', 'history.status_code', 'history.content_type'])
    .select((row) => ['pages.url', 'pages.site', row.fn.coalesce('history.title', 'pages.title').as('title')])
    .where('history.workspace', '=', from.workspace)
    .orderBy('history.id', 'desc')

/** Id of the newest visit of a page in a period. */
export const newestOfPage = async (from: Reader, page: string, period: Period): Promise<string | undefined> =>
  (await visitIds(from, { page, limit: 1, ...period }).executeTakeFirst())?.id

/** Pages of the newest visits of a site in a period. */
export async function recentPages(from: Reader, site: string, period: Period, limit: number): Promise<string[]> {
  const { rows } = await sql<{ page_id: string }>`
    select distinct page_id from (${recent(from, site, period, limit)}) as recent`.execute(from.db)
  return rows.map(({ page_id }) => page_id)
}
const recent = (from: Reader, site: string, period: Period, limit: number) =>
  visitIds(from, { site, limit, ...period }).select('page_id')

/** Pages by id that have visits; others are left out. */
export const pagesByIds = (from: Reader, ids: readonly string[]): Promise<PageRow[]> =>
  tables(from)
    .selectFrom('pages')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .where('visit_count', '>', 0)
    .execute()

export const pageIdsAfter = async (from: Reader, after: string, limit: number): Promise<string[]> => {
  const rows = await tables(from)
    .selectFrom('pages')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Most visited sites; of one domain with its subdomains, or with names that begin with something. */
export function topSites(from: Reader, limit: number, domain?: string): Promise<SiteRow[]> {
  const query = tables(from)
    .selectFrom('site')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .orderBy('visits', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  return (domain === undefined ? query : query.where(inDomain(domain))).execute()
}

/** Names of the sites of a domain. */
export const sitesOfDomain = async (from: Reader, domain: string): Promise<string[]> => {
  const rows = await tables(from)
    .selectFrom('site')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where(inDomain(domain))
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** `example.com` and what ends in `.example.com`; a site with a port is that site alone. */
const inDomain = (domain: string) =>
  /:\d+$/.test(domain)
    ? sql<boolean>`id = ${domain}`
    : sql<boolean>`domain >= ${domainKey(domain)} and domain < ${`${domainKey(domain).slice(0, -1)}/`}`

/** Names of sites that begin with something, most visited first. */
export const sitesLike = async (from: Reader, beginning: string, limit: number): Promise<string[]> => {
  const rows = await tables(from)
    .selectFrom('site')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>=', beginning)
    .where('id', '<', `${beginning}\u{10ffff}`)
    .orderBy('visits', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** How much there is in all; of one domain where it is given. */
export async function totals(from: Reader, domain?: string) {
  const query = tables(from)
    .selectFrom('site')
    .select((row) => [
      row.fn.countAll<number>().as('sites'),
      row.fn.coalesce(row.fn.sum<number>('visits'), sql<number>`0`).as('visits'),
      row.fn.coalesce(row.fn.sum<number>('pages'), sql<number>`0`).as('pages'),
    ])
    .where('workspace', '=', from.workspace)
  return (domain === undefined ? query : query.where(inDomain(domain))).executeTakeFirstOrThrow()
}

/** Sites of a period with their visits in it, most visited first. */
export async function sitesOfPeriod(from: Reader, period: Period, limit: number, domain?: string) {
  const start = timeKey(period.from ?? 0)
  const end = period.to === undefined ? 'g' : timeKey(period.to)
  const { rows } = await sql<{
    site: string
    visits: number
    first_seen: number
    last_seen: number
    sites: number
    total: number
  }>`
    with counted as (
      select page_id, count(*) as visits, min(visited_at) as first_seen, max(visited_at) as last_seen from history
      where workspace = ${from.workspace} and id >= ${start} and id < ${end} group by page_id
    ), by_site as (
      select pages.site, sum(visits) as visits, min(counted.first_seen) as first_seen, max(counted.last_seen) as last_seen
      from counted join pages on pages.workspace = ${from.workspace} and pages.id = counted.page_id
      group by pages.site
    )
    select site, by_site.visits, by_site.first_seen, by_site.last_seen, count(*) over () as sites,
      sum(by_site.visits) over () as total
    from by_site ${domain === undefined ? sql`` : sql`where site in (${ofDomain(from, domain)})`}
    order by by_site.visits desc, site desc limit ${limit}`.execute(from.db)
  return rows
}
const ofDomain = (from: Reader, domain: string) =>
  tables(from).selectFrom('site').select('id').where('workspace', '=', from.workspace).where(inDomain(domain))

/** Visits and sites by day, newest first, by clocks that change. */
export async function days(
  from: Reader,
  period: { from: number; to: number },
  clocks: readonly Change[],
  site?: string,
) {
  const ofSite =
    site === undefined
      ? sql``
      : sql`and bucket = ${bucketOf(siteKey(site))}
    and page_id >= ${siteKey(site)} and page_id < ${siteEnd(site)}`
  const { rows } = await sql<{ day: number; visits: number; sites: number }>`
    select ${dayOf('visited_at', clocks)} as day, count(*) as visits,
      count(distinct substr(page_id, 1, 13)) as sites
    from history where workspace = ${from.workspace} and id >= ${timeKey(period.from)} and id < ${timeKey(period.to)}
      ${ofSite}
    group by 1 order by 1 desc`.execute(from.db)
  return rows
}

/** Pages and referrers of the newest visits of a period, each pair once, and how many visits that were. */
export async function arrivals(from: Reader, { from: start, to }: Period, most: number) {
  const { rows } = await sql<{ site: string | null; referrer: string | null; visits: number; last: number }>`
    with newest as (
      select page_id, referrer, visited_at from history
      where workspace = ${from.workspace} and id >= ${timeKey(start ?? 0)}
        and id < ${to === undefined ? 'g' : timeKey(to)}
      order by id desc limit ${most}
    ), pairs as (
      select case when referrer is null then null else page_id end as page_id, referrer, count(*) as visits,
        max(visited_at) as last
      from newest group by 1, 2
    )
    select pages.site, pairs.referrer, pairs.visits, pairs.last from pairs
    left join pages on pages.workspace = ${from.workspace} and pages.id = pairs.page_id`.execute(from.db)
  return rows
}

/** Where one came to a site or a page from, each referrer once, out of its newest visits. */
export async function arrivalsAt(from: Reader, at: { site: string } | { page: string }, period: Period, most: number) {
  const { rows } = await sql<{ referrer: string; visits: number; last: number }>`
    select referrer, count(*) as visits, max(visited_at) as last from history
    where workspace = ${from.workspace} and id in (${visitIds(from, { ...at, ...period, limit: most })})
      and referrer is not null
    group by referrer`.execute(from.db)
  return rows
}

/** Pages that one came to from a site, or from exactly one address, out of the newest visits of a period. */
export async function departuresFrom(
  from: Reader,
  of: { site: string } | { referrer: string },
  period: Period,
  most: number,
) {
  const fits = 'site' in of ? contains('referrer', of.site) : sql<boolean>`referrer = ${of.referrer}`
  const { rows } = await sql<{ url: string; site: string; referrer: string; visits: number; last: number }>`
    with newest as (
      select page_id, referrer, visited_at from history
      where workspace = ${from.workspace} and id in (${visitIds(from, { ...period, limit: most })})
    ), pairs as (
      select page_id, referrer, count(*) as visits, max(visited_at) as last from newest where ${fits} group by 1, 2
    )
    select pages.url, pages.site, pairs.referrer, pairs.visits, pairs.last from pairs
    join pages on pages.workspace = ${from.workspace} and pages.id = pairs.page_id`.execute(from.db)
  return rows
}

/** How many visits there are in a period, counted up to `most`. */
export async function visitsIn(from: Reader, period: Period, most: number): Promise<number> {
  const { rows } = await sql<{ visits: number }>`
    select count(*) as visits from (${visitIds(from, { ...period, limit: most })}) as newest`.execute(from.db)
  return Number(rows[0]?.visits ?? 0)
}

/** What is to be removed: everything, or what fits. */
export type Doomed = Period & { site?: string; tab?: string; page?: string; visit?: string }

/** Ids of some visits that are to be removed. */
export async function doomedIds(from: Reader, { visit, ...which }: Doomed, limit: number): Promise<string[]> {
  const query = visitIds(from, { ...which, limit })
  return (await (visit === undefined ? query : query.where('id', '=', visit)).execute()).map(({ id }) => id)
}
