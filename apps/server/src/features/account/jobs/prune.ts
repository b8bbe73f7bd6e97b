/** Removes jobs that ended long ago: a few in one transaction, many as a job. */
import { EndedJobStatus } from '@cairn/api/jobs'
import { count, list, shape, Type } from '@cairn/api/shapes'
import { type Counts, countOn, sum } from '../../../kernel/jobs/counting.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope, WriteApart } from '../../../kernel/scope.ts'
import { type Pruning, removeEnded } from './store.ts'

type Removed = Record<string, number>
type Step = { removed: Removed; done: boolean }
type Begun = { removed: Removed; job_id: string | null }
/** `removed`: before the job began. */
type Going = { pruning: Pruning; removed: Removed }

const atOnce = 500
const here = new URL(import.meta.url)

/** Answers how many went, by status; null when that goes on for long. JOB_FAILED. */
export async function prune(scope: Scope, jobs: Pick<Jobs, 'result'>, pruning: Pruning) {
  const { removed, job_id } = await scope.apart.write<Begun>(here, 'begin', pruning)
  if (job_id === null) return { removed }
  return { removed: await jobs.result<Removed>(scope, job_id), job_id }
}

export const begin: WriteApart<Pruning, Begun> = async (tx, pruning) => {
  const none = Object.fromEntries(pruning.statuses.map((status) => [status, 0]))
  const { removed, done } = await pruneSome(tx, { pruning, removed: none })
  const rest: Going = { pruning, removed }
  return { removed, job_id: done ? null : await tx.enqueue({ type: 'jobs.prune', input: rest }) }
}

export const pruneJob = job({
  type: 'jobs.prune',
  input: shape({
    pruning: shape({ statuses: list(EndedJobStatus), before: Type.Integer() }),
    removed: Type.Record(Type.String(), count),
  }),
  timeout: 3_600_000,
  async run(context): Promise<Removed> {
    const going = context.input as Going
    for (;;) {
      context.signal.throwIfAborted()
      const { removed, done } = await context.scope.apart.write<Step>(here, 'pruneSome', going)
      if (done) return removed
      await context.advanced()
      context.progress({
        phase: 'removing',
        done: Object.values(removed).reduce((sum, one) => sum + one, 0),
        total: null,
      })
    }
  },
})

/** Removes some, and adds them to those before. One event with all of them at the end: `job.pruned`. */
export const pruneSome: WriteApart<Going, Step> = async (tx, { pruning, removed: before }) => {
  const gone = await removeEnded(tx, pruning, atOnce)
  const more: Counts = {}
  for (const status of gone) more[status] = (more[status] ?? 0) + 1
  const removed = sum(before, await countOn(tx, more))
  const done = gone.length < atOnce
  if (done) tx.event({ type: 'job.pruned', subject: tx.workspace, data: { removed } })
  return { removed, done }
}
