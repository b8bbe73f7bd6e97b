/** Folders of bookmarks from the top down. */
import { sql } from 'kysely'
import type { Row } from '../../../kernel/portable/line.ts'
import type { Reader } from './store.ts'

/** `[depth, id]` of the last folder of the page before. */
export type FolderKey = readonly [depth: number, id: string]

/** A page of folders, each behind the one that it hangs in. */
export async function foldersDown(
  from: Reader,
  { after, since, limit }: { after: FolderKey | null; since: number | null; limit: number },
): Promise<(Row & { depth: number })[]> {
  const [depth, id] = after ?? [0, '']
  const { rows } = await sql<Row & { depth: number }>`
    with recursive tree(id, depth) as (
      select id, 1 from bookmark_folders where workspace = ${from.workspace} and parent_id is null
      union all
      select below.id, tree.depth + 1 from tree
        join bookmark_folders as below on below.workspace = ${from.workspace} and below.parent_id = tree.id
    )
    select folder.*, tree.depth from tree
      join bookmark_folders as folder on folder.workspace = ${from.workspace} and folder.id = tree.id
    where (tree.depth > ${depth} or (tree.depth = ${depth} and tree.id > ${id}))
      and folder.updated_at >= cast(${since ?? 0} as bigint)
    order by tree.depth, tree.id limit ${limit}`.execute(from.db)
  return rows
}
