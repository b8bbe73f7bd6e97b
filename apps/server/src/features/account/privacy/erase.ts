/** Erasing as it runs in a worker thread: a batch of one feature with everything that hangs on it, in one transaction. */
import type { ErasedPart } from '@cairn/api/privacy'
import {
  add,
  type Counts,
  type Eraser,
  type Erasure,
  type EraseTx,
  type Gone,
  present,
} from '../../../kernel/erasure.ts'
import { eraseIndexed } from '../../../kernel/passages/scrub.ts'
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import { advance } from './store.ts'

/** A feature and the address of the module that holds its eraser. */
export type EraserOf = { feature: string; module: string }
export type Counted = { erasers: readonly EraserOf[]; erasure: Erasure }
export type Batch = Counted & {
  /** Id of the delete. */
  id: string
  /** Number of the eraser whose turn it is, and where it goes on. */
  at: number
  cursor: string | null
  /** Kinds of sources that the index knows. */
  kinds: readonly string[]
}
/** `blobs`: are there files to be removed by now? */
export type Advanced = { at: number; cursor: string | null; removed: number; blobs: boolean }

/** Each eraser with the feature that it is of. */
export const loadErasers = (erasers: readonly EraserOf[]) =>
  Promise.all(erasers.map(async (each) => ({ feature: each.feature, eraser: await load(each) })))

const load = async ({ module }: EraserOf): Promise<Eraser> => ((await import(module)) as { eraser: Eraser }).eraser

/** What an erasure would remove, by feature; features that lose nothing are left out. */
export const countAll: ReadApart<Counted, ErasedPart[]> = async (from, { erasers, erasure }) => {
  const parts: ErasedPart[] = []
  for (const each of erasers) {
    const counts = present(await (await load(each)).count(from, erasure))
    if (Object.keys(counts).length > 0) parts.push({ feature: each.feature, counts })
  }
  return parts
}

/** Words by which what is erased would be known again. */
export const marksOf: ReadApart<Counted, string[]> = async (from, { erasers, erasure }) => {
  const marks = new Set<string>()
  for (const each of erasers) {
    for (const mark of (await (await load(each)).marks?.(from, erasure)) ?? []) marks.add(mark)
  }
  // What holds another mark is found with that one.
  const all = [...marks]
  const whole = all.filter((mark) => !all.some((other) => other !== mark && mark.includes(other)))
  return whole.slice(0, mostMarks)
}
const mostMarks = 16

/** What stands where the name of a feature did, once none is left. */
export const erasedAll = 'all'

/** One batch, noted with its counts. */
export const eraseSome: WriteApart<Batch, Advanced> = async (tx, { id, erasers, erasure, at, cursor, kinds }) => {
  const loaded = await loadErasers(erasers)
  const current = loaded[at]
  if (!current) return { at, cursor: null, removed: 0, blobs: false }
  const gone: Record<string, Counts> = {}
  const note = (feature: string, counts: Counts) => void (gone[feature] = add(gone[feature] ?? {}, counts))

  const erased = await current.eraser.some(tx, erasure, cursor)
  note(current.feature, erased.counts)
  await releaseAll(tx, { loaded, gone: erased.gone ?? [], kinds, note })

  const next = erased.cursor === null ? at + 1 : at
  const blobs = erased.blobs ?? []
  await advance(tx, id, { part: erasers[next]?.feature ?? erasedAll, cursor: erased.cursor, gone, blobs })
  const removed = Object.values(gone).reduce((sum, counts) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)
  return { at: next, cursor: erased.cursor, removed, blobs: blobs.length > 0 }
}

type Release = {
  loaded: Awaited<ReturnType<typeof loadErasers>>
  gone: readonly Gone[]
  kinds: readonly string[]
  note(feature: string, counts: Counts): void
}

/** Takes along what hangs on sources that are gone: what features keep of them, and what the index does. */
export async function releaseAll(tx: EraseTx, { loaded, gone, kinds, note }: Release): Promise<void> {
  const released: Gone[] = [...gone]
  for (let each = released.shift(); each; each = released.shift()) {
    if (each.ids.length === 0) continue
    // The last features first: they may look at what earlier ones keep.
    for (const { feature, eraser } of loaded.toReversed()) {
      const taken = await eraser.release?.(tx, each)
      if (!taken) continue
      note(feature, taken.counts)
      released.push(...(taken.gone ?? []))
    }
    if (kinds.includes(each.kind)) note('index', await eraseIndexed(tx, each))
  }
}
