/** Rules of folders: a tree without rings, never deeper than it can be shown. */
import { type BookmarkFolder, deepestFolder } from '@cairn/api/bookmarks'
import { fail } from '@cairn/api/errors'
import { newId } from '../../../kernel/ids.ts'
import { positionAt, type Spot } from '../../../kernel/order.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { readTitle } from './address.ts'
import { type FolderRow, toFolder } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
/** A transaction here or in a worker thread. */
export type AnyTx = Omit<Tx, 'after'>
type ListInput = { limit?: number; cursor?: string; parent_id?: string }

/** One folder, or BOOKMARK_FOLDER_NOT_FOUND. */
export async function folderOf(from: Reader, id: string): Promise<FolderRow> {
  const row = await store.folderById(from, id)
  if (!row) throw fail('BOOKMARK_FOLDER_NOT_FOUND')
  return row
}

/** `top` is null; anything else has to be a folder here. */
export async function placeOf(from: Reader, id: string | null | undefined): Promise<string | null> {
  if (id === undefined || id === null || id === 'top') return null
  return (await folderOf(from, id)).id
}

/** The folders that one hangs in, from the top down, and itself. BOOKMARK_FOLDER_NOT_FOUND. */
export async function pathTo(from: Reader, id: string | null): Promise<FolderRow[]> {
  const path: FolderRow[] = []
  for (let above = id; above !== null; ) {
    const row = await folderOf(from, above)
    path.unshift(row)
    if (path.length > deepestFolder) throw new Error('Folders of bookmarks hang in a ring.')
    above = row.parent_id
  }
  return path
}

/** A folder and all that hang in it, level by level. */
export async function levelsBelow(from: Reader, id: string): Promise<string[][]> {
  const levels = [[id]]
  for (let level: string[] = [id]; level.length > 0; ) {
    level = await store.childFolders(from, level)
    if (level.length > 0) levels.push(level)
    if (levels.length > deepestFolder) throw new Error('Folders of bookmarks hang in a ring.')
  }
  return levels
}

/** The key for a folder among those in `parent`. */
export const folderPosition = (tx: AnyTx, id: string, parent: string | null, spot: Spot = {}): Promise<string> =>
  positionAt(
    {
      strange: 'is not another folder there',
      async positionOf(other) {
        const row = await store.folderById(tx, other)
        return row && row.parent_id === parent && other !== id ? row.position : undefined
      },
      beyond: (side) => store.positionsBeyond(tx, 'bookmark_folders', { ...side, parent, without: id }),
      setPosition: (other, position) => store.setFolderPosition(tx, other, position),
    },
    spot,
    'bottom',
  )

/** Makes a folder. Same id and content returns the row; other content under the id is CONFLICT. */
export async function createFolder(
  tx: Tx,
  input: { id?: string; parent_id?: string | null; title: string },
): Promise<BookmarkFolder> {
  const parent_id = input.parent_id ?? null
  if ((await pathTo(tx, parent_id)).length >= deepestFolder) throw tooDeep()
  const row: FolderRow = {
    ...{ workspace: tx.workspace, id: input.id ?? newId(), parent_id, title: soundFolderTitle(input.title) },
    ...{ position: '', version: 1, created_at: tx.now, updated_at: tx.now },
  }
  row.position = await folderPosition(tx, row.id, parent_id)
  if (!(await store.insertFolder(tx, row))) {
    const stored = await store.folderById(tx, row.id)
    if (stored?.parent_id !== parent_id || stored.title !== row.title) throw fail('CONFLICT')
    return toFolder(stored)
  }
  tx.event({ type: 'bookmark_folder.created', subject: row.id })
  return toFolder(row)
}

export async function getFolder(from: Reader, id: string) {
  const path = await pathTo(from, id)
  const row = path.pop() as FolderRow
  return { ...toFolder(row), path: path.map((one) => ({ id: one.id, title: one.title })) }
}

/** Folders right in another one, in pages. */
export async function listFolders(from: Reader, input: ListInput) {
  const limit = pageSize(input.limit)
  const parent = await placeOf(from, input.parent_id)
  const after = decodeCursor(input.cursor, ['', ''] as [string, string])
  const rows = await store.subfolderPage(from, { parent, limit: limit + 1, after })
  return toPage(rows, limit, (row) => [row.position, row.id], toFolder)
}

/** Gives a folder another title. `seen` is the version that `If-Match` named. */
export async function renameFolder(tx: Tx, id: string, title: string, seen: number | null): Promise<BookmarkFolder> {
  const row = await folderOf(tx, id)
  if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
  return changeFolder(tx, row, { title: soundFolderTitle(title) })
}

/** Moves a folder with all that is in it. INVALID_INPUT when that is into itself, or too deep. */
export async function moveFolder(
  tx: Tx,
  id: string,
  { parent_id, ...spot }: Spot & { parent_id?: string | null },
): Promise<BookmarkFolder> {
  const before = await folderOf(tx, id)
  const parent = parent_id === undefined ? before.parent_id : parent_id
  // Whoever moves another of these folders in the same moment waits, and then sees how they hang.
  const above = (await pathTo(tx, parent)).map((row) => row.id)
  await store.holdFolders(tx, [...new Set([...above, id])])
  const row = await folderOf(tx, id)
  const path = await pathTo(tx, parent)
  if (path.some((one) => one.id === id)) throw refuse('hangs in this folder itself')
  if (path.length + (await levelsBelow(tx, id)).length > deepestFolder) throw tooDeep()
  return changeFolder(tx, row, { parent_id: parent, position: await folderPosition(tx, id, parent, spot) })
}

async function changeFolder(tx: Tx, row: FolderRow, change: Partial<FolderRow>): Promise<BookmarkFolder> {
  const fields = (Object.keys(change) as (keyof FolderRow)[]).filter((field) => change[field] !== row[field])
  if (fields.length === 0) return toFolder(row)
  const next = { ...row, ...change, version: row.version + 1, updated_at: tx.now }
  const { workspace: _, id: __, ...columns } = next
  if (!(await store.updateFolder(tx, row.id, row.version, columns))) throw fail('PRECONDITION_FAILED')
  tx.event({ type: 'bookmark_folder.changed', subject: row.id, data: { fields } })
  return toFolder(next)
}

function soundFolderTitle(title: string): string {
  const sound = readTitle(title)
  if (sound === '') throw fail('INVALID_INPUT', {}, [{ path: '/title', message: 'must hold something to read' }])
  return sound
}

const refuse = (message: string) => fail('INVALID_INPUT', {}, [{ path: '/parent_id', message }])
const tooDeep = () => refuse(`hangs too deep: there are at most ${deepestFolder} folders in each other`)
