/** Visits of a bundle, read and written in worker threads. */
import { linesOf, textOf, toLine, toRow } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, TakenLines, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { type Address, addressReader, visitId } from './address.ts'
import { knownVisits, visitPage } from './portable-store.ts'
import { recountJob } from './recount.ts'
import { earliest, soundTitle } from './visit.ts'
import { batchAfter, pagesAfter, pagesTaken, readBatch, takeDown } from './gather-store.ts'
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
  const titles = remembered(soundTitle)
  const result: Sorted = { visits: new Map(), pages: new Map(), given: 0, faults: [] }
  for (const line of linesOf(text)) {
    result.given += 1
    const reason = take(result, toRow(table.columns, line, persons) as unknown as Visit, read, titles)
    if (reason) result.faults.push({ id: String(line.visited_at), reason })
  }
  return result
}

type Visit = Record<'url' | 'source', string> &
  Record<'page_title' | 'title' | 'referrer' | 'tab_id' | 'content_type', string | null> &
  Record<'duration_ms' | 'status_code', number | null> & { visited_at: number }

/** One after the other a page often has the title that it had before. */
function remembered(make: typeof soundTitle): (title: string | null) => string | null {
  const known = new Map<string | null, string | null>()
  return (title) => {
    const found = known.get(title)
    if (found !== undefined) return found
    const made = make(title)
    known.set(title, made)
    return made
  }
}

/** Answers why a visit is none. */
function take(
  { visits, pages }: Sorted,
  row: Visit,
  read: ReturnType<typeof addressReader>,
  titleOf: (title: string | null) => string | null,
): string | null {
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
    ...([titleOf(row.title), row.tab_id, row.status_code, row.content_type] as const),
  ])
  const title = titleOf(row.page_title) ?? pages.get(address.page)?.title ?? null
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

export type ToTake = { file: string; given: WriteLines; lines: TakenLines }
/** Takes visits down as lists for the database, their pages each once. Reads addresses before any writer is held. */
export const takeLines: ReadApart<ToTake, void> = async (_from, { file, given: how, lines }) => {
  const text = new TextDecoder().decode(lines.bytes)
  const { visits, pages, given, faults } = sorted({ ...how, text })
  const buckets = [...new Set([...pages.values()].map(({ address }) => address.bucket))]
  takeDown(
    file,
    { visits: JSON.stringify([...visits.values()]), size: visits.size, given, buckets, faults },
    [...pages].map(([id, { address, title }]) => [id, address.url, address.site, title]),
    lines.before,
  )
}

/** The batch that goes on behind `done` lines. */
export const batchBehind: ReadApart<{ file: string; done: number }, { number: number; lines: number } | null> = async (
  _from,
  { file, done },
) => batchAfter(file, done)

export const countTaken: ReadApart<string, number> = async (_from, file) => pagesTaken(file)

export type TakenPages = { file: string; after: string; limit: number }
/** Puts pages down, in the order of their ids. Answers the last of them and how many they were. */
export const putTakenPages: WriteApart<TakenPages, { last: string; rows: number }> = async (
  tx,
  { file, after, limit },
) => {
  const { json, last, rows } = pagesAfter(file, after, limit)
  if (rows > 0) await putPages(tx, json)
  return { last, rows }
}

/** `removals`: bucket → how often pages had been removed from it when they were put down. */
export type TakenBatch = { file: string; number: number; removals: ReadonlyMap<number, number> }

/**
 * Keeps visits that are not kept yet. What they come to is counted once all are in. Answers null, having kept nothing, when
 * somebody removed pages meanwhile: they have to be put down again first.
 */
export const writeLines: WriteApart<WriteLines, Written | null> = async (tx, { prepared }) => {
  const { file, number, removals } = prepared as TakenBatch
  const { visits, size, given, buckets, faults } = readBatch(file, number)
  if (size === 0) return tallied(given, 0, faults)
  const now = await markBuckets(tx, buckets)
  if ([...now].some(([bucket, times]) => times !== (removals.get(bucket) ?? 0))) return null
  const created = await insertManyVisits(tx, visits)
  if (created === 0) return tallied(given, 0, faults)
  // Whoever brings the bundle in counts in the end; this is for when that is cut off.
  await tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 })
  tx.event({ type: 'visits.created', subject: 'history', data: { created, duplicates: size - created } })
  return tallied(given, created, faults)
}
