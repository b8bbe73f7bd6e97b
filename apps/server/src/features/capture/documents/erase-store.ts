/**
 * How documents and crawls are erased. A document goes whole, with its versions and their originals: by its site, or when
 * any of it was kept in the period; of a person see `erase-person-store.ts`. Of a crawl goes what it knows of the site;
 * one that began there goes whole, and so does a person's.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  between,
  countRows,
  type Erased,
  type Eraser,
  type EraseReader,
  type EraseTx,
  type Erasure,
  isOnSite,
  markOf,
  marksOfEach,
  onSite,
  partOf,
  takeRows,
  takesAll,
} from '../../../kernel/erasure.ts'
import type { Rule } from '../../../kernel/retention.ts'
import { type CrawlRow, planOf, type ScheduleRow } from './crawl/rows.ts'
import {
  begunBy,
  countVersions,
  keptBy,
  keptByOthers,
  marksOfVersions,
  takeVersions,
  whole,
} from './erase-person-store.ts'
import type { VersionRow } from './rows.ts'
import { blobsInUse } from './store.ts'

export const eraseModule = new URL(import.meta.url)

/** Documents, and crawls, at once: each of them takes along more. */
const [atOnce, crawlsAtOnce] = [50, 5]
const all = sql<SqlBool>`1 = 1`

function which(workspace: string, erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return all
  if (erasure.by === 'site') return onSite('site', erasure.site)
  if (erasure.by === 'source') return erasure.kind === 'document' ? sql<SqlBool>`id = ${erasure.id}` : null
  if (erasure.by === 'person') return sql<SqlBool>`id in (${whole(workspace, erasure.id)})`
  if (erasure.by !== 'period') return null
  return sql<SqlBool>`(${between('created_at', erasure)} or exists (select 1 from document_version v
    where v.workspace = documents.workspace and v.document_id = documents.id and ${between('v.created_at', erasure)}))`
}

/** Ids of crawls, or of schedules, that go whole. There are few of them. */
async function doomed(from: EraseReader, table: 'crawl' | 'crawl_schedule', erasure: Erasure): Promise<string[]> {
  if (erasure.by === 'thread' || erasure.by === 'tab' || erasure.by === 'source') return []
  const person = partOf(erasure)
  const query = from.db
    .withTables<{ crawl: CrawlRow; crawl_schedule: ScheduleRow }>()
    .selectFrom(table)
    .select(['id', 'plan', 'created_at'])
    .where('workspace', '=', from.workspace)
    .orderBy('id')
  if (erasure.by === 'period') return idsOf(await query.where(between('created_at', erasure)).execute())
  if (person !== null) return idsOf(await query.where('person', '=', person).execute())
  const rows = await query.execute()
  if (erasure.by !== 'site') return idsOf(rows)
  return idsOf(rows.filter((row) => planOf(row).seeds.some((seed) => isOnSite(erasure.site, seed))))
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

export const eraser: Eraser = {
  async count(from, erasure) {
    const [where, person] = [which(from.workspace, erasure), partOf(erasure)]
    return {
      documents: where === null ? 0 : await countRows(from, { table: 'documents', where }),
      crawls: (await doomed(from, 'crawl', erasure)).length,
      crawl_schedules: (await doomed(from, 'crawl_schedule', erasure)).length,
      ...(person !== null && (await countVersions(from, person))),
      ...(erasure.by === 'site' && {
        crawl_pages: await countRows(from, { table: 'crawl_page', where: onSite('host', erasure.site) }),
      }),
    }
  },

  async some(tx, erasure, cursor) {
    const person = partOf(erasure)
    if (person !== null) return someOf(tx, erasure, person, cursor)
    const where = which(tx.workspace, erasure)
    const ids = where === null ? [] : await takeIds(tx, where)
    if (ids.length > 0) return { ...(await takeDocuments(tx, ids)), cursor: 'more' }
    const erased = await takeCrawls(tx, erasure)
    if (erased.cursor !== null || erasure.by !== 'site') return erased
    return takeAddresses(tx, erasure.site, erased)
  },

  begun: (from, person) => doomed(from, 'crawl', { by: 'person', id: person, owns: false }),

  async marks(from, erasure) {
    const [where, person] = [which(from.workspace, erasure), partOf(erasure)]
    if (where === null) return []
    const kept = person === null ? [] : await marksOfVersions(from, person)
    const { rows } = await sql<{ title: string; url: string | null }>`select title, url from documents
      where workspace = ${from.workspace} and ${where} limit ${marksOfEach}`.execute(from.db)
    return [...rows.flatMap(({ title, url }) => [...markOf(title), ...markOf(url)]), ...kept]
  },
}

/**
 * A person's part of a batch: what their crawls have in hand is not kept behind them, so these go first; then what they
 * kept, then what they only began. `cursor`: a stage, and behind which document to go on.
 */
async function someOf(tx: EraseTx, erasure: Erasure, person: string, cursor: string | null): Promise<Erased> {
  const [stage = '', after = ''] = (cursor ?? 'crawls').split(' ')
  if (stage !== 'kept' && stage !== 'begun') {
    const erased = await takeCrawls(tx, erasure)
    return { ...erased, cursor: erased.cursor ?? 'kept' }
  }
  const { ids, next } = stage === 'kept' ? await keptBy(tx, person, after) : await begunBy(tx, person, after)
  const stays = await keptByOthers(tx, person, ids)
  const whole = await takeDocuments(
    tx,
    ids.filter((id) => !stays.has(id)),
  )
  const parts = await takeVersions(tx, person, [...stays])
  return {
    counts: { ...whole.counts, ...parts.counts },
    gone: [...(whole.gone ?? []), ...(parts.gone ?? [])],
    blobs: [...(whole.blobs ?? []), ...(parts.blobs ?? [])],
    cursor: next !== null ? `${stage} ${next}` : stage === 'kept' ? 'begun' : null,
  }
}

/** Crawls that go whole, and the rules that some are done again. */
async function takeCrawls(tx: EraseTx, erasure: Erasure): Promise<Erased> {
  const schedules = await doomed(tx, 'crawl_schedule', erasure)
  await takeRows(tx, { table: 'crawl_schedule', where: isOneOf(tx, schedules) }, schedules.length)
  const crawls = (await doomed(tx, 'crawl', erasure)).slice(0, crawlsAtOnce)
  await takeRows(tx, { table: 'crawl', where: isOneOf(tx, crawls) }, crawls.length)
  return {
    counts: { crawl_schedules: schedules.length, crawls: crawls.length },
    gone: [{ kind: 'crawl', ids: crawls }],
    cursor: crawls.length === crawlsAtOnce ? 'crawls' : null,
  }
}

async function takeIds(tx: EraseTx, where: RawBuilder<SqlBool>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from documents
    where workspace = ${tx.workspace} and ${where} limit ${atOnce}`.execute(tx.db)
  return idsOf(rows)
}

const isOneOf = (tx: EraseTx, ids: readonly string[]) => sql<SqlBool>`id in ${among(dialectOf(tx.db), ids)}`

async function takeDocuments(tx: EraseTx, ids: readonly string[]): Promise<Omit<Erased, 'cursor'>> {
  if (ids.length === 0) return { counts: {} }
  const these = among(dialectOf(tx.db), ids)
  const originals = await tx.db
    .withTables<{ document_version: VersionRow }>()
    .selectFrom('document_version')
    .select('blob')
    .where('workspace', '=', tx.workspace)
    .where('document_id', 'in', these)
    .where('blob', 'is not', null)
    .execute()
  await sql`update crawl_page set document_id = null
    where workspace = ${tx.workspace} and document_id in ${these}`.execute(tx.db)
  await takeRows(tx, { table: 'documents', where: isOneOf(tx, ids) }, ids.length)
  for (const id of ids) tx.event({ type: 'document.removed', subject: id })
  const blobs = [...new Set(originals.flatMap(({ blob }) => blob ?? []))]
  const used = blobs.length > 0 ? await blobsInUse(tx, blobs) : new Set()
  return {
    counts: { documents: ids.length },
    gone: [{ kind: 'document', ids }],
    blobs: blobs.filter((blob) => !used.has(blob)),
  }
}

/** What other crawls know of the site. */
async function takeAddresses(tx: EraseTx, site: string, before: Erased): Promise<Erased> {
  const at = onSite('host', site)
  const { rows } = await sql`delete from crawl_page where workspace = ${tx.workspace} and ${at} returning 1`.execute(
    tx.db,
  )
  const linked = await sql<{ crawl_id: string; url_key: string; found_on: string }>`select crawl_id, url_key, found_on
    from crawl_page where workspace = ${tx.workspace} and found_on like ${`%${site}%`}`.execute(tx.db)
  for (const { crawl_id, url_key } of linked.rows.filter((row) => isOnSite(site, row.found_on)))
    await sql`update crawl_page set found_on = null where workspace = ${tx.workspace}
      and crawl_id = ${crawl_id} and url_key = ${url_key}`.execute(tx.db)
  const hosts = await sql<{ origin: string }>`select distinct origin from crawl_host
    where workspace = ${tx.workspace}`.execute(tx.db)
  for (const { origin } of hosts.rows.filter((row) => isOnSite(site, row.origin)))
    await sql`delete from crawl_host where workspace = ${tx.workspace} and origin = ${origin}`.execute(tx.db)
  return { ...before, counts: { ...before.counts, crawl_pages: rows.length } }
}

/** What came of each address of a crawl is a log; the documents stay. */
const crawlsByAge: Rule = {
  rule: 'crawls',
  usual: 90,
  async count(from, { before }) {
    return { crawls: await countRows(from, { table: 'crawl', where: sql<SqlBool>`created_at < ${before}` }) }
  },
  async some(tx, { before }) {
    const where = sql<SqlBool>`created_at < ${before}`
    const ids = await takeRows(tx, { table: 'crawl', where }, crawlsAtOnce)
    return { counts: { crawls: ids.length }, cursor: ids.length === crawlsAtOnce ? 'more' : null }
  },
}
export const rules = [crawlsByAge]
