/**
 * How long things are kept. The `retain` slot of a feature names a module that exports its `rules`; privacy asks them what
 * is due and carries them out each night, in batches in a worker thread.
 */
import type { Counts, Erased, Eraser, EraseReader, EraseTx } from './erasure.ts'

export type Due = {
  /** Epoch ms: what is older goes. */
  before: number
  /** Types of jobs that are housekeeping. */
  housekeeping: readonly string[]
}
export type Rule = {
  /** Its name for ever: `visits`, `jobs.succeeded`. */
  rule: string
  /** Days that hold unless somebody says otherwise; null for ever. */
  usual: number | null
  /** What it would remove now. */
  count(from: EraseReader, due: Due): Promise<Counts>
  /** As an eraser's. */
  some(tx: EraseTx, due: Due, cursor: string | null): Promise<Erased>
}

/** What a feature erases of a period, as a rule about its age. */
export const byAge = (rule: string, usual: number | null, eraser: Eraser): Rule => ({
  rule,
  usual,
  count: (from, { before }) => eraser.count(from, { by: 'period', from: 0, to: before }),
  some: (tx, { before }, cursor) => eraser.some(tx, { by: 'period', from: 0, to: before }, cursor),
})
