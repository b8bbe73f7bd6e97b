/** How bookmarks are erased. Folders of them go with everything, and the empty ones of a period with it. */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  between,
  countRows,
  type Eraser,
  type Erasure,
  markOf,
  marksOfEach,
  nothing,
  onSite,
  takeRows,
  takesAll,
} from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200

function which(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  if (erasure.by === 'period') return between('created_at', erasure)
  if (erasure.by === 'site') return onSite('site', erasure.site)
  return erasure.by === 'source' && erasure.kind === 'bookmark' ? sql<SqlBool>`id = ${erasure.id}` : null
}

/** A folder that nothing is in any more. */
const bare = sql<SqlBool>`not exists (select 1 from bookmarks b
    where b.workspace = bookmark_folders.workspace and b.folder_id = bookmark_folders.id)
  and not exists (select 1 from bookmark_folders f
    where f.workspace = bookmark_folders.workspace and f.parent_id = bookmark_folders.id)`

function whichFolders(erasure: Erasure): RawBuilder<SqlBool> | null {
  if (takesAll(erasure)) return sql<SqlBool>`1 = 1`
  return erasure.by === 'period' ? sql<SqlBool>`${between('created_at', erasure)} and ${bare}` : null
}

export const eraser: Eraser = {
  async count(from, erasure) {
    const [where, folders] = [which(erasure), whichFolders(erasure)]
    return {
      bookmarks: where === null ? 0 : await countRows(from, { table: 'bookmarks', where }),
      bookmark_folders: folders === null ? 0 : await countRows(from, { table: 'bookmark_folders', where: folders }),
    }
  },
  async some(tx, erasure) {
    const where = which(erasure)
    if (where === null) return nothing
    const ids = await takeRows(tx, { table: 'bookmarks', where }, atOnce)
    const gone = [{ kind: 'bookmark', ids }]
    if (ids.length === atOnce) return { counts: { bookmarks: ids.length }, gone, cursor: 'more' }
    const only = whichFolders(erasure)
    // The innermost first: what was above them is bare the next time.
    const folders = only && (await takeRows(tx, { table: 'bookmark_folders', where: sql`${only} and ${bare}` }, atOnce))
    if (takesAll(erasure))
      await takeRows(tx, { table: 'bookmark_import', where: sql<SqlBool>`1 = 1` }, Number.MAX_SAFE_INTEGER)
    const counts = { bookmarks: ids.length, bookmark_folders: folders?.length ?? 0 }
    return { counts, gone, cursor: folders?.length ? 'more' : null }
  },
  async marks({ db, workspace }, erasure) {
    const where = which(erasure)
    if (where === null) return []
    const { rows } = await sql<{ url: string; title: string }>`select url, title from bookmarks
      where workspace = ${workspace} and ${where} limit ${marksOfEach}`.execute(db)
    return rows.flatMap(({ url, title }) => [...markOf(url), ...markOf(title)])
  },
}
