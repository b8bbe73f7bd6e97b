/**
 * Reads the copy of a browser's database. Addresses are read, masked and given their ids once, into a table of the copy;
 * what is handed over is then put together by SQLite, so that a visit costs no JavaScript at all.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { fail } from '@cairn/api/errors'
import { addressReader } from '../browser/address.ts'
import { ahead, earliest, soundTitle } from '../browser/visit.ts'
import { type HistoryReader, type SkipReason, skipReasons } from './batch.ts'
import { type Problem, problemOf } from './problem.ts'
import type { Schema } from './schemas.ts'

const atOnce = 1_000
/** A longer referrer says nothing more. */
const longestReferrer = 2_048

/** Opens a copy and reads all of it once, so that damage is found before anything is written. Takes the copy for itself. */
export function openDatabaseReader(file: string, schema: Schema, source: string, now: number): HistoryReader | Problem {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(file)
    db.exec(`PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA synchronous = OFF;
      PRAGMA cache_size = -8192`)
    const missing = missingFrom(db, schema)
    if (missing) {
      db.close()
      return { problem: `it has no ${missing}, so it is no history of a version that is known` }
    }
    db.exec('PRAGMA journal_mode = OFF')
    const present = withoutAbsent(db, schema)
    const counts = { places: count(db, schema.counts.places), visits: count(db, schema.counts.visits) }
    prepare(db, present.places)
    const query = visitQuery({ ...schema, visits: present.visits }, source, now)
    return reader(db, query, counts)
  } catch (error) {
    db?.close()
    return databaseProblem(error)
  }
}

/** SQLite's refusals in words, by their primary code: https://sqlite.org/rescode.html; others as files have them. */
export function databaseProblem(error: unknown): Problem {
  const { code, errcode = 0 } = error as { code?: string; errcode?: number }
  if (code === 'ERR_OUT_OF_RANGE') return { problem: 'it holds numbers that no browser writes' }
  if (code !== 'ERR_SQLITE_ERROR') return problemOf(error)
  const primary = errcode & 0xff
  if (primary === full) throw fail('DISK_FULL', {}, [], error)
  if (primary === notADatabase) return { problem: 'it is not a SQLite database, or it is encrypted' }
  if (primary === corrupt) return { problem: 'it is damaged or cut off' }
  return { problem: `SQLite cannot read it (code ${errcode})` }
}
const [corrupt, full, notADatabase] = [11, 13, 26]

/** Name of a table or column that is needed and is not there as a plain table. */
function missingFrom(db: DatabaseSync, schema: Schema): string | null {
  for (const [table, columns] of Object.entries(schema.needs)) {
    const found = db
      .prepare("select 1 from sqlite_master where type = 'table' and name = ? and sql not like '%virtual%' limit 1")
      .get(table)
    if (!found) return `table ${table}`
    const names = columnsOf(db, table)
    const absent = columns.find((column) => !names.has(column))
    if (absent) return `column ${table}.${absent}`
  }
  return null
}

const columnsOf = (db: DatabaseSync, table: string) =>
  new Set(
    db
      .prepare('select name from pragma_table_info(?)')
      .all(table)
      .map((row) => String(row.name)),
  )

/** The schema's queries with what stands for columns that this version lacks. */
function withoutAbsent(db: DatabaseSync, schema: Schema) {
  let { places, visits } = schema
  for (const [table, columns] of Object.entries(schema.perhaps)) {
    const names = columnsOf(db, table)
    for (const [column, substitute] of Object.entries(columns).filter(([name]) => !names.has(name))) {
      places = places.replaceAll(column, substitute)
      visits = visits.replaceAll(column, substitute)
    }
  }
  return { places, visits }
}

/** Counts rows by reading them, not an index beside them. */
const count = (db: DatabaseSync, query: string) => Number(db.prepare(query).get()?.number)

/** Reads every address once: `cairn_page` says what becomes of it. */
function prepare(db: DatabaseSync, places: string): void {
  db.exec(`drop table if exists cairn_page; create table cairn_page(
    place integer primary key, id text, bucket integer, site text, url text, title text, skip text) strict; begin`)
  const next = db.prepare(places)
  const put = db.prepare('insert into cairn_page values (?, ?, ?, ?, ?, ?, ?)')
  const read = addressReader()
  let after = 0
  for (;;) {
    const rows = next.all(after, atOnce)
    if (rows.length === 0) break
    for (const row of rows) put.run(...pageOf(row, read))
    after = Number(rows.at(-1)?.place)
  }
  db.exec('commit; create index cairn_page_id on cairn_page(id, place) where skip is null')
}

type PageOf = [
  ...[place: number, id: string | null, bucket: number | null, site: string | null],
  ...[url: string | null, title: string | null, skip: string | null],
]
function pageOf(row: Record<string, unknown>, read: ReturnType<typeof addressReader>): PageOf {
  const place = Number(row.place)
  const address = typeof row.url === 'string' ? read(row.url) : 'address'
  const skip = typeof row.skip === 'string' ? row.skip : null
  if (typeof address === 'string') return [place, null, null, null, null, null, skip ?? address]
  const title = typeof row.title === 'string' ? soundTitle(row.title) : null
  return [place, address.page, address.bucket, address.site, address.url, title, skip]
}

function reader(db: DatabaseSync, query: string, counts: { places: number; visits: number }): HistoryReader {
  // Two addresses may be one page: masked, they are the same.
  const pages: StatementSync = db.prepare(`
    with batch as (
      select id, max(url) as url, max(site) as site, max(title) as title from cairn_page
      where skip is null and id > ? group by id order by id limit ?
    ) select count(*) as rows, max(id) as last, cast(json_group_array(json_array(id, url, site, title)) as blob) as json from batch`)
  const next: StatementSync = db.prepare(query)
  return {
    ...{ unit: 'rows', total: counts.visits, pages: counts.places },
    nextPages(after, limit) {
      const { rows, last, json } = pages.get(after, limit) as { rows: number; last: string | null; json: Uint8Array }
      return { rows, json, last: last ?? after }
    },
    nextVisits(after, limit) {
      const row = next.get(after, limit) as VisitsRow
      return {
        ...{ read: row.read, last: row.last ?? after, pages: null, visits: row.visits, kept: row.kept },
        ...{ oldest: row.oldest, newest: row.newest },
        buckets: row.buckets === null ? [] : row.buckets.split(',').map(Number),
        skipped: Object.fromEntries(skipReasons.flatMap((reason) => (row[reason] > 0 ? [[reason, row[reason]]] : []))),
      }
    },
    close: () => db.close(),
  }
}
type VisitsRow = Record<SkipReason | 'read' | 'kept', number> &
  Record<'last' | 'oldest' | 'newest', number | null> & { visits: Uint8Array; buckets: string | null }

/** One row for a whole batch: its visits as JSON, and what else there is to say of it. */
const visitQuery = ({ visits, visitTable, visitPlace }: Schema, source: string, now: number) => `
  with batch as materialized (
    select read.key, read.time, read.duration, page.id, page.bucket, 
      case when length(from_page.url) <= ${longestReferrer} then from_page.url end as referrer,
      case when read.skip is not null then read.skip when page.place is null then 'address'
        when page.skip is not null then page.skip
        when read.time is null or read.time not between ${earliest} and ${now + ahead} then 'time' end as skip
    from (${visits}) as read
    left join cairn_page as page on page.place = read.place
    left join ${visitTable} as origin on origin.id = read.origin
    left join cairn_page as from_page on from_page.place = origin.${visitPlace}
    order by read.key
  )
  select count(*) as read, max(key) as last, count(*) filter (where skip is null) as kept,
    min(time) filter (where skip is null) as oldest, max(time) filter (where skip is null) as newest,
    group_concat(distinct bucket) filter (where skip is null) as buckets,
    ${skipReasons.map((reason) => `count(*) filter (where skip = '${reason}') as ${reason}`).join(', ')},
    cast(json_group_array(json_array(
      printf('%08x-%04x-7', time >> 16, time & 65535) || substr(id, 16), id, bucket, time, referrer, duration,
      '${source}'
    )) filter (where skip is null) as blob) as visits
  from batch`
