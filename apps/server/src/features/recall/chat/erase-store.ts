/** How what answers were made from is erased: with its thread, and when a source that it quotes is no more. */
import { type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { between, countRows, type Eraser, none, nothing, takeRows } from '../../../kernel/erasure.ts'
import type { ChatContextRow } from './store.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 50
type Quoted = { source: { kind: string; id: string } }

export const eraser: Eraser = {
  async count(from, erasure) {
    if (erasure.by === 'thread')
      return { contexts: await countRows(from, { table: 'chat_context', where: sql`id = ${erasure.id}` }) }
    if (erasure.by === 'period')
      return { contexts: await countRows(from, { table: 'chat_context', where: between('created_at', erasure) }) }
    if (erasure.by !== 'everything') return none
    return { contexts: await countRows(from, { table: 'chat_context', where: sql<SqlBool>`1 = 1` }) }
  },

  async some(tx, erasure, cursor) {
    if (erasure.by === 'everything' || (erasure.by === 'period' && cursor === null)) {
      const where = erasure.by === 'period' ? between('created_at', erasure) : sql<SqlBool>`1 = 1`
      // One row for each thread: all at once.
      const ids = await takeRows(tx, { table: 'chat_context', where }, Number.MAX_SAFE_INTEGER)
      return { counts: { contexts: ids.length }, cursor: erasure.by === 'period' ? '' : null }
    }
    const rows = await tx.db
      .withTables<{ chat_context: ChatContextRow }>()
      .selectFrom('chat_context')
      .select(['id', 'passages'])
      .where('workspace', '=', tx.workspace)
      .where('id', '>', cursor ?? '')
      .orderBy('id')
      .limit(atOnce)
      .execute()
    const quoted = rows.map(({ id, passages }) => ({
      id,
      sources: (JSON.parse(passages) as Quoted[]).map((each) => each.source),
    }))
    const there = await indexed(
      tx,
      quoted.flatMap(({ sources }) => sources),
    )
    const stale = quoted.filter(({ sources }) => sources.some(({ kind, id }) => !there.has(`${kind} ${id}`)))
    const ids = stale.map(({ id }) => id)
    if (ids.length > 0)
      await takeRows(tx, { table: 'chat_context', where: sql`id in ${among(dialectOf(tx.db), ids)}` }, atOnce)
    return { counts: { contexts: ids.length }, cursor: rows.length < atOnce ? null : (rows.at(-1)?.id ?? null) }
  },

  async release(tx, { kind, ids }) {
    if (kind !== 'thread') return nothing
    const where = sql<SqlBool>`id in ${among(dialectOf(tx.db), ids)}`
    return { counts: { contexts: (await takeRows(tx, { table: 'chat_context', where }, ids.length)).length } }
  },
}

/** Which of these sources the index still has. */
async function indexed(
  { db, workspace }: Parameters<Eraser['some']>[0],
  sources: readonly { kind: string; id: string }[],
) {
  const there = new Set<string>()
  for (const [kind, some] of Map.groupBy(sources, (source) => source.kind)) {
    const ids = among(dialectOf(db), [...new Set(some.map(({ id }) => id))])
    const { rows } = await sql<{ id: string }>`select id from passage_source
      where workspace = ${workspace} and kind = ${kind} and id in ${ids}`.execute(db)
    for (const { id } of rows) there.add(`${kind} ${id}`)
  }
  return there
}
