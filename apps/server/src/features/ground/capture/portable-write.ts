/** What capture sees to when its settings come in from a bundle. Called in a worker thread. */
import type { Row } from '../../../kernel/portable/line.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { readSite } from '../../../kernel/sites.ts'
import { mostRules } from './rules.ts'
import * as store from './store.ts'

const isSite = (ref: string) => {
  try {
    return readSite(ref, '/site') === ref
  } catch {
    return false
  }
}

export function soundPause(row: Row): Row | string {
  const { target, ref } = row
  if (target === 'site' && !isSite(ref as string)) return 'it is of no site'
  return target === 'all' && ref !== '' ? 'it is of everything, and of something' : row
}

export const soundText = (row: Row): Row | string =>
  row.site === '' || isSite(row.site as string) ? row : 'it is of no site'

const leaveOut = ({ fresh, faults }: Sorted, held: number) => {
  for (const row of fresh.splice(Math.max(mostRules - held, 0)))
    faults.push({ id: String(row.ref ?? row.site), reason: `there are ${mostRules} already` })
}
export const leaveRoom: WriteApart<Sorted, void> = async (tx, sort) => leaveOut(sort, (await store.pauses(tx)).length)
export const leaveRoomForTexts: WriteApart<Sorted, void> = async (tx, sort) =>
  leaveOut(sort, (await store.textRules(tx)).length)

/** What is paused for a time ends by itself. */
export const resumeLater: WriteApart<Sorted, void> = async (tx, { fresh, newer }) => {
  const ends = [...fresh, ...newer.map(({ given }) => given)].flatMap(({ until }) =>
    until === null ? [] : Number(until),
  )
  for (const runAt of new Set(ends)) await tx.enqueue({ type: 'capture.resume', input: {}, runAt })
}
