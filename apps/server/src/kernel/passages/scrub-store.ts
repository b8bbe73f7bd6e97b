/** Rows and words of what was erased. */
import { sql } from 'kysely'
import { among, dialectOf } from '../database/lists.ts'
import type { EraseReader } from '../erasure.ts'
import { tables } from './rows.ts'

export async function textHashes({ db, workspace }: EraseReader, kind: string, ids: readonly string[]) {
  const { rows } = await sql<{ hash: string }>`select distinct text_hash as hash from passage
    where workspace = ${workspace} and kind = ${kind} and source in ${among(dialectOf(db), ids)}`.execute(db)
  return rows.map(({ hash }) => hash)
}

export const dropEveryEmbedding = ({ db, workspace }: EraseReader) =>
  tables(db).deleteFrom('embedding').where('workspace', '=', workspace).execute()

export const hasEmbeddings = async ({ db, workspace }: EraseReader): Promise<boolean> =>
  (await tables(db).selectFrom('embedding').select('hash').where('workspace', '=', workspace).limit(1).execute())
    .length > 0

/** Passages that the vector store is still to let go. */
export async function countGone({ db, workspace }: EraseReader): Promise<number> {
  const { count } = await tables(db)
    .selectFrom('passage_gone')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Pages of the index that one call puts together, more or less. */
const mergedAtOnce = 100

/**
 * SQLite alone: an entry that is deleted is only noted as deleted until the parts of the index that hold its words are
 * put together. https://sqlite.org/fts5.html#the_merge_command: a negative number begins with all of them.
 */
export async function mergeWords({ db }: EraseReader): Promise<boolean> {
  const changes = async () => {
    const { rows } = await sql<{ changes: number }>`select total_changes() as changes`.execute(db)
    return Number(rows[0]?.changes)
  }
  const before = await changes()
  await sql`insert into passage_fts (passage_fts, rank) values ('merge', ${-mergedAtOnce})`.execute(db)
  return (await changes()) - before >= 2
}
