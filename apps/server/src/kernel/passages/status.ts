/** How far the index of a workspace is, counted in a worker thread. */
import type { IndexStatus } from '@cairn/api/search'
import { iso } from '../clock.ts'
import type { ReadApart } from '../scope.ts'
import * as pending from './pending-store.ts'
import { readSpace } from './search-store.ts'
import { countVectored, embeddingBytes } from './vector-store.ts'

const shownFailures = 20
export type IndexHealth = Pick<IndexStatus, 'passages' | 'pending' | 'failed'>

/** What can be told without going through the sources. */
export const readHealth: ReadApart<null, IndexHealth> = async ({ workspace, db }) => ({
  passages: (await readSpace(db, workspace))?.passages ?? 0,
  pending: await pending.countPending(db, workspace),
  failed: await pending.countFailed(db, workspace),
})

export const readStatus: ReadApart<{ model: string | null }, IndexStatus> = async ({ workspace, db }, { model }) => {
  const space = await readSpace(db, workspace)
  const [waiting, failed] = [await pending.countPending(db, workspace), await pending.countFailed(db, workspace)]
  const embedded = model === null ? 0 : (await countVectored(db, workspace, model)).vectored
  const kinds = await pending.countKinds(db, workspace)
  const failures = await pending.failures(db, workspace, shownFailures)
  return {
    state: waiting > failed ? 'indexing' : 'idle',
    ...{ pending: waiting, failed, sources: space?.sources ?? 0, passages: space?.passages ?? 0 },
    ...{ plain: await pending.countPlain(db, workspace), embedded, model },
    bytes: (space?.bytes ?? 0) + (model === null ? 0 : await embeddingBytes(db, workspace, model, embedded)),
    kinds: Object.fromEntries(kinds.map(({ kind, sources, passages }) => [kind, { sources, passages }])),
    failures: failures.map(({ kind, id, error, attempts, next_attempt }) => ({
      ...{ kind, id, error: error ?? '', attempts, next_attempt: iso(next_attempt) },
    })),
  }
}
