/** Work on many tabs, away from the core's loop: called through `scope.apart`. */
import type { ReadApart, WriteApart } from '../../../kernel/scope.ts'
import type { TabRow } from './rows.ts'
import * as store from './store.ts'

export const module = new URL(import.meta.url)

export const listTabs: ReadApart<store.TabFilter, TabRow[]> = (from, filter) => store.tabPage(from, filter)

export type Put = { created: number; changed: number }
/** One event, `tabs.changed`, unless nothing was new. */
export const putTabs: WriteApart<readonly store.TabFields[], Put> = async (tx, rows) => {
  const versions = await store.putTabs(tx, rows, tx.now)
  const created = versions.filter((version) => version === 1).length
  const put = { created, changed: versions.length - created }
  if (versions.length > 0) tx.event({ type: 'tabs.changed', subject: tx.workspace, data: put })
  return put
}

export const closeOthers: WriteApart<readonly string[], number> = async (tx, ids) => {
  const closed = await store.deleteOthers(tx, ids)
  if (closed > 0) tx.event({ type: 'tabs.changed', subject: tx.workspace, data: { closed } })
  return closed
}
