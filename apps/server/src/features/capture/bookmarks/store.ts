/** Rows of bookmarks and their folders; with `bulk-store.ts` the only SQL of this feature. */
import { sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import type { Db } from '../../../kernel/database/dialect.ts'
import { inOrder, newestFirst, type Page } from '../../../kernel/database/pages.ts'
import { contains } from '../../../kernel/database/like.ts'
import type { BookmarkRow, FolderRow, ImportRow } from './rows.ts'

type Tables = { bookmarks: BookmarkRow; bookmark_folders: FolderRow; bookmark_import: ImportRow }
export type Reader = { workspace: string; db: Db }

export const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Undefined when the workspace has a bookmark of this id already. */
export const insertBookmark = (to: Reader, row: BookmarkRow) =>
  tables(to)
    .insertInto('bookmarks')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const bookmarkById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('bookmarks')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const bookmarksByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('bookmarks')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .execute()

export type BookmarkFilter = {
  limit: number
  /** Every one of them has to be in title, address or tags. */
  words: readonly string[]
  tag?: string | undefined
  url_key?: string | undefined
}

function filtered(from: Reader, { words, tag, url_key }: BookmarkFilter) {
  let query = tables(from).selectFrom('bookmarks').selectAll().where('workspace', '=', from.workspace)
  for (const word of words)
    query = query.where((row) => row.or([contains('title', word), contains('url', word), contains('tags', word)]))
  if (tag !== undefined) query = query.where(contains('tags', `"${tag}"`))
  if (url_key !== undefined) query = query.where('url_key', '=', url_key)
  return query
}

/** Those right in a folder, or outside of all (null), in their order. */
export function folderPage(from: Reader, filter: BookmarkFilter & Page<string> & { folder: string | null }) {
  const { folder } = filter
  const inside = filtered(from, filter)
    .where('folder_id', folder === null ? 'is' : '=', folder)
    // PostgreSQL takes the index for its order only when that is told in full, since null is no value to it.
    .orderBy('folder_id')
  return inOrder(inside, 'position', filter).execute()
}

/** All, newest first. */
export const newestPage = (from: Reader, filter: BookmarkFilter & Page<number>) =>
  newestFirst(filtered(from, filter), 'created_at', filter).execute()

/** Changes a bookmark as long as it still has the version that was seen; undefined when it has not. */
export const updateBookmark = (to: Reader, id: string, seen: number, change: Partial<BookmarkRow>) =>
  tables(to)
    .updateTable('bookmarks')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

export const deleteBookmark = (to: Reader, id: string) =>
  tables(to).deleteFrom('bookmarks').where('workspace', '=', to.workspace).where('id', '=', id).execute()

export const bookmarkIdsAfter = (from: Reader, after: string, limit: number) =>
  tables(from)
    .selectFrom('bookmarks')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

/** Every combination of tags, as its column holds it, and how many bookmarks have it. */
export const tagColumns = (from: Reader) =>
  tables(from)
    .selectFrom('bookmarks')
    .select((row) => ['tags', row.fn.countAll<number>().as('bookmarks')])
    .where('workspace', '=', from.workspace)
    .where('tags', '!=', '[]')
    .groupBy('tags')
    .execute()

type Side = { parent: string | null; beyond: string | null; up: boolean; without: string; limit: number }

/** Keys of a folder's bookmarks, or of its folders, beyond one of them, the nearest first, without one of them. */
export function positionsBeyond(from: Reader, table: 'bookmarks' | 'bookmark_folders', side: Side) {
  const column = table === 'bookmarks' ? 'folder_id' : 'parent_id'
  const direction = side.up ? 'desc' : 'asc'
  let query = tables(from)
    .selectFrom(table)
    .select(['id', 'position'])
    .where('workspace', '=', from.workspace)
    .where(sql.ref<string | null>(column), side.parent === null ? 'is' : '=', side.parent)
    .where('id', '!=', side.without)
    .orderBy(sql.ref(column), direction)
    .orderBy('position', direction)
    .orderBy('id', direction)
    .limit(side.limit)
  if (side.beyond !== null) query = query.where('position', side.up ? '<' : '>', side.beyond)
  return query.execute()
}

export const setBookmarkPosition = (to: Reader, id: string, position: string) =>
  tables(to)
    .updateTable('bookmarks')
    .set({ position })
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

export const setFolderPosition = (to: Reader, id: string, position: string) =>
  tables(to)
    .updateTable('bookmark_folders')
    .set({ position })
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .execute()

/** Undefined when the workspace has a folder of this id already. */
export const insertFolder = (to: Reader, row: FolderRow) =>
  tables(to)
    .insertInto('bookmark_folders')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const folderById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('bookmark_folders')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

/** The first folder of this title among those right in another one. */
export const folderByTitle = (from: Reader, parent: string | null, title: string) =>
  tables(from)
    .selectFrom('bookmark_folders')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('parent_id', parent === null ? 'is' : '=', parent)
    .where('title', '=', title)
    .orderBy('parent_id')
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()

export function subfolderPage(from: Reader, { parent, ...page }: Page<string> & { parent: string | null }) {
  const below = tables(from)
    .selectFrom('bookmark_folders')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('parent_id', parent === null ? 'is' : '=', parent)
    .orderBy('parent_id')
  return inOrder(below, 'position', page).execute()
}

/** Ids of the folders that hang right in one of these. */
export async function childFolders(from: Reader, parents: readonly string[]): Promise<string[]> {
  const rows = await tables(from)
    .selectFrom('bookmark_folders')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('parent_id', 'in', among(dialectOf(from.db), parents))
    .execute()
  return rows.map(({ id }) => id)
}

/** Takes hold of folders until the transaction ends, in the order of their ids, so that nobody waits in a ring. */
export async function holdFolders(to: Reader, ids: readonly string[]): Promise<void> {
  for (const id of [...ids].sort())
    await tables(to)
      .updateTable('bookmark_folders')
      .set((row) => ({ version: row.ref('version') }))
      .where('workspace', '=', to.workspace)
      .where('id', '=', id)
      .execute()
}

export const updateFolder = (to: Reader, id: string, seen: number, change: Partial<FolderRow>) =>
  tables(to)
    .updateTable('bookmark_folders')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

/** What hangs in it goes along. */
export const deleteFolder = (to: Reader, id: string) =>
  tables(to).deleteFrom('bookmark_folders').where('workspace', '=', to.workspace).where('id', '=', id).execute()

/** All folders in the order that they have among their neighbours. */
export const allFolders = (from: Reader) =>
  tables(from)
    .selectFrom('bookmark_folders')
    .select(['id', 'parent_id', 'title', 'version', 'created_at'])
    .where('workspace', '=', from.workspace)
    .orderBy('position')
    .orderBy('id')
    .execute()

/** How many bookmarks are right in each folder; null is outside of all. */
export const countByFolder = (from: Reader) =>
  tables(from)
    .selectFrom('bookmarks')
    .select((row) => ['folder_id', row.fn.countAll<number>().as('bookmarks')])
    .where('workspace', '=', from.workspace)
    .groupBy('folder_id')
    .execute()

export async function countFolders(from: Reader): Promise<number> {
  const { folders } = await tables(from)
    .selectFrom('bookmark_folders')
    .select((row) => row.fn.countAll<number>().as('folders'))
    .where('workspace', '=', from.workspace)
    .executeTakeFirstOrThrow()
  return folders
}
