/** What tabs see to when they come in from a bundle. Called in a worker thread. */
import { mostTabs } from '@cairn/api/tabs'
import type { Row } from '../../../kernel/portable/line.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { readAddress } from '../browser/address.ts'
import { soundTitle } from '../browser/visit.ts'
import { countTabs } from './store.ts'

export function soundTab(row: Row): Row | string {
  const sound = { ...row, shadow_mode: shadowMode(row), current_title: soundTitle(row.current_title as string | null) }
  if (row.current_url === null) return sound
  const address = readAddress(row.current_url as string)
  return typeof address === 'string' ? 'its address is no web page' : { ...sound, current_url: address.url }
}

/** What pages link to is never read by itself; older bundles may name it. */
const shadowMode = ({ shadow_mode }: Row) => (shadow_mode === 'off' ? 'off' : 'visited_only')

/** A workspace holds so many tabs and no more. */
export const leaveRoom: WriteApart<Sorted, void> = async (tx, { fresh, faults }) => {
  const room = Math.max(mostTabs - (await countTabs(tx)), 0)
  for (const row of fresh.splice(room))
    faults.push({ id: String(row.id), reason: `there are ${mostTabs} tabs already` })
}
