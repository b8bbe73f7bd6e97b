/** Writes what a file of bookmarks held, in a worker thread, a few hundred rows in a transaction. */
import { deepestFolder } from '@cairn/api/bookmarks'
import { generateNKeysBetween } from 'fractional-indexing'
import { sha256 } from '../../../kernel/ids.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { type BookmarkFields, importById, insertBookmarks, sameBookmarks, updateImport } from './bulk-store.ts'
import { type AnyTx, folderPosition, pathTo } from './folders.ts'
import type { ReadBookmark, ReadFolder } from './netscape.ts'
import { urlKey } from './rows.ts'
import { folderById, folderByTitle, insertFolder, positionsBeyond } from './store.ts'

/** `parents` are ids of the folders of this batch's folders, as far as they are known; a number is a place in the batch. */
export type FolderBatch = { id: string; folders: (Omit<ReadFolder, 'parent'> & { parent: string | number | null })[] }
/** `cursor`: how many bookmarks of the file are done after this batch. */
export type BookmarkBatch = {
  id: string
  cursor: number
  bookmarks: (Omit<ReadBookmark, 'folder'> & { folder: string | null })[]
}

/** Finds each folder, by its id or by its title, or makes it. Answers their ids in order. One event for those made. */
export const writeFolders: WriteApart<FolderBatch, string[]> = async (tx, { id, folders }) => {
  const ids: string[] = []
  let made = 0
  for (const folder of folders) {
    const parent = typeof folder.parent === 'number' ? (ids[folder.parent] as string) : folder.parent
    const own = idOf('folder', parent ?? 'top', folder.title)
    const known = (await folderById(tx, own)) ?? (await folderByTitle(tx, parent, folder.title))
    // A folder that somebody moved may leave no room for more below it.
    const room = known !== undefined || (await pathTo(tx, parent)).length < deepestFolder
    ids.push(known?.id ?? (room || parent === null ? own : parent))
    if (known || !room) continue
    const inserted = await insertFolder(tx, {
      ...{ workspace: tx.workspace, id: own, parent_id: parent, title: folder.title },
      ...{ position: await folderPosition(tx, own, parent), version: 1 },
      ...{ created_at: folder.created ?? tx.now, updated_at: tx.now },
    })
    if (inserted) made += 1
  }
  const row = await begun(tx, id)
  await updateImport(tx, id, { folders: row.folders + made })
  if (made > 0) tx.event({ type: 'bookmarks.imported', subject: id, data: { folders: made } })
  return ids
}

/** Keeps the bookmarks of a batch that are not there yet, last in their folders, and moves the import on. */
export const writeBookmarks: WriteApart<BookmarkBatch, void> = async (tx, { id, cursor, bookmarks }) => {
  const fresh = new Map<string, Omit<ReadBookmark, 'folder'> & { folder: string | null; key: string }>()
  for (const bookmark of bookmarks) {
    const own = idOf('bookmark', bookmark.folder ?? 'top', bookmark.url)
    if (!fresh.has(own)) fresh.set(own, { ...bookmark, key: urlKey(bookmark.url) })
  }
  const keys = [...new Set([...fresh.values()].map(({ key }) => key))]
  const known = await sameBookmarks(tx, [...fresh.keys()], keys)
  const here = new Set(known.flatMap((row) => [row.id, `${row.folder_id ?? ''} ${row.url_key}`]))
  for (const [own, { folder, key }] of fresh) if (here.has(own) || here.has(`${folder ?? ''} ${key}`)) fresh.delete(own)
  const rows: BookmarkFields[] = []
  for (const [folder, some] of Map.groupBy(fresh, ([, bookmark]) => bookmark.folder)) {
    const side = { parent: folder, beyond: null, up: true, without: '', limit: 1 }
    const [last] = await positionsBeyond(tx, 'bookmarks', side)
    const positions = generateNKeysBetween(last?.position ?? null, null, some.length)
    for (const [at, [own, { url, key, site, title, tags, created }]] of some.entries())
      rows.push([own, folder, url, key, site, title, tags, positions[at] as string, created ?? tx.now])
  }
  // In the order of their ids, as bundles bring them in: nobody waits in a ring.
  rows.sort(([one], [other]) => (one < other ? -1 : 1))
  const made = rows.length > 0 ? await insertBookmarks(tx, rows, tx.now) : []
  const row = await begun(tx, id)
  await updateImport(tx, id, { cursor, created: row.created + made.length })
  if (made.length === 0) return
  await tx.reindex('bookmark', made)
  tx.event({ type: 'bookmarks.imported', subject: id, data: { bookmarks: made.length } })
}

async function begun(tx: AnyTx, id: string) {
  const row = await importById(tx, id)
  if (!row) throw new Error(`The import ${id} was never begun.`)
  return row
}

/** UUIDv8 (RFC 9562): the same folder or bookmark has the same id however often it is brought in. */
function idOf(...parts: readonly string[]): string {
  const hash = sha256(JSON.stringify(parts))
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
