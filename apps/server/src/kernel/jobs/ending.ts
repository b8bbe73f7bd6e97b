/** For calls that answer what a job came to where that does not take long, and name the job where it does. */
import { fail } from '@cairn/api/errors'
import type { Db } from '../database/dialect.ts'
import type { JobStatus } from './definition.ts'
import { errorOf } from './state.ts'
import { outcomeOf } from './survey.ts'

export type Ended = { status: JobStatus; result: unknown; error: ReturnType<typeof errorOf> }
type Asked = { workspace: string; db: Db; signal: AbortSignal }

/** Jobs of other processes tell nothing here: the ledger is asked for them. */
const lookEvery = 250

/** How long a call waits for a job that is short as a rule, in milliseconds. */
export const patience = 5_000

/** What a job came to; null when it has not ended. JOB_FAILED when it came to nothing. */
export function resultOf(end: Ended | null): unknown {
  if (end && end.status !== 'succeeded') throw fail('JOB_FAILED', { reason: end.error?.message ?? end.status })
  return end && end.result
}

/** The job once it has ended; null when that takes longer than `within` milliseconds, or nobody waits any more. */
export async function endOf(
  { workspace, db, signal }: Asked,
  id: string,
  within: number,
  watch: (watcher: () => void) => () => void,
): Promise<Ended | null> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(within)])
  let wake = () => {}
  const unwatch = watch(() => wake())
  over.addEventListener('abort', () => wake(), { once: true })
  try {
    for (;;) {
      // Before the look, so that what happens during it is not missed.
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      const row = await outcomeOf(db, workspace, id)
      if (!row) return null
      const { status, result, error, completed_at } = row
      if (completed_at !== null)
        return { status, result: JSON.parse(result ?? 'null') as unknown, error: errorOf(error) }
      if (over.aborted) return null
      const timer = setTimeout(resolve, lookEvery)
      await promise
      clearTimeout(timer)
    }
  } finally {
    unwatch()
  }
}
