/**
 * Counts pages and sites anew after bulk changes, out of their visits, bucket by bucket in small transactions. It may be
 * repeated, cut off and overlapped at will: what it writes is what is there.
 */
import type { Scope, WriteApart } from '../../../kernel/scope.ts'
import { bucketOf, bucketRange, buckets } from './address.ts'
import {
  countPages,
  countSites,
  deleteBarePages,
  deleteUnseenPages,
  hasUnseenPages,
  noteRemoval,
  settleBuckets,
  stretchEnd,
  uncounted,
} from './count-store.ts'
import { deleteTexts } from './text-store.ts'
import { holdBuckets } from './write-store.ts'

/** Bulk work on visits of a workspace, one after the other. */
export const bulkLine = 'browser.bulk'

/**
 * The job that counts what was left uncounted; one stands for all. Asked for together with bulk work, it comes after it,
 * however that ends.
 */
export const recountJob = {
  type: 'browser.recount',
  input: {},
  unique: 'browser.recount',
  concurrency: bulkLine,
} as const

/** Pages that are counted in one transaction, more or less: a stretch ends with a bucket where it can. */
const stretchSize = 4_000
/** With so many pages at once others follow: milliseconds that the indexer leaves them to whoever counts. */
const many = { pages: 1_000, wait: 3_000 }
const here = new URL(import.meta.url)

/** From page `after` on, at most to the end of bucket `last`; `changes` of each bucket as they were at the beginning. */
export type Recount = { after: string; last: number; changes: ReadonlyMap<number, number> }
export type Step = { next: string | null; removed: string[] }
type Told = (done: number, total: number) => void

/** Counts all buckets that bulk changes left uncounted. Answers how many pages were removed. */
export async function recount(scope: Scope, told: Told = () => undefined): Promise<number> {
  const waiting = await uncounted(scope)
  const changes = new Map(waiting.map((row) => [row.bucket, row.changes]))
  let removed = 0
  for (const { first, last } of runsOf([...changes.keys()])) {
    let after: string | null = bucketRange(first)[0]
    while (after !== null) {
      told(bucketOf(after), buckets)
      const argument: Recount = { after, last, changes }
      const step: Step = await scope.apart.write(here, 'recountStretch', argument)
      removed += step.removed.length
      after = step.next
    }
  }
  return removed
}

/** Buckets that follow each other, as runs from first to last. */
function runsOf(numbers: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run && number === run.last + 1) run.last = number
    else runs.push({ first: number, last: number })
  }
  return runs
}

/** One stretch. With the last page of a bucket its sites are counted, too, and the bucket is settled. */
export const recountStretch: WriteApart<Recount, Step> = async (tx, { after, last, changes }) => {
  const first = bucketOf(after)
  const beyond = await stretchEnd(tx, after, last, stretchSize)
  const inside = beyond !== null && bucketOf(beyond) === first
  // The last bucket that is counted to its end; none where one bucket is more than a stretch.
  const whole = inside ? null : beyond === null ? last : bucketOf(beyond) - 1
  const end = inside ? beyond : bucketRange(whole as number)[1]
  const held = Array.from({ length: (whole ?? first) - first + 1 }, (_, at) => first + at)
  await holdBuckets(tx, held)
  const stretch = { first, last: whole ?? first, from: after, to: end }
  const changed = await countPages(tx, stretch)
  const removed = await deleteBarePages(tx, stretch)
  if (removed.length > 0) {
    await noteRemoval(tx, new Set(removed.map(bucketOf)))
    await deleteTexts(tx, removed)
  }
  const both = [...changed, ...removed]
  if (both.length > 0) await tx.reindex('visit', both, both.length < many.pages ? 0 : many.wait)
  if (whole !== null) {
    await countSites(tx, first, whole)
    await settleBuckets(tx, held, changes)
  }
  return { next: whole === last ? null : end, removed }
}

/** Removes pages that were put down and got no visit. Who still brings visits notices, and puts them down again. */
export async function dropUnseen(scope: Scope): Promise<void> {
  for (let first = 0; first < buckets; first += bucketsAtOnce) await scope.apart.write(here, 'dropUnseenFrom', first)
}
const bucketsAtOnce = 16
export const dropUnseenFrom: WriteApart<number, void> = async (tx, first) => {
  const last = first + bucketsAtOnce - 1
  if (!(await hasUnseenPages(tx, first, last))) return
  await holdBuckets(
    tx,
    Array.from({ length: bucketsAtOnce }, (_, at) => first + at),
  )
  const removed = await deleteUnseenPages(tx, first, last)
  if (removed.length > 0) await noteRemoval(tx, new Set(removed.map(bucketOf)))
}
