/** What counts pages and sites out of their visits. */
import { sql } from 'kysely'
import { rowsOf } from '../../../kernel/database/lists.ts'
import { bucketOf, bucketRange, domainKey, siteKey } from './address.ts'
import { type Reader, tables } from './rows.ts'
import { putSites } from './write-store.ts'

/** Pages from `from` (inclusive) to `to` (exclusive), in the buckets from first to last. */
export type Stretch = { first: number; last: number; from: string; to: string }

/** The `size`-th page behind `after` and before the end of bucket `last`; null when there are fewer. */
export async function stretchEnd(from: Reader, after: string, last: number, size: number): Promise<string | null> {
  const row = await tables(from)
    .selectFrom('pages')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>=', after)
    .where('id', '<', bucketRange(last)[1])
    .orderBy('id')
    .limit(1)
    .offset(size)
    .executeTakeFirst()
  return row?.id ?? null
}

/** Counts the visits of a stretch of pages. Answers the pages whose counts were others. */
export async function countPages(to: Reader, { first, last, from, to: end }: Stretch): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update pages set visit_count = counted.visits, first_seen = counted.first_seen, last_seen = counted.last_seen
    from (
      select page_id, count(*) as visits, min(visited_at) as first_seen, max(visited_at) as last_seen from history
      where workspace = ${to.workspace} and bucket between ${first} and ${last}
        and page_id >= ${from} and page_id < ${end}
      group by page_id
    ) as counted
    where pages.workspace = ${to.workspace} and pages.id >= ${from} and pages.id < ${end}
      and pages.id = counted.page_id
      and (pages.visit_count <> counted.visits or pages.first_seen <> counted.first_seen
        or pages.last_seen <> counted.last_seen)
    returning id`.execute(to.db)
  return rows.map(({ id }) => id)
}

/** Removes pages of a stretch that have no visits any more. Answers their ids. */
export async function deleteBarePages(to: Reader, { first, last, from, to: end }: Stretch): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from pages where workspace = ${to.workspace} and id >= ${from} and id < ${end} and visit_count > 0
      and id not in (
        select page_id from history
        where workspace = ${to.workspace} and bucket between ${first} and ${last}
        and page_id >= ${from} and page_id < ${end}
      )
    returning id`.execute(to.db)
  return rows.map(({ id }) => id)
}

/** Pages from a first bucket to a last that were put down and not counted since. */
const unseen = ({ workspace }: Reader, firstBucket: number, lastBucket: number) =>
  sql`workspace = ${workspace} and id >= ${bucketRange(firstBucket)[0]} and id < ${bucketRange(lastBucket)[1]}
    and visit_count = 0`

export async function hasUnseenPages(from: Reader, firstBucket: number, lastBucket: number): Promise<boolean> {
  const { rows } = await sql`select 1 from pages where ${unseen(from, firstBucket, lastBucket)} limit 1`.execute(
    from.db,
  )
  return rows.length > 0
}

/** Removes those of them that have no visit. Answers their ids. */
export async function deleteUnseenPages(to: Reader, firstBucket: number, lastBucket: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from pages where ${unseen(to, firstBucket, lastBucket)} and id not in (
      select page_id from history where workspace = ${to.workspace} and bucket between ${firstBucket} and ${lastBucket}
    ) returning id`.execute(to.db)
  return rows.map(({ id }) => id)
}

/** Counts the sites of the buckets from first to last out of their pages; sites without any go. */
export async function countSites(to: Reader, firstBucket: number, lastBucket: number): Promise<void> {
  const [first, end] = [bucketRange(firstBucket)[0], bucketRange(lastBucket)[1]]
  const counted = await tables(to)
    .selectFrom('pages')
    .select((row) => [
      'site',
      row.fn.sum<number>('visit_count').as('visits'),
      row.fn.countAll<number>().as('pages'),
      row.fn.min('first_seen').as('first'),
      row.fn.max('last_seen').as('last'),
    ])
    .where('workspace', '=', to.workspace)
    .where('id', '>=', first)
    .where('id', '<', end)
    .where('visit_count', '>', 0)
    .groupBy('site')
    .orderBy('site')
    .execute()
  const names = JSON.stringify(counted.map(({ site }) => [site]))
  await sql`delete from site where workspace = ${to.workspace} and bucket between ${firstBucket} and ${lastBucket}
    and id not in (select value ->> 0 from ${rowsOf(to.db, names)})`.execute(to.db)
  await putSites(
    to,
    counted.map(({ site, visits, pages, first, last }) => [
      ...([site, domainKey(site), bucketOf(siteKey(site)), visits, pages, first, last] as const),
    ]),
  )
}

/** Buckets with bulk changes that are not counted yet, and how many changes each has had. */
export const uncounted = (from: Reader) =>
  tables(from)
    .selectFrom('page_bucket')
    .select(['bucket', 'changes'])
    .where('workspace', '=', from.workspace)
    .whereRef('counted', '<', 'changes')
    .orderBy('bucket')
    .execute()

/** Notes that buckets are counted up to a change each. */
export async function settleBuckets(to: Reader, buckets: readonly number[], changes: ReadonlyMap<number, number>) {
  const rows = JSON.stringify(buckets.map((bucket) => [bucket, changes.get(bucket) ?? 0]))
  await sql`update page_bucket set counted = changed.number
    from (select cast(value ->> 0 as bigint) as bucket, cast(value ->> 1 as bigint) as number
      from ${rowsOf(to.db, rows)}) as changed
    where page_bucket.workspace = ${to.workspace} and page_bucket.bucket = changed.bucket`.execute(to.db)
}

/** Notes that pages were removed from buckets. */
export const noteRemoval = (to: Reader, buckets: Iterable<number>) =>
  tables(to)
    .updateTable('page_bucket')
    .set((row) => ({ removals: row('removals', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('bucket', 'in', [...buckets])
    .execute()

/** How often pages were removed from each bucket so far. */
export async function removals(from: Reader): Promise<Map<number, number>> {
  const rows = await tables(from)
    .selectFrom('page_bucket')
    .select(['bucket', 'removals'])
    .where('workspace', '=', from.workspace)
    .execute()
  return new Map(rows.map((row) => [row.bucket, row.removals]))
}
