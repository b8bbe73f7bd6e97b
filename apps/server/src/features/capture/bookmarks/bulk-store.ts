/** Many bookmarks at once: what imports add and what goes with a folder. */
import { type SqlBool, sql } from 'kysely'
import { among, dialectOf, rowsOf } from '../../../kernel/database/lists.ts'
import { takeRows } from '../../../kernel/erasure.ts'
import type { ImportRow } from './rows.ts'
import { type Reader, tables } from './store.ts'

/** `[id, folder_id, url, url_key, site, title, tags, position, created_at]` */
export type BookmarkFields = readonly [
  ...[id: string, folder: string | null, url: string, key: string, site: string | null],
  ...[title: string, tags: string, position: string, created: number],
]

/** Keeps bookmarks that are not kept yet; answers the new ones' ids. */
export async function insertBookmarks(to: Reader, rows: readonly BookmarkFields[], now: number): Promise<string[]> {
  const made = await sql<{ id: string }>`
    insert into bookmarks (workspace, id, folder_id, url, url_key, site, title, tags, position, version, created_at,
      updated_at)
    select ${to.workspace}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
      value ->> 7, 1, cast(value ->> 8 as bigint), cast(${now} as bigint)
    from ${rowsOf(to.db, JSON.stringify(rows))} where true
    on conflict (workspace, id) do nothing
    returning id`.execute(to.db)
  return made.rows.map(({ id }) => id)
}

/** Bookmarks that have one of these ids, or one of these addresses. */
export const sameBookmarks = (from: Reader, ids: readonly string[], keys: readonly string[]) =>
  tables(from)
    .selectFrom('bookmarks')
    .select(['id', 'folder_id', 'url_key'])
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .union(
      tables(from)
        .selectFrom('bookmarks')
        .select(['id', 'folder_id', 'url_key'])
        .where('workspace', '=', from.workspace)
        .where('url_key', 'in', among(dialectOf(from.db), keys)),
    )
    .execute()

/** Removes some of the bookmarks that are right in one of these folders; answers their ids. */
export const deleteBookmarksIn = (to: Reader, folders: readonly string[], limit: number): Promise<string[]> =>
  takeRows(to, { table: 'bookmarks', where: sql<SqlBool>`folder_id in ${among(dialectOf(to.db), folders)}` }, limit)

export const insertImport = (to: Reader, row: Pick<ImportRow, 'id' | 'blob' | 'started_at'>) =>
  tables(to)
    .insertInto('bookmark_import')
    .values({ workspace: to.workspace, cursor: 0, created: 0, folders: 0, ...row })
    .execute()

export const importById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('bookmark_import')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const updateImport = (to: Reader, id: string, change: Partial<ImportRow>) =>
  tables(to)
    .updateTable('bookmark_import')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()
