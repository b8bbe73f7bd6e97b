/** Writes what a reader handed over, in a worker thread, one transaction a batch. */
import type { WriteApart } from '../../../kernel/scope.ts'
import { insertManyVisits, markBuckets, putPages } from '../browser/write-store.ts'
import type { VisitBatch } from './batch.ts'
import { type ImportRow, importById, updateImport } from './store.ts'

export type Written = 'written' | 'pages gone'
export type BatchArgument = {
  id: string
  batch: VisitBatch
  /** Bucket → how often pages were removed from it when this import put its pages down; null when they come along. */
  removals: ReadonlyMap<number, number> | null
}

export const writePages: WriteApart<Uint8Array, void> = (tx, json) => putPages(tx, json)

/**
 * Keeps the visits of a batch and moves the import on. Answers `pages gone`, having kept nothing, when somebody removed
 * pages meanwhile: they have to be put down again first. One event, `visits.created`, unless nothing was new.
 */
export const writeVisits: WriteApart<BatchArgument, Written> = async (tx, { id, batch, removals }) => {
  const row = await importById(tx, id)
  if (!row) throw new Error(`The import ${id} was never begun.`)
  let created = 0
  if (batch.kept > 0) {
    const now = await markBuckets(tx, batch.buckets)
    if (removals && [...now].some(([bucket, number]) => number !== (removals.get(bucket) ?? 0))) return 'pages gone'
    if (batch.pages !== null) await putPages(tx, batch.pages)
    created = await insertManyVisits(tx, batch.visits)
  }
  const duplicates = batch.kept - created
  await updateImport(tx, id, movedOn(row, batch, created))
  if (created > 0) tx.event({ type: 'visits.created', subject: 'history', data: { created, duplicates } })
  return 'written'
}

function movedOn(row: ImportRow, batch: VisitBatch, created: number): Partial<ImportRow> {
  const skipped = JSON.parse(row.skipped) as Record<string, number>
  for (const [reason, rows] of Object.entries(batch.skipped)) skipped[reason] = (skipped[reason] ?? 0) + rows
  return {
    cursor: batch.last,
    rows_read: row.rows_read + batch.read,
    created: row.created + created,
    duplicates: row.duplicates + batch.kept - created,
    skipped: JSON.stringify(skipped),
    first_visit: lesser(row.first_visit, batch.oldest, -1),
    last_visit: lesser(row.last_visit, batch.newest, 1),
  }
}

/** The one of two numbers that lies further in a direction; null only when there is none. */
function lesser(one: number | null, other: number | null, direction: 1 | -1): number | null {
  if (one === null || other === null) return one ?? other
  return (one - other) * direction > 0 ? one : other
}
