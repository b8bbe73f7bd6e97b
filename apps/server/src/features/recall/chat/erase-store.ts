/** How what answers were made from is erased: with its thread, with words of its thread, and with a source that it holds. */
import { type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import {
  between,
  countRows,
  type Eraser,
  type EraseTx,
  none,
  nothing,
  partOf,
  takeRows,
  takesAll,
} from '../../../kernel/erasure.ts'
import type { ChatContextRow } from './store.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 50
type Source = { kind: string; id: string }
type Quoted = { source: Source }

export const eraser: Eraser = {
  async count(from, erasure) {
    // With threads they go along.
    if (erasure.by !== 'period') return none
    return { contexts: await countRows(from, { table: 'chat_context', where: between('created_at', erasure) }) }
  },

  async some(tx, erasure, cursor) {
    if (takesAll(erasure) || (erasure.by === 'period' && cursor === null)) {
      const where = erasure.by === 'period' ? between('created_at', erasure) : sql<SqlBool>`1 = 1`
      // One row for each thread: all at once.
      const ids = await takeRows(tx, { table: 'chat_context', where }, Number.MAX_SAFE_INTEGER)
      return { counts: { contexts: ids.length }, cursor: erasure.by === 'period' ? '' : null }
    }
    const rows = await tx.db
      .withTables<{ chat_context: ChatContextRow }>()
      .selectFrom('chat_context')
      .select(['id', 'passages', 'created_at'])
      .where('workspace', '=', tx.workspace)
      .where('id', '>', cursor ?? '')
      .orderBy('id')
      .limit(atOnce)
      .execute()
    const quoted = rows.map(({ id, passages, created_at }) => ({
      ...{ id, created_at },
      sources: (JSON.parse(passages) as Quoted[]).map((each) => each.source),
    }))
    const all = quoted.flatMap(({ sources }) => sources)
    const there = await indexed(tx, all)
    // Where only some versions of a document went, it is there still.
    const changed = partOf(erasure) === null ? new Map<string, number>() : await changedDocuments(tx, all)
    const isStale = ({ kind, id }: Source, at: number) =>
      !there.has(`${kind} ${id}`) || (kind === 'document' && (changed.get(id) ?? 0) >= at)
    const stale = quoted.filter(({ sources, created_at }) => sources.some((one) => isStale(one, created_at)))
    const ids = stale.map(({ id }) => id)
    if (ids.length > 0)
      await takeRows(tx, { table: 'chat_context', where: sql`id in ${among(dialectOf(tx.db), ids)}` }, atOnce)
    return { counts: { contexts: ids.length }, cursor: rows.length < atOnce ? null : (rows.at(-1)?.id ?? null) }
  },

  async release(tx, { kind, ids }) {
    if (kind !== 'thread' && kind !== 'message') return nothing
    const these = sql`${among(dialectOf(tx.db), ids)}`
    // What a message said was told the model with the next question, too.
    const threads = sql`(select thread_id from llm_messages where workspace = ${tx.workspace} and id in ${these})`
    const where = sql<SqlBool>`id in ${kind === 'thread' ? these : threads}`
    return { counts: { contexts: (await takeRows(tx, { table: 'chat_context', where }, ids.length)).length } }
  },
}

/** Which of these sources the index still has. */
async function indexed({ db, workspace }: EraseTx, sources: readonly Source[]) {
  const there = new Set<string>()
  for (const [kind, some] of Map.groupBy(sources, (source) => source.kind)) {
    const ids = among(dialectOf(db), [...new Set(some.map(({ id }) => id))])
    const { rows } = await sql<{ id: string }>`select id from passage_source
      where workspace = ${workspace} and kind = ${kind} and id in ${ids}`.execute(db)
    for (const { id } of rows) there.add(`${kind} ${id}`)
  }
  return there
}

/** When these documents changed last. */
async function changedDocuments({ db, workspace }: EraseTx, sources: readonly Source[]): Promise<Map<string, number>> {
  const ids = sources.flatMap(({ kind, id }) => (kind === 'document' ? id : []))
  const { rows } = await sql<{ id: string; updated_at: number }>`select id, updated_at from documents
    where workspace = ${workspace} and id in ${among(dialectOf(db), [...new Set(ids)])}`.execute(db)
  return new Map(rows.map(({ id, updated_at }) => [id, Number(updated_at)]))
}
