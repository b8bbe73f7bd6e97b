/** What is left of sources that were erased: words in the index, embeddings, vectors. */
import { setTimeout as pause } from 'node:timers/promises'
import { CairnError } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import type { DialectName } from '../database/dialect.ts'
import { dialectOf } from '../database/lists.ts'
import type { EraseTx, Gone } from '../erasure.ts'
import type { Scope, WriteApart } from '../scope.ts'
import { vectorsNow } from './jobs.ts'
import { countDue } from './pending-store.ts'
import { countGone, dropEveryEmbedding, hasEmbeddings, mergeWords, textHashes } from './scrub-store.ts'
import { dropEmbeddings } from './vector-store.ts'
import type { Vectors } from './vectors.ts'
import { eraseSources } from './write.ts'

/**
 * Takes sources out of the index in the caller's transaction. They are marked as changed as well: what an indexer has
 * read of them before and writes after this goes once more.
 */
export async function eraseIndexed(
  tx: EraseTx,
  { kind, ids }: Gone,
): Promise<{ passages: number; embeddings: number }> {
  if (ids.length === 0) return { passages: 0, embeddings: 0 }
  const hashes = await textHashes(tx, kind, ids)
  const passages = await eraseSources(tx.db, dialectOf(tx.db), tx.workspace, kind, ids)
  await tx.reindex(kind, ids)
  return { passages, embeddings: hashes.length > 0 ? await dropEmbeddings(tx.db, tx.workspace, hashes) : 0 }
}

/** What could not be taken away yet, and why. */
export type Left = { part: 'index' | 'vectors'; count: number; reason: string }
export type ScrubParts = { clock: Clock; dialect: DialectName; vectors: Vectors }

/** How long the index and the vectors are waited for, in milliseconds. */
const patience = 120_000
const look = 50
const here = new URL(import.meta.url)

/**
 * Waits until index and vector store have followed, and writes both anew, so that no file of theirs holds what was
 * erased. Answers what is left: with the vector store away, vectors are (numbers without words); they go when it is back.
 */
export async function scrubIndex({ clock, dialect, vectors }: ScrubParts, scope: Scope, all: boolean): Promise<Left[]> {
  const left: Left[] = []
  const until = clock.monotonic() + patience
  const waiting = async (count: () => Promise<number>) => {
    for (;;) {
      scope.signal.throwIfAborted()
      const found = await count()
      if (found === 0 || clock.monotonic() > until) return found
      await pause(look, undefined, { signal: scope.signal })
    }
  }

  const behind = await waiting(() => countDue(scope.db, scope.workspace, clock.now()))
  if (behind > 0) left.push({ part: 'index', count: behind, reason: 'The index has not caught up yet.' })
  const vectored = (await hasEmbeddings(scope)) || (await countGone(scope)) > 0
  if (all) await scope.write((tx) => dropEveryEmbedding(tx))
  if (vectored) await scrubVectors()
  if (dialect === 'sqlite') while (await scope.apart.write<boolean>(here, 'mergeSome', null));
  return left

  async function scrubVectors() {
    try {
      const stored = await vectors.stats(scope.workspace)
      if (all) await vectors.drop(scope.workspace)
      if ((await countGone(scope)) > 0) await scope.write((tx) => tx.enqueue(vectorsNow))
      const count = await waiting(() => countGone(scope))
      if (count > 0) left.push({ part: 'vectors', count, reason: 'The vector store has not caught up yet.' })
      if (!all) for (const { model, count: held } of stored) if (held > 0) await vectors.compact(scope.workspace, model)
    } catch (error) {
      if (!(error instanceof CairnError) || scope.signal.aborted) throw error
      left.push({ part: 'vectors', count: await countGone(scope), reason: error.message })
    }
  }
}

/** Puts a stretch of the full-text index together, without words of what is gone. Answers whether there is more. */
export const mergeSome: WriteApart<null, boolean> = (tx) => mergeWords(tx)
