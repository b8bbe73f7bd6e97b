/** Reads of many rows, in a worker thread. */
import type { FolderInTree } from '@cairn/api/bookmarks'
import type { ReadApart } from '../../../kernel/scope.ts'
import type { BookmarkRow } from './rows.ts'
import * as store from './store.ts'

export type Page =
  | (store.BookmarkFilter & { folder: string | null; after: [string, string] | null })
  | (store.BookmarkFilter & { after: [number, string] | null })
export type TagCount = { tag: string; bookmarks: number }
export type Tree = { items: FolderInTree[]; total: { folders: number; bookmarks: number }; top: number }

/** As many folders as the tree tells. */
const most = 10_000

export const readPage: ReadApart<Page, BookmarkRow[]> = (scope, page) =>
  'folder' in page ? store.folderPage(scope, page) : store.newestPage(scope, page)

export const readTags: ReadApart<{ limit: number }, TagCount[]> = async (scope, { limit }) => {
  const counts = new Map<string, number>()
  for (const { tags, bookmarks } of await store.tagColumns(scope))
    for (const tag of JSON.parse(tags) as string[]) counts.set(tag, (counts.get(tag) ?? 0) + Number(bookmarks))
  return [...counts]
    .map(([tag, bookmarks]) => ({ tag, bookmarks }))
    .sort((a, b) => b.bookmarks - a.bookmarks || (a.tag < b.tag ? -1 : 1))
    .slice(0, limit)
}

/** All folders, each right behind the one that it hangs in. */
export const readTree: ReadApart<null, Tree> = async (scope) => {
  const folders = await store.allFolders(scope)
  const counted = await store.countByFolder(scope)
  const counts = new Map(counted.map(({ folder_id, bookmarks }) => [folder_id, Number(bookmarks)]))
  const children = Map.groupBy(folders, ({ parent_id }) => parent_id)
  const items: FolderInTree[] = []
  const add = (parent: string | null, depth: number) => {
    for (const { id, parent_id, title, version } of children.get(parent) ?? []) {
      if (items.length >= most) return
      items.push({ id, parent_id, title, depth, version, bookmarks: counts.get(id) ?? 0 })
      add(id, depth + 1)
    }
  }
  add(null, 1)
  const bookmarks = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return { items, total: { folders: folders.length, bookmarks }, top: counts.get(null) ?? 0 }
}
