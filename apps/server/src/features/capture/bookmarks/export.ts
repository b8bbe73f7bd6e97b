/** All bookmarks, or those of a folder, as the file that every browser takes. Written as it is read, a page at a time. */
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { Scope } from '../../../kernel/scope.ts'
import { folderOf } from './folders.ts'
import { folderStart, head, link, listEnd } from './netscape-lines.ts'
import { type BookmarkRow, tagsOf } from './rows.ts'
import { allFolders, folderPage } from './store.ts'

const atOnce = 500
type Folder = Awaited<ReturnType<typeof allFolders>>[number]

/** BOOKMARK_FOLDER_NOT_FOUND. */
export async function exportFile(scope: Scope, folder: string | null): Promise<Readable> {
  const title = folder === null ? 'Bookmarks' : (await folderOf(scope, folder)).title
  const children = Map.groupBy(await allFolders(scope), ({ parent_id }) => parent_id)
  return Readable.from(lines(scope, children, folder, title), { objectMode: false })
}

async function* lines(
  scope: Scope,
  children: Map<string | null, Folder[]>,
  top: string | null,
  title: string,
): AsyncGenerator<string> {
  yield head(title)
  yield* inside(top, '    ')
  yield listEnd

  async function* inside(folder: string | null, indent: string): AsyncGenerator<string> {
    for (const one of children.get(folder) ?? []) {
      yield folderStart(one.title, seconds(one.created_at), indent)
      yield* inside(one.id, `${indent}    `)
      yield indent + listEnd
    }
    for (let after: readonly [string, string] | null = null; ; ) {
      const rows: BookmarkRow[] = await folderPage(scope, { folder, after, limit: atOnce, words: [] })
      if (rows.length > 0) yield rows.map((row) => indent + line(row)).join('')
      // SQLite answers at once: others come in between.
      await turn()
      const last = rows.at(-1)
      if (!last || rows.length < atOnce) return
      after = [last.position, last.id]
    }
  }
}

const line = (row: BookmarkRow) => link(row.url, row.title || row.url, seconds(row.created_at), tagsOf(row))

const seconds = (time: number) => Math.floor(time / 1_000)
