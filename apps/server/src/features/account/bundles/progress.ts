/** How far an import is: kept beside the rows that came in, so that one that is cut off goes on with nothing twice. */
import type { BundleImported, Tally } from '@cairn/api/bundles'
import type { Written } from '../../../kernel/portable/portable.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bundleById, updateBundle } from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
export type Progress = {
  /** Lines of each component that are done. */
  lines: Record<string, number>
  tallies: Record<string, Tally>
  faults: BundleImported['faults']
}
const mostFaults = 100
const longestReason = 300

export const none = (): Tally => ({ created: 0, updated: 0, skipped: 0, failed: 0 })

export async function progressOf(from: Reader, id: string): Promise<Progress> {
  const row = await bundleById(from, id)
  const state = JSON.parse(row?.state ?? '{}') as Partial<Progress>
  return { lines: state.lines ?? {}, tallies: state.tallies ?? {}, faults: state.faults ?? [] }
}

export function add(progress: Progress, component: string, lines: number, written: Written): void {
  const tally = (progress.tallies[component] ??= none())
  for (const key of ['created', 'updated', 'skipped', 'failed'] as const) tally[key] += written[key]
  progress.lines[component] = (progress.lines[component] ?? 0) + lines
  for (const { id, reason } of written.faults.slice(0, mostFaults - progress.faults.length))
    progress.faults.push({ component, id: id.slice(0, longestReason), reason: reason.slice(0, longestReason) })
}

export async function moveOn(
  tx: Reader,
  id: string,
  component: string,
  lines: number,
  written: Written,
): Promise<void> {
  const progress = await progressOf(tx, id)
  add(progress, component, lines, written)
  await updateBundle(tx, id, { state: JSON.stringify(progress) })
}
