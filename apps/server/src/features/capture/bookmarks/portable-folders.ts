/** Folders travel as any table does, but from the top down. Called in a worker thread. */
import { textOf, toLine } from '../../../kernel/portable/line.ts'
import type { Page, ReadPage } from '../../../kernel/portable/portable.ts'
import type { ReadApart } from '../../../kernel/scope.ts'
import { type FolderKey, foldersDown } from './portable-store.ts'

export { sortLines, writeLines } from '../../../kernel/portable/table.ts'

export const readLines: ReadApart<ReadPage, Page> = async (from, { table, after, since, limit }) => {
  const rows = await foldersDown(from, { after: after as FolderKey | null, since, limit })
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    text: textOf(rows.map((row) => toLine(table.columns, row))),
    rows: rows.length,
    after: last ? [Number(last.depth), last.id as string] : null,
  }
}
