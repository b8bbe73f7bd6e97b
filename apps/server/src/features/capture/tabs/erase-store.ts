/** How tabs are erased. */
import { type SqlBool, sql } from 'kysely'
import {
  between,
  countRows,
  type Eraser,
  type EraseReader,
  type Erasure,
  isOnSite,
  markOf,
  takesAll,
} from '../../../kernel/erasure.ts'
import { clearThread, deleteTab } from './store.ts'
import type { TabRow } from './rows.ts'

export const eraseModule = new URL(import.meta.url)

/** Ids of the tabs that go; there are few tabs. */
async function doomed(from: EraseReader, erasure: Erasure): Promise<Pick<TabRow, 'id' | 'current_url'>[]> {
  const query = from.db
    .withTables<{ tabs: TabRow }>()
    .selectFrom('tabs')
    .select(['id', 'current_url'])
    .where('workspace', '=', from.workspace)
  if (erasure.by === 'tab') return query.where('id', '=', erasure.id).execute()
  if (erasure.by === 'source') return erasure.kind === 'tab' ? query.where('id', '=', erasure.id).execute() : []
  if (erasure.by === 'period') return query.where(between('updated_at', erasure)).execute()
  if (takesAll(erasure)) return query.execute()
  if (erasure.by !== 'site') return []
  return (await query.execute()).filter((row) => isOnSite(erasure.site, row.current_url))
}

export const eraser: Eraser = {
  async count(from, erasure) {
    if (takesAll(erasure)) return { tabs: await countRows(from, { table: 'tabs', where: sql<SqlBool>`1 = 1` }) }
    return { tabs: (await doomed(from, erasure)).length }
  },
  async some(tx, erasure) {
    const ids = (await doomed(tx, erasure)).slice(0, 200).map(({ id }) => id)
    for (const id of ids) await deleteTab(tx, id)
    return { counts: { tabs: ids.length }, gone: [{ kind: 'tab', ids }], cursor: ids.length < 200 ? null : 'more' }
  },
  async release(tx, { kind, ids }) {
    let tabs = 0
    if (kind === 'thread') for (const id of ids) tabs += await clearThread(tx, id, tx.now)
    return { counts: { tabs_detached: tabs } }
  },
  marks: async (from, erasure) => (await doomed(from, erasure)).slice(0, 5).flatMap((row) => markOf(row.current_url)),
}
