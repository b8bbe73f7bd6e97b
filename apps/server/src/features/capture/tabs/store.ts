/** Rows of tabs; the only SQL of this feature. */
import { sql } from 'kysely'
import { among, dialectOf, rowsOf } from '../../../kernel/database/lists.ts'
import { contains } from '../../../kernel/database/like.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { TabRow } from './rows.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
const tables = ({ db }: Reader) => db.withTables<{ tabs: TabRow }>()

export const tabById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('tabs')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const tabsByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('tabs')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .execute()

/** Undefined when the workspace has a tab of this id already. */
export const insertTab = (to: Reader, row: TabRow) =>
  tables(to)
    .insertInto('tabs')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

/** Changes a tab, where a version was seen as long as it still has that; undefined when it has not, or is gone. */
export function updateTab(to: Reader, id: string, seen: number | null, change: Partial<TabRow>) {
  const query = tables(to)
    .updateTable('tabs')
    .set((row) => ({ ...change, version: row('version', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returningAll()
  return (seen === null ? query : query.where('version', '=', seen)).executeTakeFirst()
}

export const deleteTab = (to: Reader, id: string) =>
  tables(to).deleteFrom('tabs').where('workspace', '=', to.workspace).where('id', '=', id).execute()

export type TabFilter = Page<number> & { q?: string | undefined; thread_id?: string | undefined }

/** The last changed first. */
export function tabPage(from: Reader, { q, thread_id, ...page }: TabFilter): Promise<TabRow[]> {
  let query = tables(from).selectFrom('tabs').selectAll().where('workspace', '=', from.workspace)
  if (thread_id !== undefined) query = query.where('thread_id', '=', thread_id)
  if (q) query = query.where((row) => row.or([contains('current_title', q), contains('current_url', q)]))
  return newestFirst(query, 'updated_at', page).execute()
}

export async function countTabs(from: Reader): Promise<number> {
  const { tabs } = await tables(from)
    .selectFrom('tabs')
    .select((row) => row.fn.countAll<number>().as('tabs'))
    .where('workspace', '=', from.workspace)
    .executeTakeFirstOrThrow()
  return Number(tabs)
}

/** Takes a thread that goes out of the tabs that name it; answers how many there were. */
export async function clearThread(to: Reader, thread: string, updated_at: number): Promise<number> {
  const { numUpdatedRows } = await tables(to)
    .updateTable('tabs')
    .set((row) => ({ thread_id: null, updated_at, version: row('version', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('thread_id', '=', thread)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** Which of these tabs are not to be read? */
export const silentTabs = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('tabs')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .where('shadow_mode', '=', 'off')
    .execute()

/** `[id, url, title, last_visited_at]` */
export type TabFields = readonly [id: string, url: string | null, title: string | null, visited: number | null]

/** Brings tabs to what they show now, new ones among them. Answers the version that each changed one has: 1 is a new one. */
export async function putTabs(to: Reader, rows: readonly TabFields[], now: number): Promise<number[]> {
  const put = await sql<{ version: number }>`
    insert into tabs (workspace, id, shadow_mode, current_url, current_title, last_visited_at, version, created_at, updated_at)
    select ${to.workspace}, value ->> 0, 'visited_only', value ->> 1, value ->> 2, cast(value ->> 3 as bigint), 1,
      cast(${now} as bigint), cast(${now} as bigint)
    from ${rowsOf(to.db, JSON.stringify(rows))} where true
    on conflict (workspace, id) do update set
      current_history_id = case when tabs.current_url is not distinct from excluded.current_url
        then tabs.current_history_id end,
      current_url = excluded.current_url, current_title = excluded.current_title,
      last_visited_at = coalesce(excluded.last_visited_at, tabs.last_visited_at),
      version = tabs.version + 1, updated_at = excluded.updated_at
    where tabs.current_url is distinct from excluded.current_url
      or tabs.current_title is distinct from excluded.current_title
    returning version`.execute(to.db)
  return put.rows.map(({ version }) => Number(version))
}

/** Closes every tab but these; answers how many. */
export async function deleteOthers(to: Reader, ids: readonly string[]): Promise<number> {
  const { numDeletedRows } = await tables(to)
    .deleteFrom('tabs')
    .where('workspace', '=', to.workspace)
    .where('id', 'not in', among(dialectOf(to.db), ids))
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
