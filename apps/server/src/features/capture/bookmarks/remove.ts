/** Removes a folder with all that is in it: many bookmarks in small transactions, the folders with the last of them. */
import type { Scope, WriteApart } from '../../../kernel/scope.ts'
import { deleteBookmarksIn } from './bulk-store.ts'
import { folderOf, levelsBelow } from './folders.ts'
import { deleteFolder } from './store.ts'

type Removed = { bookmarks: number; folders: number }
type Step = Removed & { done: boolean }

const atOnce = 1_000
const here = new URL(import.meta.url)

/** BOOKMARK_FOLDER_NOT_FOUND. Cut off in the middle, the folder is still there with what is left. */
export async function removeFolder(scope: Scope, id: string): Promise<{ removed: Removed }> {
  const removed: Removed = { bookmarks: 0, folders: 0 }
  for (;;) {
    const step = await scope.apart.write<Step>(here, 'removeSome', { id, before: removed.bookmarks })
    removed.bookmarks += step.bookmarks
    removed.folders += step.folders
    if (step.done) return { removed }
  }
}

/**
 * Removes at most 1,000 bookmarks, and the folders when no more are left. One event each time: `bookmarks.removed`, or
 * at the end `bookmark_folder.removed` with what all went.
 */
export const removeSome: WriteApart<{ id: string; before: number }, Step> = async (tx, { id, before }) => {
  await folderOf(tx, id)
  const folders = (await levelsBelow(tx, id)).flat()
  const gone = await deleteBookmarksIn(tx, folders, atOnce)
  await tx.reindex('bookmark', gone)
  const bookmarks = gone.length
  if (bookmarks === atOnce) {
    tx.event({ type: 'bookmarks.removed', subject: id, data: { bookmarks } })
    return { bookmarks, folders: 0, done: false }
  }
  await deleteFolder(tx, id)
  const counts = { bookmarks: before + bookmarks, folders: folders.length }
  tx.event({ type: 'bookmark_folder.removed', subject: id, data: counts })
  return { bookmarks, folders: folders.length, done: true }
}
