/** Removes visits, and what nothing refers to after that. */
import { countOn } from '../../../kernel/jobs/counting.ts'
import type { Scope, WriteApart } from '../../../kernel/scope.ts'
import { bucketOf } from './address.ts'
import { recount, recountJob } from './recount.ts'
import { type Doomed, doomedIds } from './store.ts'
import { deleteTexts } from './text-store.ts'
import { deleteVisits, markBuckets } from './write-store.ts'

export type Removed = { visits: number; pages: number }

const atOnce = 5_000
const here = new URL(import.meta.url)

/** Removes all that fit one of `which`, in small transactions, and counts what is left. */
export async function removeVisits(
  scope: Scope,
  mode: string,
  which: readonly Doomed[],
  told: (visits: number) => void = () => undefined,
): Promise<Removed> {
  let visits = 0
  for (const doomed of which) {
    for (;;) {
      const gone = await scope.apart.write<number>(here, 'removeSome', { doomed, mode })
      visits += gone
      told(visits)
      if (gone < atOnce) break
    }
  }
  const pages = await recount(scope)
  return { visits, pages }
}

/** Removes at most 5,000 visits; answers how many. One event, `visits.removed`, unless there were none. */
export const removeSome: WriteApart<{ doomed: Doomed; mode: string }, number> = async (tx, { doomed, mode }) => {
  const ids = await doomedIds(tx, doomed, atOnce)
  const pages = await deleteVisits(tx, ids)
  if (pages.length === 0) return 0
  await markBuckets(tx, pages.map(bucketOf))
  // Behind the buckets, as whoever keeps visits does: nobody waits in a ring.
  const silent = await deleteTexts(tx, [...new Set(pages)], ids)
  if (silent.length > 0) await tx.reindex('visit', silent)
  // Who removes counts, too; this is for when that is cut off.
  await tx.enqueue({ ...recountJob, runAt: tx.now + 60_000 })
  tx.event({
    type: 'visits.removed',
    subject: doomed.visit ?? doomed.page ?? 'history',
    data: { mode, visits: pages.length },
  })
  await countOn(tx, { visits: pages.length })
  return pages.length
}
