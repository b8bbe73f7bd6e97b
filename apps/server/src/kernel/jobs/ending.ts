/** For calls that answer what a job came to where that does not take long, and name the job where it does. */
import type { Db } from '../database/dialect.ts'
import type { JobStatus } from './definition.ts'
import type { JobTables } from './rows.ts'
import { errorOf } from './state.ts'

export type Ended = { status: JobStatus; result: unknown; error: ReturnType<typeof errorOf> }
type Asked = { workspace: string; db: Db; signal: AbortSignal }

/** Jobs of other processes tell nothing here: the ledger is asked for them. */
const lookEvery = 250

/** The job once it has ended; null when that takes longer than `within` milliseconds, or nobody waits any more. */
export async function endOf(
  { workspace, db, signal }: Asked,
  id: string,
  within: number,
  watch: (watcher: () => void) => () => void,
): Promise<Ended | null> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(within)])
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const unwatch = watch(resolve)
    const timer = setTimeout(resolve, lookEvery)
    over.addEventListener('abort', () => resolve(), { once: true })
    try {
      const row = await db
        .withTables<JobTables>()
        .selectFrom('jobs')
        .select(['status', 'result', 'error', 'completed_at'])
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .executeTakeFirst()
      if (!row) return null
      const { status, result, error, completed_at } = row
      if (completed_at !== null)
        return { status, result: JSON.parse(result ?? 'null') as unknown, error: errorOf(error) }
      if (over.aborted) return null
      await promise
    } finally {
      unwatch()
      clearTimeout(timer)
    }
  }
}
