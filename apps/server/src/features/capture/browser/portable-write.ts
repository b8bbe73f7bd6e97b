/** Visits of a bundle, read and written in worker threads. */
import { linesOf, textOf, toLine, toRow } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { type Address, addressReader, visitId } from './address.ts'
import { knownVisits, visitPage } from './portable-store.ts'
import { recountJob } from './recount.ts'
import { earliest, soundTitle } from './visit.ts'
import { insertManyVisits, markBuckets, putPages, type VisitFields } from './write-store.ts'

export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const rows = await visitPage(from, { after: after === null ? null : String(after[0]), since, limit })
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row))),
    rows: rows.length,
    after: last ? [last.id] : null,
  }
}

type Read = { visits: Map<string, VisitFields>; pages: Map<string, { address: Address; title: string | null }> }
type Sorted = Read & { given: number; faults: Fault[] }

function sorted({ table, text, persons }: WriteLines): Sorted {
  const read = addressReader()
  const result: Sorted = { visits: new Map(), pages: new Map(), given: 0, faults: [] }
  for (const line of linesOf(text)) {
    result.given += 1
    const reason = take(result, toRow(table.columns, line, persons) as unknown as Visit, read)
    if (reason) result.faults.push({ id: String(line.visited_at), reason })
  }
  return result
}

type Visit = Record<'url' | 'source', string> &
  Record<'page_title' | 'title' | 'referrer' | 'tab_id' | 'content_type', string | null> &
  Record<'duration_ms' | 'status_code', number | null> & { visited_at: number }

/** Answers why a visit is none. */
function take({ visits, pages }: Sorted, row: Visit, read: ReturnType<typeof addressReader>): string | null {
  const address = read(row.url)
  if (typeof address === 'string') return 'its address is no web page'
  if (row.visited_at < earliest) return 'its time cannot be'
  const referrer = row.referrer === null ? null : read(row.referrer)
  const id = visitId(row.visited_at, address.page)
  visits.set(id, [
    ...([id, address.page, address.bucket, row.visited_at] as const),
    ...([
      referrer === null || typeof referrer === 'string' ? null : referrer.url,
      row.duration_ms,
      row.source,
    ] as const),
    ...([soundTitle(row.title), row.tab_id, row.status_code, row.content_type] as const),
  ])
  const title = soundTitle(row.page_title) ?? pages.get(address.page)?.title ?? null
  pages.set(address.page, { address, title })
  return null
}

const tallied = (given: number, created: number, faults: Fault[]): Written => {
  return { created, updated: 0, skipped: given - created - faults.length, failed: faults.length, faults }
}

export const sortLines: ReadApart<WriteLines, Written> = async (from, lines) => {
  const { visits, given, faults } = sorted(lines)
  const known = await knownVisits(from, [...visits.keys()])
  return tallied(given, visits.size - known.size, faults)
}

/** Visits and pages as lists for the database: addresses are read before the writer is held. */
type Prepared = { visits: string; pages: string; buckets: number[]; size: number; given: number; faults: Fault[] }

function prepared(lines: WriteLines): Prepared {
  const { visits, pages, given, faults } = sorted(lines)
  const put = [...pages].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...{ visits: JSON.stringify([...visits.values()]), size: visits.size, given, faults },
    pages: JSON.stringify(put.map(([id, { address, title }]) => [id, address.url, address.site, title])),
    buckets: [...new Set(put.map(([, { address }]) => address.bucket))],
  }
}

export const prepareLines: ReadApart<WriteLines, Prepared> = async (_from, lines) => prepared(lines)

/** Keeps visits that are not kept yet, with their pages. What they come to is counted once all are in. */
export const writeLines: WriteApart<WriteLines, Written> = async (tx, lines) => {
  const { visits, pages, buckets, size, given, faults } = (lines.prepared as Prepared | undefined) ?? prepared(lines)
  if (size === 0) return tallied(given, 0, faults)
  await markBuckets(tx, buckets)
  await putPages(tx, pages)
  const created = await insertManyVisits(tx, visits)
  if (created === 0) return tallied(given, 0, faults)
  // Whoever brings the bundle in counts in the end; this is for when that is cut off.
  await tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 })
  tx.event({ type: 'visits.created', subject: 'history', data: { created, duplicates: size - created } })
  return tallied(given, created, faults)
}
