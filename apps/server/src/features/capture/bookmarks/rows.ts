/** Rows of this feature as the database holds them, and what the API shows of them. */
import type { Bookmark, BookmarkFolder } from '@cairn/api/bookmarks'
import { iso } from '../../../kernel/clock.ts'
import { sha256 } from '../../../kernel/ids.ts'

export type BookmarkRow = {
  workspace: string
  id: string
  folder_id: string | null
  url: string
  url_key: string
  site: string | null
  title: string
  tags: string
  position: string
  version: number
  created_at: number
  updated_at: number
}
export type FolderRow = {
  workspace: string
  id: string
  parent_id: string | null
  title: string
  position: string
  version: number
  created_at: number
  updated_at: number
}
export type ImportRow = {
  workspace: string
  /** Id of its job. */
  id: string
  /** The uploaded file, as long as it is needed. */
  blob: string | null
  /** Bookmarks of the file that are done. */
  cursor: number
  created: number
  folders: number
  started_at: number
}

export const tagsOf = (row: Pick<BookmarkRow, 'tags'>) => JSON.parse(row.tags) as string[]

export const toBookmark = (row: BookmarkRow): Bookmark => ({
  ...{ id: row.id, folder_id: row.folder_id, url: row.url, title: row.title, tags: tagsOf(row), site: row.site },
  ...{ position: row.position, version: row.version },
  ...{ created_at: iso(row.created_at), updated_at: iso(row.updated_at) },
})

export const toFolder = (row: FolderRow): BookmarkFolder => ({
  ...{ id: row.id, parent_id: row.parent_id, title: row.title, position: row.position, version: row.version },
  ...{ created_at: iso(row.created_at), updated_at: iso(row.updated_at) },
})

/** What an address is looked up by. */
export const urlKey = (url: string) => sha256(url).slice(0, 32)
