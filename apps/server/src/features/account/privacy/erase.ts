/** Erasing as it runs in a worker thread: a batch of one feature with everything that hangs on it, in one transaction. */
import { add, type Counts, type EraseTx, type Gone } from '../../../kernel/erasure.ts'
import { eraseIndexed } from '../../../kernel/passages/scrub.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { type Counted, loadErasers } from './count.ts'
import { advance } from './store.ts'

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
