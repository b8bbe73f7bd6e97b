/** Rules of bookmarks. Functions that write take the transaction first. */
import type { Bookmark } from '@cairn/api/bookmarks'
import { fail } from '@cairn/api/errors'
import { violation } from '../../../kernel/database/errors.ts'
import { newId } from '../../../kernel/ids.ts'
import { positionAt, type Spot } from '../../../kernel/order.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { readBookmarkAddress, readTitle, tagColumn } from './address.ts'
import { folderOf, placeOf } from './folders.ts'
import type * as look from './look.ts'
import { type BookmarkRow, toBookmark, urlKey } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type Fields = { folder_id?: string | null; url?: string; title?: string; tags?: string[] }
export type NewBookmark = Fields & { id?: string; url: string }
type ListInput = { limit?: number; cursor?: string; folder_id?: string; q?: string; tag?: string; url?: string }

const lookModule = new URL('./look.ts', import.meta.url)

/** A folder that goes in the very moment that something is put into it is not there. */
export async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw violation(error) === 'foreign' ? fail('BOOKMARK_FOLDER_NOT_FOUND', {}, [], error) : error
  }
}

/** Keeps an address. Same id and content returns the row; other content under the id is CONFLICT. */
export async function create(tx: Tx, input: NewBookmark): Promise<Bookmark> {
  const row: BookmarkRow = {
    ...{ workspace: tx.workspace, id: input.id ?? newId(), folder_id: null, title: '', tags: '[]', position: '' },
    ...{ version: 1, created_at: tx.now, updated_at: tx.now },
    ...addressOf(input.url),
    ...changeOf(input),
  }
  if (row.folder_id !== null) await folderOf(tx, row.folder_id)
  row.position = await positionIn(tx, row.id, row.folder_id)
  if (!(await store.insertBookmark(tx, row))) {
    const stored = await store.bookmarkById(tx, row.id)
    if (!stored || compared.some((field) => stored[field] !== row[field])) throw fail('CONFLICT')
    return toBookmark(stored)
  }
  await tx.reindex('bookmark', [row.id])
  tx.event({ type: 'bookmark.created', subject: row.id })
  return toBookmark(row)
}

const compared = ['folder_id', 'url', 'title', 'tags'] as const

const positionIn = (tx: Tx, id: string, folder: string | null, spot: Spot = {}): Promise<string> =>
  positionAt(
    {
      strange: 'is not another bookmark there',
      async positionOf(other) {
        const row = await store.bookmarkById(tx, other)
        return row && row.folder_id === folder && other !== id ? row.position : undefined
      },
      beyond: (side) => store.positionsBeyond(tx, 'bookmarks', { ...side, parent: folder, without: id }),
      setPosition: (other, position) => store.setBookmarkPosition(tx, other, position),
    },
    spot,
    'bottom',
  )

async function found(from: Reader, id: string): Promise<BookmarkRow> {
  const row = await store.bookmarkById(from, id)
  if (!row) throw fail('BOOKMARK_NOT_FOUND')
  return row
}

/** One bookmark, or BOOKMARK_NOT_FOUND. */
export const get = async (from: Reader, id: string): Promise<Bookmark> => toBookmark(await found(from, id))

/** Those of a folder in its order, or all of them, newest first; in pages. */
export async function list(scope: Scope, input: ListInput) {
  const limit = pageSize(input.limit)
  const words = [...new Set(input.q?.trim().split(/\s+/).filter(Boolean))]
  const filter: store.BookmarkFilter = {
    ...{ limit: limit + 1, words, tag: input.tag?.toLowerCase() },
    url_key: input.url === undefined ? undefined : addressOf(input.url).url_key,
  }
  if (input.folder_id !== undefined) {
    const folder = await placeOf(scope, input.folder_id)
    const after = decodeCursor(input.cursor, ['', ''] as [string, string])
    const rows = await read(scope, { ...filter, folder, after })
    return toPage(rows, limit, (row) => [row.position, row.id], toBookmark)
  }
  const after = decodeCursor(input.cursor, [0, ''] as [number, string])
  const rows = await read(scope, { ...filter, after })
  return toPage(rows, limit, (row) => [row.created_at, row.id], toBookmark)
}

/** What has to be looked for in every row is for a worker. */
function read(scope: Scope, page: look.Page): Promise<BookmarkRow[]> {
  if (page.words.length > 0 || page.tag !== undefined) return scope.apart.read(lookModule, 'readPage', page)
  return 'folder' in page ? store.folderPage(scope, page) : store.newestPage(scope, page)
}

export const tags = async (scope: Scope, limit: number) => ({
  items: await scope.apart.read<look.TagCount[]>(lookModule, 'readTags', { limit }),
})

export const tree = (scope: Scope) => scope.apart.read<look.Tree>(lookModule, 'readTree', null)

/** Changes what a person may change. `seen` is the version that `If-Match` named; another one is PRECONDITION_FAILED. */
export async function update(tx: Tx, id: string, patch: Fields, seen: number | null): Promise<Bookmark> {
  const row = await found(tx, id)
  if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
  const change = { ...(patch.url !== undefined && addressOf(patch.url)), ...changeOf(patch) }
  const moves = change.folder_id !== undefined && change.folder_id !== row.folder_id
  return apply(tx, row, change, moves ? {} : null)
}

/** Moves a bookmark to a spot of its folder, or of another. */
export async function move(
  tx: Tx,
  id: string,
  { folder_id, ...spot }: Spot & { folder_id?: string | null },
): Promise<Bookmark> {
  return apply(tx, await found(tx, id), folder_id === undefined ? {} : { folder_id }, spot)
}

async function apply(tx: Tx, row: BookmarkRow, change: Partial<BookmarkRow>, spot: Spot | null): Promise<Bookmark> {
  const next = { ...row, ...change }
  if (next.folder_id !== null && next.folder_id !== row.folder_id) await folderOf(tx, next.folder_id)
  if (spot) next.position = await positionIn(tx, row.id, next.folder_id, spot)
  const shown = ['folder_id', 'url', 'title', 'tags', 'position'] as const
  const fields = shown.filter((field) => next[field] !== row[field])
  if (fields.length === 0) return toBookmark(row)
  next.version = row.version + 1
  next.updated_at = tx.now
  const { workspace: _, id: __, ...columns } = next
  if (!(await store.updateBookmark(tx, row.id, row.version, columns))) throw fail('PRECONDITION_FAILED')
  if (fields.some((field) => ['url', 'title', 'tags'].includes(field))) await tx.reindex('bookmark', [row.id])
  tx.event({ type: 'bookmark.changed', subject: row.id, data: { fields } })
  return toBookmark(next)
}

/** Removes a bookmark for good. */
export async function remove(tx: Tx, id: string, seen: number | null) {
  const row = await found(tx, id)
  if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
  await store.deleteBookmark(tx, id)
  await tx.reindex('bookmark', [id])
  tx.event({ type: 'bookmark.removed', subject: id })
  return { removed: { bookmarks: 1 } }
}

function addressOf(text: string): Pick<BookmarkRow, 'url' | 'url_key' | 'site'> {
  const address = readBookmarkAddress(text)
  if (typeof address !== 'string') return { ...address, url_key: urlKey(address.url) }
  const message = address === 'address' ? 'is not an address, such as https://example.com' : 'is too long'
  throw fail('INVALID_INPUT', {}, [{ path: '/url', message }])
}

/** The columns that an input names, its address aside. */
const changeOf = ({ folder_id, title, tags: words }: Fields): Partial<BookmarkRow> => ({
  ...(folder_id !== undefined && { folder_id }),
  ...(title !== undefined && { title: readTitle(title) }),
  ...(words !== undefined && { tags: tagColumn(words) }),
})
