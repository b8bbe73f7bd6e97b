/** Visits of a bundle, read and written in worker threads. */
import { iso } from '../../../kernel/clock.ts'
import { jsonList } from '../../../kernel/json.ts'
import { linesOf, rowReader, textOf, toLine } from '../../../kernel/portable/line.ts'
import type { Fault, Page, ReadPage, TakenLines, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import { lineReader } from '../../../kernel/portable/unseen.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { type Address, addressReader, buckets, visitId } from './address.ts'
import { knownVisits, visitPage } from './portable-store.ts'
import { recountJob } from './recount.ts'
import { earliest, soundTitle } from './visit.ts'
import { batchAfter, pagesOf, readBatch, type Taken, type TakenPage, takeDown } from './gather-store.ts'
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

type Sound = { visit: VisitFields; address: Address; title: string | null }

/** Makes visits of rows, or says why one is none. Addresses and titles that come again soon are not read again. */
function visitReader(): (row: Visit) => Sound | string {
  const read = addressReader()
  const titleOf = remembered(soundTitle)
  return (row) => {
    const address = read(row.url)
    if (typeof address === 'string') return 'its address is no web page'
    if (row.visited_at < earliest) return 'its time cannot be'
    const referrer = row.referrer === null ? 'address' : read(row.referrer)
    const visit: VisitFields = [
      ...([visitId(row.visited_at, address.page), address.page, address.bucket, row.visited_at] as const),
      ...([typeof referrer === 'string' ? null : referrer.url, row.duration_ms, row.source] as const),
      ...([titleOf(row.title), row.tab_id, row.status_code, row.content_type] as const),
    ]
    return { visit, address, title: titleOf(row.page_title) }
  }
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

const tallied = (given: number, created: number, faults: Fault[]): Written => {
  return { created, updated: 0, skipped: given - created - faults.length, failed: faults.length, faults }
}

export const sortLines: ReadApart<WriteLines, Written> = async (from, { table, text, persons }) => {
  const read = visitReader()
  const faults: Fault[] = []
  const ids = new Set<string>()
  const rows = linesOf(text).map(rowReader(table.columns, persons)) as unknown as Visit[]
  for (const row of rows) {
    const sound = read(row)
    if (typeof sound === 'string') faults.push(faultOf(row, sound))
    else ids.add(sound.visit[0])
  }
  const known = await knownVisits(from, [...ids])
  return tallied(rows.length, ids.size - known.size, faults)
}

const faultOf = ({ visited_at }: Visit, reason: string): Fault => ({ id: iso(visited_at), reason })

export type ToTake = { file: string; given: WriteLines; lines: TakenLines }
/**
 * Takes visits down as a list for the database, their pages each once. Reads addresses before any writer is held. Nothing of
 * a line outlives it but the bytes that are written: what a young heap cannot let go of at once costs as much again.
 */
export const takeLines: ReadApart<ToTake, number | null> = async (_from, { file, given, lines }) => {
  const { table, persons } = given
  const soundLines = lineReader(table.component, lines.schema)
  const rowOf = rowReader(table.columns, persons)
  const read = visitReader()
  const visits = jsonList(lines.bytes.length)
  const pages = pageLists()
  const taken: Omit<Taken, 'visits' | 'buckets'> = { size: 0, lines: 0, faults: [] }
  for (const line of soundLines(lines.bytes)) {
    taken.lines += 1
    if (line === null) return lines.before + taken.lines
    const row = rowOf(line) as unknown as Visit
    const sound = read(row)
    if (typeof sound === 'string') {
      taken.faults.push(faultOf(row, sound))
      continue
    }
    const { visit, address, title } = sound
    visits.add(JSON.stringify(visit))
    taken.size += 1
    pages.add(address, title)
  }
  const byBucket = pages.lists()
  const rest = { ...taken, buckets: [...byBucket.keys()] }
  takeDown(file, { ...rest, visits: visits.bytes() }, byBucket, lines.before)
  return null
}

/** Pages as lists by bucket, each once, and again where another title comes. */
function pageLists() {
  const titles = new Map<string, string | null>()
  const lists = new Map<number, ReturnType<typeof jsonList>>()
  return {
    add({ page, url, site, bucket }: Address, title: string | null): void {
      const known = titles.get(page)
      if (known !== undefined && (title === null || title === known)) return
      titles.set(page, title)
      const list = lists.get(bucket) ?? jsonList(8_192)
      lists.set(bucket, list)
      list.add(JSON.stringify([page, url, site, title] satisfies TakenPage))
    },
    lists: () => new Map([...lists].map(([bucket, list]) => [bucket, list.bytes()])),
  }
}

/** The batch that goes on behind `done` lines. */
export const batchBehind: ReadApart<{ file: string; done: number }, { number: number; lines: number } | null> = async (
  _from,
  { file, done },
) => batchAfter(file, done)

/** From a bucket on, as many whole buckets as hold `least` pages, in lists of as many pages. */
export type PagesFrom = { file: string; bucket: number; least: number }
export type PageLists = { lists: Uint8Array[]; next: number }
export const pagesFrom: ReadApart<PagesFrom, PageLists> = async (_from, { file, bucket, least }) => {
  const pages: TakenPage[] = []
  let next = bucket
  while (next < buckets && pages.length < least) pages.push(...pagesOf(file, next++))
  const lists: Uint8Array[] = []
  for (let at = 0; at < pages.length; at += least)
    lists.push(new TextEncoder().encode(JSON.stringify(pages.slice(at, at + least))))
  return { lists, next }
}

export const putTakenPages: WriteApart<Uint8Array, void> = (tx, json) => putPages(tx, json)

/** `removals`: bucket → how often pages had been removed from it when they were put down. */
export type TakenBatch = { file: string; number: number; removals: ReadonlyMap<number, number> }

/**
 * Keeps visits that are not kept yet. What they come to is counted once all are in. Answers null, having kept nothing, when
 * somebody removed pages meanwhile: they have to be put down again first.
 */
export const writeLines: WriteApart<WriteLines, Written | null> = async (tx, { prepared }) => {
  const { file, number, removals } = prepared as TakenBatch
  const { visits, size, lines, buckets: touched, faults } = readBatch(file, number)
  if (size === 0) return tallied(lines, 0, faults)
  const now = await markBuckets(tx, touched)
  if ([...now].some(([bucket, times]) => times !== (removals.get(bucket) ?? 0))) return null
  const created = await insertManyVisits(tx, visits)
  if (created === 0) return tallied(lines, 0, faults)
  // Whoever brings the bundle in counts in the end; this is for when that is cut off.
  await tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 })
  tx.event({ type: 'visits.created', subject: 'history', data: { created, duplicates: size - created } })
  return tallied(lines, created, faults)
}
