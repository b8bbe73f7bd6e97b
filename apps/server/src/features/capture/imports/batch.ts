/** What a reader hands over at a time; made to cross threads and to be written as one parameter. */

/** Why rows are left out: no visit of a person, or nothing that can be kept. */
export const skipReasons = ['subframe', 'redirect', 'scheme', 'address', 'too_long', 'time', 'not_json'] as const
export type SkipReason = (typeof skipReasons)[number]

/** Pages, as `putPages` of browser takes them. Lists are bytes of JSON: text would fill the heaps of three threads. */
export type PageBatch = { rows: number; json: Uint8Array; last: string }
export type VisitBatch = {
  /** Rows that were read, those left out among them; 0 at the end. */
  read: number
  /** Key of the last row, or the byte behind it. */
  last: number
  /** Pages of these visits; null when all pages were handed over before. */
  pages: Uint8Array | null
  /** Visits, as `insertManyVisits` of browser takes them, and how many they are. */
  visits: Uint8Array
  kept: number
  buckets: number[]
  skipped: Partial<Record<SkipReason, number>>
  /** Times of the oldest and the newest that is kept, in epoch milliseconds. */
  oldest: number | null
  newest: number | null
}

/** What there is to read: `total` in rows or bytes; `pages` is 0 where pages come together with their visits. */
export type Extent = { unit: 'rows' | 'bytes'; total: number; pages: number }

/** Reads a history in order; every method may throw what SQLite or the file system throws. */
export type HistoryReader = Extent & {
  nextPages(after: string, limit: number): PageBatch
  nextVisits(after: number, limit: number): VisitBatch
  close(): void
}
