/** Counting what would go, in a worker thread. Beside erasing, which loads far more: a preview is waited for. */
import type { ErasedPart } from '@cairn/api/privacy'
import { type Eraser, type Erasure, present } from '../../../kernel/erasure.ts'
import type { ReadApart } from '../../../kernel/scope.ts'

/** A feature and the address of the module that holds its eraser. */
export type EraserOf = { feature: string; module: string }
export type Counted = { erasers: readonly EraserOf[]; erasure: Erasure }

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

/** Jobs that the system does for a person. */
export const begunFor: ReadApart<{ erasers: readonly EraserOf[]; person: string }, string[]> = async (
  from,
  { erasers, person },
) => {
  const loaded = await loadErasers(erasers)
  return (await Promise.all(loaded.map(async ({ eraser }) => (await eraser.begun?.(from, person)) ?? []))).flat()
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
