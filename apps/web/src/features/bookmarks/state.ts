import type { Bookmark, FolderInTree } from '@cairn/api/bookmarks'
import { createRoot, createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { plural } from '../../lib/format.ts'
import { removeLater } from '../../lib/undo.ts'
import { attempt, say } from '../../ui/notices.tsx'

/** What is being written or brought in; `folder` and `parent` null are outside of every folder. */
export type Writing =
  | { kind: 'bookmark'; bookmark: Bookmark | null; folder: string | null }
  | { kind: 'folder'; folder: FolderInTree | null; parent: string | null }
  | { kind: 'import' }
const [writing, setWriting] = createRoot(() => createSignal<Writing | null>(null))
export { writing }
export const closeWriting = () => setWriting(null)
export const openNewBookmark = (folder: string | null = null) =>
  setWriting({ kind: 'bookmark', bookmark: null, folder })
export const openBookmark = (bookmark: Bookmark) =>
  setWriting({ kind: 'bookmark', bookmark, folder: bookmark.folder_id })
export const openNewFolder = (parent: string | null = null) => setWriting({ kind: 'folder', folder: null, parent })
export const openFolder = (folder: FolderInTree) => setWriting({ kind: 'folder', folder, parent: folder.parent_id })
export const openBookmarkImport = () => setWriting({ kind: 'import' })

/** Folders whose folders are on show. */
const [unfolded, setUnfolded] = createRoot(() => createSignal<ReadonlySet<string>>(new Set()))
export { unfolded }
export function setOpen(id: string, open: boolean): void {
  const next = new Set(unfolded())
  if (open) next.add(id)
  else next.delete(id)
  setUnfolded(next)
}

/** Removes a bookmark, a few seconds later. */
export function removeBookmark(bookmark: Bookmark): void {
  const undo = removeLater(bookmark.id, () => attempt(() => api.bookmarks.remove({ id: bookmark.id })))
  say({ text: `Removed “${bookmark.title || bookmark.url}”`, action: { label: 'Undo', run: undo } })
}

/** Removes a folder with all that is in it, a few seconds later. */
export function removeFolder(folder: FolderInTree, inside: number): void {
  const undo = removeLater(folder.id, () => attempt(() => api.bookmarks.removeFolder({ id: folder.id })))
  const what = inside > 0 ? ` with ${plural(inside, 'bookmark')}` : ''
  say({ text: `Removed the folder “${folder.title}”${what}`, action: { label: 'Undo', run: undo } })
}
