/**
 * Keeps the vector store in step with the passages. It holds nothing that is not in the database: embeddings are kept by
 * the hash of their text, so a lost or damaged store is rebuilt without asking a model again.
 */
import { CairnError } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import { sha256 } from '../ids.ts'
import type { JobContext } from '../jobs/definition.ts'
import type { Scope } from '../scope.ts'
import { embeddedText } from './prepare.ts'
import type { Place } from './source.ts'
import * as store from './vector-store.ts'

/** Where meaning comes from: the model that the workspace has chosen, through the budget and the log of what leaves. */
export type Embedding = {
  /** The name under which vectors are kept; null when no model is configured. */
  model(scope: Pick<Scope, 'workspace' | 'db'>): Promise<string | null>
  /** One vector for each text, in order. Rejects with a CairnError when the model is away. */
  embed(scope: Scope, texts: string[], purpose: 'query' | 'passage'): Promise<Float32Array[]>
}
export type VectorHit = { id: string; score: number }
export type VectorRow = { id: string; vector: Float32Array; kind: string; source: string; time: number }
/** The vector store, as the sidecar offers it. */
export type Vectors = {
  upsert(workspace: string, model: string, dimensions: number, fence: number, rows: VectorRow[]): Promise<unknown>
  remove(workspace: string, model: string, fence: number, what: { ids: string[] }): Promise<unknown>
  search(
    workspace: string,
    query: { model: string; vector: Float32Array; limit: number; kinds?: string[]; from?: number; to?: number },
    signal?: AbortSignal,
  ): Promise<VectorHit[]>
  compact(workspace: string, model: string): Promise<unknown>
  drop(workspace: string, model?: string): Promise<unknown>
  stats(workspace: string): Promise<{ model: string; count: number; state: string }[]>
}
export type VectorParts = { clock: Clock; embedding: Embedding; vectors: Vectors }
export type VectorReport = { embedded: number; reused: number; removed: number; rebuilt: boolean }

const atOnce = 128
const resetAtOnce = 5_000

/** Runs until every passage has its vector. Throws when the model or the store is away. */
export async function keepVectors(
  { clock, embedding, vectors }: VectorParts,
  context: JobContext<unknown>,
): Promise<VectorReport> {
  const { scope } = context
  const { workspace } = scope
  const report: VectorReport = { embedded: 0, reused: 0, removed: 0, rebuilt: false }
  const fence = await scope.write((tx) => store.nextFence(tx.db, workspace))
  if (fence === null) return report
  const model = await embedding.model(scope)
  if (model === null) {
    await dropGone()
    for (const { model: each } of report.removed > 0 ? await vectors.stats(workspace) : [])
      await vectors.compact(workspace, each)
    return report
  }
  await dropOthers(model)
  if (!(await whole(model))) await reset(model)
  await fill(model)
  await dropGone()
  if (!report.rebuilt && !(await exact(model))) {
    await reset(model)
    await fill(model)
  }
  if (report.removed + report.embedded + report.reused > 0) await vectors.compact(workspace, model)
  return report

  /** Vectors of a model that is not used any more; its embeddings stay, in case it is chosen again. */
  async function dropOthers(current: string) {
    for (const { model: other, state } of await vectors.stats(workspace)) {
      if (other !== current && state !== 'empty') await vectors.drop(workspace, other)
    }
  }

  async function held(current: string) {
    return (await vectors.stats(workspace)).find(({ model: each }) => each === current)
  }

  /** Has the store all that it was given? More is no harm: an upsert that was cut off is made again. */
  async function whole(current: string): Promise<boolean> {
    const [row, counts] = [await held(current), await store.countVectored(scope.db, workspace, current)]
    return row?.state !== 'damaged' && (row?.count ?? 0) >= counts.vectored
  }

  /** Does it hold what the passages say and nothing else? Asked when nothing is left to do. */
  async function exact(current: string): Promise<boolean> {
    const [row, counts] = [await held(current), await store.countVectored(scope.db, workspace, current)]
    return counts.open > 0 || (row?.count ?? 0) === counts.vectored
  }

  async function reset(current: string) {
    context.log('warn', 'The vector store does not hold what it was given and is rebuilt from the stored embeddings.')
    if (await held(current)) await vectors.drop(workspace, current)
    report.rebuilt = true
    while ((await scope.write((tx) => store.unsetVectored(tx.db, workspace, current, resetAtOnce))) > 0);
  }

  async function fill(current: string) {
    const started = clock.monotonic()
    let done = 0
    for (;;) {
      context.signal.throwIfAborted()
      const rows = await store.waiting(scope.db, workspace, current, atOnce)
      if (rows.length === 0) return
      const known = await store.embeddingsOf(scope.db, workspace, current, [
        ...new Set(rows.map((row) => row.text_hash)),
      ])
      await embedMissing(current, rows, known)
      const written = rows.map((row) => ({
        ...{ id: row.id, kind: row.kind, source: row.source, time: row.time },
        vector: toVector(known.get(row.text_hash) as Uint8Array),
      }))
      await vectors.upsert(workspace, current, written[0]?.vector.length ?? 0, fence as number, written)
      await scope.write(async (tx) => {
        const lost = new Set(
          await store.setVectored(
            tx.db,
            workspace,
            current,
            rows.map(({ id }) => id),
          ),
        )
        const orphans = rows.filter(({ id }) => lost.has(id))
        await store.noteGone(
          tx.db,
          orphans.map(({ id, text_hash }) => ({ workspace, id, model: current, hash: text_hash })),
        )
      })
      await context.advanced()
      done += rows.length
      const rate = Math.round(done / Math.max((clock.monotonic() - started) / 1_000, 0.001))
      context.progress({ phase: 'embedding', done, total: null, message: `${done} passages, ${rate}/s` })
    }
  }

  async function embedMissing(current: string, rows: readonly store.Waiting[], known: Map<string, Uint8Array>) {
    const texts = new Map<string, string>()
    for (const row of rows) if (!known.has(row.text_hash)) texts.set(row.text_hash, textOf(row))
    report.reused += rows.length - texts.size
    if (texts.size === 0) return
    const made = await embedding.embed(scope, [...texts.values()], 'passage')
    const fresh = new Map<string, Uint8Array>()
    ;[...texts.keys()].forEach((hash, at) => fresh.set(hash, toBytes(made[at])))
    await scope.write((tx) => store.putEmbeddings(tx.db, workspace, current, fresh))
    for (const [hash, bytes] of fresh) known.set(hash, bytes)
    report.embedded += texts.size
  }

  async function dropGone() {
    for (;;) {
      const rows = await store.gone(scope.db, workspace, 500)
      if (rows.length === 0) return
      for (const [of, some] of Map.groupBy(rows, (row) => row.model)) {
        await vectors.remove(workspace, of, fence as number, { ids: some.map(({ id }) => id) })
      }
      await scope.write((tx) => store.forgetGone(tx.db, workspace, rows))
      report.removed += rows.length
    }
  }
}

/** The text that was hashed when the passage was written: with the source's title for prose, without it for files. */
function textOf(row: store.Waiting): string {
  const chunk = { ...(JSON.parse(row.place) as Place), text: row.text }
  const prose = embeddedText({ title: row.title }, chunk)
  return sha256(prose) === row.text_hash ? prose : embeddedText({ title: row.title, name: '' }, chunk)
}

/** A copy: what a driver hands out may be a view into a larger buffer, at any offset. */
const toVector = (bytes: Uint8Array) => new Float32Array(Uint8Array.from(bytes).buffer)
function toBytes(vector: Float32Array | undefined): Uint8Array {
  if (!vector || vector.length === 0) throw new Error('The model answered fewer vectors than it was given texts.')
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}

/** A model or a store that is away, rather than something wrong here. */
export const isAway = (error: unknown): error is CairnError => error instanceof CairnError && error.status >= 500
