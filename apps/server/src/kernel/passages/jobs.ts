/** Jobs of the index: drain what changed, mark everything again, keep the vectors in step. */
import { Type } from 'typebox'
import { type JobContext, type JobDefinition, job, type NewJob } from '../jobs/definition.ts'
import type { Scope, Tx } from '../scope.ts'
import { ANALYSIS_VERSION } from './analysis.ts'
import { drain, type IndexerParts } from './indexer.ts'
import * as pending from './pending-store.ts'
import { tables } from './rows.ts'
import { readSpace } from './search-store.ts'
import { hasWork } from './vector-store.ts'
import { type Embedding, isAway, keepVectors, type VectorParts } from './vectors.ts'

export const indexNow: NewJob = { type: 'passages.index', input: {}, concurrency: 'passages', unique: 'passages' }
export const vectorsNow: NewJob = { type: 'passages.vectors', input: {}, concurrency: 'vectors', unique: 'vectors' }
export const rebuildOf = (input: Rebuild): NewJob => ({
  ...{ type: 'passages.rebuild', input, concurrency: 'passages.rebuild' },
  unique: JSON.stringify([input.what, ...(input.kinds ?? [])]).slice(0, 200),
})

/** All sources, or those that were cut into plain windows while the parser was away. */
type Rebuild = { what: 'all' | 'plain'; kinds?: string[] }

const hour = 3_600_000
const page = 500
/** Milliseconds until the next try when the model or the vector store is away; doubled each time, an hour at most. */
const away = 15_000
/** Milliseconds until what was cut plainly while the parser was there is given to it again. */
const cutAgainAfter = 1_000

export function indexJobs(parts: IndexerParts & VectorParts & { parserUp(): boolean }): JobDefinition[] {
  const { clock, kinds, embedding, parserUp } = parts

  async function index(context: JobContext<unknown>) {
    const { scope } = context
    const report = await drain(parts, context)
    const model = await embedding.model(scope)
    await scope.write(async (tx) => {
      const next = await pending.nextDue(tx.db, scope.workspace)
      if (next !== null) await tx.enqueue({ ...indexNow, runAt: Math.max(next, tx.now + 1_000) })
      if (await hasWork(tx.db, scope.workspace, model)) await tx.enqueue(vectorsNow)
      // The parser may have come back between their cutting and their writing, or have failed on their company.
      if (report.unparsed > 0 && parserUp()) {
        await tx.enqueue({ ...rebuildOf({ what: 'plain' }), runAt: tx.now + cutAgainAfter })
      }
    })
    return report
  }

  async function rebuild(context: JobContext<Rebuild>) {
    const { scope, input } = context
    const marked = input.what === 'all' ? await markAll(context) : await markPlain(context)
    if (input.what === 'all' && !input.kinds) await scope.write(setVersion)
    return { marked }
  }

  /** Every source that is indexed or that a feature has. */
  async function markAll({ scope, input, progress, signal }: JobContext<Rebuild>): Promise<number> {
    let marked = 0
    for (const kind of kinds.values()) {
      if (input.kinds && !input.kinds.includes(kind.kind)) continue
      for (let after: string | undefined = ''; after !== undefined; ) {
        const ids: string[] = await pending.indexedIds(scope.db, scope.workspace, kind.kind, after, page)
        await mark(kind.kind, ids)
        after = ids.length === page ? ids.at(-1) : undefined
      }
      for (let cursor: string | null = null, more = true; more; ) {
        const all: { ids: string[]; cursor: string | null } = await kind.all(scope, cursor, page)
        await mark(kind.kind, all.ids)
        cursor = all.cursor
        more = cursor !== null
      }
    }
    return marked

    async function mark(kind: string, ids: readonly string[]) {
      signal.throwIfAborted()
      await scope.write(async (tx) => {
        await pending.unsettle(tx.db, scope.workspace, kind, ids)
        await tx.reindex(kind, ids)
      })
      marked += ids.length
      progress({ phase: 'marking', done: marked, total: null })
    }
  }

  /** Sources cut into plain windows. */
  async function markPlain({ scope, signal }: JobContext<Rebuild>): Promise<number> {
    let marked = 0
    for (let after = { kind: '', id: '' }; ; ) {
      signal.throwIfAborted()
      const rows = await pending.plainSources(scope.db, scope.workspace, after, page)
      for (const [kind, some] of Map.groupBy(rows, (row) => row.kind)) {
        const ids = some.map(({ id }) => id)
        await scope.write(async (tx) => {
          await pending.unsettle(tx.db, scope.workspace, kind, ids)
          await tx.reindex(kind, ids)
        })
      }
      marked += rows.length
      const last = rows.at(-1)
      if (!last || rows.length < page) return marked
      after = last
    }
  }

  async function vectors(context: JobContext<{ tries?: number }>) {
    try {
      return await keepVectors(parts, context)
    } catch (error) {
      if (!isAway(error)) throw error
      // Without the sidecar there is nothing to wait for here: its return queues the job anew.
      if (error.code === 'SIDECAR_UNAVAILABLE') return { away: error.code }
      const tries = (context.input.tries ?? 0) + 1
      const runAt = clock.now() + Math.min(away * 2 ** tries, hour)
      context.log('warn', `${error.message} It is tried again later.`)
      await context.scope.write((tx) => tx.enqueue({ ...vectorsNow, input: { tries }, runAt }))
      return { away: error.code }
    }
  }

  return [
    job({
      type: 'passages.index',
      input: Type.Object({}),
      quiet: true,
      timeout: 12 * hour,
      attempts: 8,
      run: index,
    }),
    job({
      type: 'passages.rebuild',
      input: Type.Object({
        what: Type.Union([Type.Literal('all'), Type.Literal('plain')]),
        kinds: Type.Optional(Type.Array(Type.String())),
      }),
      timeout: hour,
      run: rebuild,
    }),
    job({
      type: 'passages.vectors',
      input: Type.Object({ tries: Type.Optional(Type.Integer()) }),
      quiet: true,
      timeout: 12 * hour,
      attempts: 8,
      run: vectors,
    }),
  ]
}

/** What a workspace has left to do, as jobs; what needs the sidecar only while that is `up`. */
export async function leftovers(
  { db, workspace }: Pick<Scope, 'db' | 'workspace'>,
  { embedding, up }: { embedding: Embedding; up: boolean },
): Promise<NewJob[]> {
  const space = await readSpace(db, workspace)
  const stale = space !== undefined && space.version < ANALYSIS_VERSION
  const plain = up && (await pending.plainSources(db, workspace, { kind: '', id: '' }, 1)).length > 0
  const waiting = (await pending.nextDue(db, workspace)) !== null
  const model = up ? await embedding.model({ db, workspace }) : null
  // Also when nothing seems to be left: the store may have lost what it was given.
  const vectors = up && ((model !== null && (space?.passages ?? 0) > 0) || (await hasWork(db, workspace, model)))
  return [
    ...(stale ? [rebuildOf({ what: 'all' })] : []),
    ...(plain && !stale ? [rebuildOf({ what: 'plain' })] : []),
    ...(waiting ? [indexNow] : []),
    ...(vectors ? [vectorsNow] : []),
  ]
}

const setVersion = (tx: Tx) =>
  tables(tx.db)
    .updateTable('passage_space')
    .set({ version: ANALYSIS_VERSION })
    .where('workspace', '=', tx.workspace)
    .execute()
