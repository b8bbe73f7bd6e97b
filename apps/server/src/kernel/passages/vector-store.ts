/** Embeddings, and which passages the vector store holds. */
import { type RawBuilder, sql } from 'kysely'
import { among, dialectOf } from '../database/lists.ts'
import type { Db } from '../database/dialect.ts'
import { type GoneRow, type PassageRow, tables } from './rows.ts'
import { parts } from './write-store.ts'

export type Waiting = Pick<PassageRow, 'id' | 'number' | 'kind' | 'source' | 'place' | 'text' | 'text_hash'> & {
  title: string
  time: number
}

/** Passages without a vector of this model, in the order of their numbers. */
export async function waiting(db: Db, workspace: string, model: string, limit: number): Promise<Waiting[]> {
  const rows: Waiting[] = []
  const others = [sql`a.vectored is null`, sql`a.vectored < ${model}`, sql`a.vectored > ${model}`]
  for (const other of others) {
    if (rows.length >= limit) break
    const { rows: found } = await sql<Waiting>`select a.id, a.number, a.kind, a.source, a.place, a.text, a.text_hash,
        s.title, s.time
      from passage a join passage_source s on s.workspace = a.workspace and s.kind = a.kind and s.id = a.source
      where a.workspace = ${workspace} and ${other} order by a.vectored, a.number limit ${limit - rows.length}`.execute(
      db,
    )
    rows.push(...found)
  }
  return rows
}

/** Passages that the vector store holds, and what it has still to be told of, at one moment. */
export async function countVectored(
  db: Db,
  workspace: string,
  model: string,
): Promise<{ vectored: number; open: number }> {
  const { rows } = await sql<{ vectored: number; open: number }>`select
    (select count(*) from passage where workspace = ${workspace} and vectored = ${model}) as vectored,
    (select count(*) from passage where workspace = ${workspace} and vectored is null) +
    (select count(*) from passage_gone where workspace = ${workspace}) as open`.execute(db)
  return rows[0] ?? { vectored: 0, open: 0 }
}

export const anyVectored = async (db: Db, workspace: string, model: string): Promise<boolean> =>
  (await tables(db)
    .selectFrom('passage')
    .select('number')
    .where('workspace', '=', workspace)
    .where('vectored', '=', model)
    .limit(1)
    .executeTakeFirst()) !== undefined

export async function embeddingsOf(
  db: Db,
  workspace: string,
  model: string,
  hashes: readonly string[],
): Promise<Map<string, Uint8Array>> {
  if (hashes.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('embedding')
    .select(['hash', 'vector'])
    .where('workspace', '=', workspace)
    .where('model', '=', model)
    .where('hash', 'in', among(dialectOf(db), hashes))
    .execute()
  return new Map(rows.map(({ hash, vector }) => [hash, vector]))
}

export async function putEmbeddings(
  db: Db,
  workspace: string,
  model: string,
  vectors: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const rows = [...vectors].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const part of parts(rows, 64)) {
    await tables(db)
      .insertInto('embedding')
      .values(part.map(([hash, vector]) => ({ workspace, model, hash, vector })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Notes that these passages are in the vector store; answers those that are gone meanwhile. */
export async function setVectored(db: Db, workspace: string, model: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await tables(db)
    .updateTable('passage')
    .set({ vectored: model })
    .where('workspace', '=', workspace)
    .where('id', 'in', among(dialectOf(db), ids))
    .returning('id')
    .execute()
  const held = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !held.has(id))
}

/** Forgets that passages are in the vector store, some at a time. Answers how many there were. */
export async function unsetVectored(db: Db, workspace: string, model: string, limit: number): Promise<number> {
  const { numUpdatedRows } = await tables(db)
    .updateTable('passage')
    .set({ vectored: null })
    .where('number', 'in', (query) =>
      query
        .selectFrom('passage')
        .select('number')
        .where('workspace', '=', workspace)
        .where('vectored', '=', model)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export const gone = (db: Db, workspace: string, limit: number): Promise<GoneRow[]> =>
  tables(db)
    .selectFrom('passage_gone')
    .selectAll()
    .where('workspace', '=', workspace)
    .orderBy('id')
    .limit(limit)
    .execute()

export async function noteGone(db: Db, rows: readonly GoneRow[]): Promise<void> {
  if (rows.length === 0) return
  await tables(db)
    .insertInto('passage_gone')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Ends rows of passages whose vectors are deleted, and drops embeddings of texts that no passage has any more. */
export async function forgetGone(db: Db, workspace: string, rows: readonly GoneRow[]): Promise<void> {
  const ids = among(
    dialectOf(db),
    rows.map(({ id }) => id),
  )
  await sql`delete from passage_gone where workspace = ${workspace} and id in ${ids}`.execute(db)
  await dropEmbeddings(db, workspace, [...new Set(rows.map(({ hash }) => hash))])
}

/**
 * Drops embeddings of texts that no passage in the vector store has any more; answers how many. They are kept by model and
 * hash: each model is found with one step, so that the hashes are looked up and not searched for.
 */
export async function dropEmbeddings(db: Db, workspace: string, hashes: readonly string[]): Promise<number> {
  const next = (after: RawBuilder<unknown>) =>
    sql`(select min(model) from embedding where workspace = ${workspace} ${after})`
  const done = await sql`
    with recursive kept(model) as (
      select ${next(sql``)} union all select ${next(sql`and model > kept.model`)} from kept where model is not null
    )
    delete from embedding where workspace = ${workspace} and (model, hash) in (
      select kept.model, listed.value from kept cross join ${among(dialectOf(db), hashes)} as listed
    ) and not exists (
      select 1 from passage a where a.workspace = ${workspace} and a.text_hash = embedding.hash and a.vectored is not null
    )`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** Takes the next number for a writer of vectors. */
export async function nextFence(db: Db, workspace: string): Promise<number | null> {
  const row = await tables(db)
    .updateTable('passage_space')
    .set({ fence: sql`fence + 1` })
    .where('workspace', '=', workspace)
    .returning('fence')
    .executeTakeFirst()
  return row?.fence ?? null
}

/** Is there anything for the writer of vectors to do? */
export async function hasWork(db: Db, workspace: string, model: string | null): Promise<boolean> {
  if ((await gone(db, workspace, 1)).length > 0) return true
  return model !== null && (await waiting(db, workspace, model, 1)).length > 0
}

export async function embeddingBytes(db: Db, workspace: string, model: string, count: number): Promise<number> {
  const row = await tables(db)
    .selectFrom('embedding')
    .select(({ fn }) => fn<number>('length', ['vector']).as('bytes'))
    .where('workspace', '=', workspace)
    .where('model', '=', model)
    .limit(1)
    .executeTakeFirst()
  return (row?.bytes ?? 0) * count
}
