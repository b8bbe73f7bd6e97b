/** How bookmarks travel: folders from the top down, then what is in them. */
import { BookmarkTag } from '@cairn/api/bookmarks'
import { list } from '@cairn/api/shapes'
import { id, integer, json, loose, masked, nullable, text, time } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { longestAddress } from '../browser/address.ts'

const hooks = new URL('./portable-write.ts', import.meta.url)
const standing = { position: loose(text(500, 1)), version: loose(integer), created_at: time, updated_at: time }
const folder = { table: 'bookmark_folders', component: 'bookmark_folders', otherwise: 'null' } as const

export const portableBookmarks: readonly Portable[] = [
  portable(
    {
      ...{ component: 'bookmark_folders', table: 'bookmark_folders', key: ['id'], time: 'updated_at', newest: true },
      columns: { id, parent_id: nullable(id), title: masked(text(1_000, 1)), ...standing },
      needs: [{ column: 'parent_id', ...folder }],
      amend: [hooks, 'soundFolder'],
      before: [hooks, 'keepTree'],
      event: 'bookmarks.imported',
    },
    { personal: true, module: new URL('./portable-folders.ts', import.meta.url) },
  ),
  portable(
    {
      ...{ component: 'bookmarks', table: 'bookmarks', key: ['id'], time: 'updated_at', newest: true },
      columns: {
        ...{ id, folder_id: nullable(id), url: text(longestAddress, 1), title: masked(text(1_000)) },
        ...{ tags: json(list(BookmarkTag, { maxItems: 50 })), ...standing },
      },
      needs: [{ column: 'folder_id', ...folder }],
      amend: [hooks, 'soundBookmark'],
      reindex: 'bookmark',
      event: 'bookmarks.imported',
    },
    { personal: true },
  ),
]
