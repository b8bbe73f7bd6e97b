/** All bookmarks, or those of a folder, as the file that every browser takes. Written as it is read, a page at a time. */
import { Readable } from 'node:stream'
import type { Scope } from '../../../kernel/scope.ts'
import { folderOf } from './folders.ts'
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
  yield `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>${escaped(title)}</TITLE>
<H1>${escaped(title)}</H1>
<DL><p>\n`
  yield* inside(top, '    ')
  yield '</DL><p>\n'

  async function* inside(folder: string | null, indent: string): AsyncGenerator<string> {
    for (const one of children.get(folder) ?? []) {
      yield `${indent}<DT><H3 ADD_DATE="${seconds(one.created_at)}">${escaped(one.title)}</H3>\n${indent}<DL><p>\n`
      yield* inside(one.id, `${indent}    `)
      yield `${indent}</DL><p>\n`
    }
    for (let after: readonly [string, string] | null = null; ; ) {
      const rows: BookmarkRow[] = await folderPage(scope, { folder, after, limit: atOnce, words: [] })
      if (rows.length > 0) yield rows.map((row) => `${indent}${line(row)}\n`).join('')
      const last = rows.at(-1)
      if (!last || rows.length < atOnce) return
      after = [last.position, last.id]
    }
  }
}

function line(row: BookmarkRow): string {
  const tags = tagsOf(row)
  const tagged = tags.length > 0 ? ` TAGS="${escaped(tags.join(','))}"` : ''
  return `<DT><A HREF="${escaped(row.url)}" ADD_DATE="${seconds(row.created_at)}"${tagged}>${escaped(row.title || row.url)}</A>`
}

const seconds = (time: number) => Math.floor(time / 1_000)
const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => signs[sign] as string)
