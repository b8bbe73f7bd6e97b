/** How visits, pages and what they said are erased. A site goes page by page, so that at no moment one is half there. */
import { type SqlBool, sql } from 'kysely'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  add,
  countRows,
  type Counts,
  type Erased,
  type Eraser,
  type EraseReader,
  type EraseTx,
  type Erasure,
  isOnSite,
  markOf,
  marksOfEach,
  nothing,
  takeAll,
  takesAll,
} from '../../../kernel/erasure.ts'
import { bucketOf, bucketRange, isPageId, siteEnd, siteKey, timeKey } from './address.ts'
import { noteRemoval, uncounted } from './count-store.ts'
import { recountJob, recountStretch } from './recount.ts'
import { tables } from './rows.ts'
import { type Doomed, doomedIds, sitesOfDomain } from './store.ts'
import { deleteTexts } from './text-store.ts'
import { deleteVisits, holdBuckets, markBuckets } from './write-store.ts'

export const eraseModule = new URL(import.meta.url)

/** At once: pages with all their visits, visits alone, visits whose referrers are looked at. */
const [pagesAtOnce, visitsAtOnce, looksAtOnce] = [200, 1_000, 20_000]

/** Which visits go by themselves; null where whole pages go, or nothing. */
function doomedBy(erasure: Erasure): Doomed | null {
  if (erasure.by === 'period') return { from: erasure.from, to: erasure.to }
  if (erasure.by === 'tab') return { tab: erasure.id }
  if (erasure.by === 'source' && erasure.kind === 'visit')
    return isPageId(erasure.id) ? { page: erasure.id } : { visit: erasure.id }
  return null
}

export const eraser: Eraser = {
  async count(from, erasure) {
    if (takesAll(erasure)) {
      const where = sql<SqlBool>`1 = 1`
      const [visits, pages] = [
        { table: 'history', where },
        { table: 'pages', where },
      ]
      const sites = await countRows(from, { table: 'site', where })
      const texts = await countRows(from, { table: 'page_text', where })
      return { visits: await countRows(from, visits), pages: await countRows(from, pages), sites, page_texts: texts }
    }
    if (erasure.by === 'site') return countSites(from, erasure.site)
    const doomed = doomedBy(erasure)
    return doomed === null ? {} : { visits: await countDoomed(from, doomed) }
  },

  async some(tx, erasure, cursor) {
    const [stage = '', at = ''] = (cursor ?? '').split('|')
    // What an import that was cut off left uncounted is counted first, so that its sites are known.
    if (stage === '') return (await countedSome(tx, 'gone', at)) ?? next('gone')
    if (stage === 'referrers') return erasure.by === 'site' ? referrersSome(tx, erasure.site, at) : done
    if (stage === 'count') return (await countedSome(tx, 'count', at)) ?? done
    if (takesAll(erasure)) return everythingSome(tx)
    if (erasure.by === 'site') return siteSome(tx, erasure.site)
    const doomed = doomedBy(erasure)
    return doomed === null ? done : visitsSome(tx, doomed)
  },

  async marks(from, erasure) {
    const query = tables(from).selectFrom('pages').select(['url', 'title']).where('workspace', '=', from.workspace)
    const some = query.limit(marksOfEach)
    if (takesAll(erasure)) return marksOf(await some.execute())
    if (erasure.by === 'site') {
      const found: { url: string; title: string | null }[] = []
      for (const site of (await sitesOfDomain(from, erasure.site)).slice(0, marksOfEach)) {
        found.push(...(await some.where('id', '>=', siteKey(site)).where('id', '<', siteEnd(site)).execute()))
      }
      // As addresses hold it: `x.com` alone stands in `netflix.com`, too.
      return [`//${erasure.site}/`, `.${erasure.site}/`, ...marksOf(found.slice(0, marksOfEach))]
    }
    const doomed = doomedBy(erasure)
    const ids = doomed === null ? [] : await doomedIds(from, doomed, 500)
    if (ids.length === 0) return []
    // Pages that stay for other visits are no marks.
    const whole = await sql<{ url: string; title: string | null }>`select url, title from pages
      where workspace = ${from.workspace} and visit_count = 1 and id in (
        select page_id from history where workspace = ${from.workspace} and id in ${among(dialectOf(from.db), ids)})
      limit ${marksOfEach}`.execute(from.db)
    return marksOf(whole.rows)
  },
}

const done = nothing
const next = (stage: string, at = '', counts: Counts = {}): Erased => ({ counts, cursor: `${stage}|${at}` })

const marksOf = (pages: readonly { url: string; title: string | null }[]) =>
  pages.flatMap(({ url, title }) => [...markOf(url), ...markOf(title)])

async function countSites(from: EraseReader, site: string): Promise<Counts> {
  const counts: Counts = {}
  for (const each of await sitesOfDomain(from, site)) {
    const row = await tables(from)
      .selectFrom('site')
      .select(['visits', 'pages'])
      .where('workspace', '=', from.workspace)
      .where('id', '=', each)
      .executeTakeFirst()
    if (row) add(counts, { visits: row.visits, pages: row.pages, sites: 1 })
    const range = sql<SqlBool>`id >= ${siteKey(each)} and id < ${siteEnd(each)}`
    add(counts, { page_texts: await countRows(from, { table: 'page_text', where: range }) })
  }
  return counts
}

function countDoomed(from: EraseReader, { from: start, to, tab, page, visit }: Doomed): Promise<number> {
  const where =
    visit !== undefined
      ? sql<SqlBool>`id = ${visit}`
      : page !== undefined
        ? sql<SqlBool>`bucket = ${bucketOf(page)} and page_id = ${page}`
        : tab !== undefined
          ? sql<SqlBool>`tab_id = ${tab}`
          : sql<SqlBool>`id >= ${timeKey(start ?? 0)} and id < ${timeKey(to ?? 0)}`
  return countRows(from, { table: 'history', where })
}

/** Removes pages with all that is kept of them. */
async function takePages(tx: EraseTx, ids: readonly string[]): Promise<Counts> {
  const held = [...new Set(ids.map(bucketOf))]
  await holdBuckets(tx, held)
  const these = among(dialectOf(tx.db), ids)
  const { rows } = await sql<{ id: string }>`select id from history where workspace = ${tx.workspace}
    and bucket in ${among(dialectOf(tx.db), held)} and page_id in ${these}`.execute(tx.db)
  const visits =
    rows.length === 0
      ? []
      : await deleteVisits(
          tx,
          rows.map(({ id }) => id),
        )
  const texts = await deleteTexts(tx, ids)
  await sql`delete from pages where workspace = ${tx.workspace} and id in ${these}`.execute(tx.db)
  await noteRemoval(tx, held)
  return { visits: visits.length, pages: ids.length, page_texts: texts.length }
}

async function siteSome(tx: EraseTx, site: string): Promise<Erased> {
  const [each] = await sitesOfDomain(tx, site)
  if (each === undefined) return next('referrers')
  const ids = await pageIds(tx, siteKey(each), siteEnd(each))
  if (ids.length === 0) {
    await tables(tx).deleteFrom('site').where('workspace', '=', tx.workspace).where('id', '=', each).execute()
    return next('gone', '', { sites: 1 })
  }
  const counts = await takePages(tx, ids)
  await tables(tx)
    .updateTable('site')
    .set((row) => ({
      visits: sql<number>`case when visits > ${counts.visits ?? 0} then visits - ${counts.visits ?? 0} else 0 end`,
      pages: row('pages', '-', ids.length),
    }))
    .where('workspace', '=', tx.workspace)
    .where('id', '=', each)
    .execute()
  return { ...next('gone', '', counts), gone: [{ kind: 'visit', ids }] }
}

const pageIds = async (from: EraseReader, start: string, end: string): Promise<string[]> => {
  const rows = await tables(from)
    .selectFrom('pages')
    .select(['id', 'visit_count'])
    .where('workspace', '=', from.workspace)
    .where('id', '>=', start)
    .where('id', '<', end)
    .orderBy('id')
    .limit(pagesAtOnce)
    .execute()
  let visits = 0
  // A page that was visited very often comes alone.
  return rows.filter((row, at) => (visits += row.visit_count) <= 2 * visitsAtOnce || at === 0).map(({ id }) => id)
}

async function everythingSome(tx: EraseTx): Promise<Erased> {
  const ids = await pageIds(tx, '', 'g')
  if (ids.length > 0) return { ...next('gone', '', await takePages(tx, ids)), gone: [{ kind: 'visit', ids }] }
  const sites = await takeAll(tx, 'site', 'id')
  if (sites.length > 0) return next('gone', '', { sites: sites.length })
  const visits = await takeAll(tx, 'history', 'id')
  const texts = await takeAll(tx, 'page_text', 'id')
  await takeAll(tx, 'page_bucket', 'bucket')
  const counts = { visits: visits.length, page_texts: texts.length }
  return visits.length + texts.length > 0 ? next('gone', '', counts) : { counts, cursor: null }
}

async function visitsSome(tx: EraseTx, doomed: Doomed): Promise<Erased> {
  const ids = await doomedIds(tx, doomed, visitsAtOnce)
  if (ids.length === 0) return next('count')
  const pages = [...new Set(await deleteVisits(tx, ids))]
  await markBuckets(tx, pages.map(bucketOf))
  const silent = await deleteTexts(tx, pages, ids)
  if (silent.length > 0) await tx.reindex('visit', silent)
  // Counted here as well; this is for when that is cut off.
  await tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 })
  return next('gone', '', { visits: ids.length, page_texts: silent.length })
}

/** Counts a stretch of what bulk changes left uncounted; null when all is counted. Pages without visits go. */
async function countedSome(tx: EraseTx, stage: 'gone' | 'count', at: string): Promise<Erased | null> {
  const waiting = await uncounted(tx)
  const [first] = waiting
  if (first === undefined) return null
  const start = bucketRange(first.bucket)[0]
  const changes = new Map([[first.bucket, first.changes]])
  const after = at > start && bucketOf(at) === first.bucket ? at : start
  const { next: on, removed } = await recountStretch(tx, { after, last: first.bucket, changes })
  const cursor = stage === 'gone' ? '' : 'count'
  return { counts: { pages: removed.length }, gone: [{ kind: 'visit', ids: removed }], cursor: `${cursor}|${on ?? ''}` }
}

/** Other pages' visits that came from the site no longer say so. */
async function referrersSome(tx: EraseTx, site: string, at: string): Promise<Erased> {
  const visits = tables(tx).selectFrom('history').where('workspace', '=', tx.workspace).where('id', '>', at)
  const last = await visits.select('id').orderBy('id').offset(looksAtOnce).limit(1).executeTakeFirst()
  const some = last === undefined ? visits : visits.where('id', '<=', last.id)
  const rows = await some.select(['id', 'referrer']).where(contains('referrer', site)).execute()
  const ids = rows.filter((row) => isOnSite(site, row.referrer)).map(({ id }) => id)
  if (ids.length > 0)
    await tables(tx)
      .updateTable('history')
      .set({ referrer: null })
      .where('workspace', '=', tx.workspace)
      .where('id', 'in', among(dialectOf(tx.db), ids))
      .execute()
  return { counts: { referrers: ids.length }, cursor: last === undefined ? null : `referrers|${last.id}` }
}
