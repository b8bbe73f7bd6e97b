/** Removes a task with its history: a short one in one transaction, a long one, or one with many tasks below, as a job. */
import { fail } from '@cairn/api/errors'
import { count, Id, shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Scope, Tx, WriteApart } from '../../../kernel/scope.ts'
import type { Threads } from '../threads/index.ts'
import * as store from './store.ts'
import { letGoOfTask } from './suggestions-store.ts'

type Removed = { tasks: number; events: number }
type Needs = {
  jobs: Pick<Jobs, 'result'>
  threads: Pick<Threads, 'unlink'>
  /** Cancels what works on a task. */
  stopJobs(tx: Tx, id: string): Promise<string[]>
}

/** Entries, or tasks below, that are dealt with in one transaction. */
const atOnce = 500
const here = new URL(import.meta.url)

export function makePurge({ jobs, threads, stopJobs }: Needs) {
  /**
   * Removes a task with its history, and stops its jobs; `removed` is null when that goes on for long. Tasks below it stay,
   * without it. TASK_NOT_FOUND, PRECONDITION_FAILED, JOB_FAILED.
   */
  async function purge(scope: Scope, id: string, seen: number | null) {
    type Begun = { stopped: string[] } & ({ removed: Removed } | { job_id: string })
    const begun = await scope.write(async (tx): Promise<Begun> => {
      const row = await store.taskById(tx, id)
      if (!row) throw fail('TASK_NOT_FOUND')
      if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
      const stopped = await stopJobs(tx, id)
      const events = await store.countEvents(tx, id)
      if (events + (await store.countBelow(tx, id)) <= atOnce)
        return { stopped, removed: await purgeRest(tx, id, events, stopped.length) }
      return { stopped, job_id: await tx.enqueue({ type: 'tasks.purge', input: { id, events } }) }
    })
    if ('removed' in begun) return { task: null, ...begun }
    return { task: null, removed: await jobs.result<Removed>(scope, begun.job_id), ...begun }
  }

  /** The task itself, with the little that still hangs on it. One event, `task.removed`, with what all went. */
  async function purgeRest(tx: Tx, id: string, events: number, stopped: number): Promise<Removed> {
    if (!(await store.taskById(tx, id))) throw fail('TASK_NOT_FOUND')
    const removed = { tasks: 1, events }
    await store.clearReference(tx, 'parent_id', id, { updated_at: tx.now, limit: Number.MAX_SAFE_INTEGER })
    await store.deleteTask(tx, id)
    await letGoOfTask(tx, id)
    await threads.unlink(tx, 'task', [id])
    await tx.reindex('task', [id])
    tx.event({ type: 'task.removed', subject: id, data: { ...removed, jobs: stopped } })
    return removed
  }

  /** Goes on where it was cut off; until the end the task is there with what is left of its history. */
  const purgeJob = job({
    type: 'tasks.purge',
    input: shape({ id: Id, events: count }),
    async run(context): Promise<Removed> {
      const { id, events } = context.input as { id: string; events: number }
      for (let done = 0; ; ) {
        context.signal.throwIfAborted()
        const gone = await context.scope.apart.write<number>(here, 'purgeSome', id)
        if (gone === 0) break
        done += gone
        await context.advanced()
        context.progress({ phase: 'removing', done, total: null })
      }
      return context.writeStep('remove', async (tx) => {
        const stopped = await stopJobs(tx, id)
        return purgeRest(tx, id, events, stopped.length)
      })
    },
  })

  return { purge, purgeJob }
}

/** Removes some of a task's history, or takes it off some of those below it, which is an event: `tasks.changed`. */
export const purgeSome: WriteApart<string, number> = async (tx, id) => {
  const events = await store.deleteEvents(tx, id, atOnce)
  const change = { updated_at: tx.now, limit: atOnce }
  const below = events > 0 ? [] : await store.clearReference(tx, 'parent_id', id, change)
  if (below.length > 0)
    tx.event({ type: 'tasks.changed', subject: id, data: { tasks: below.length, fields: ['parent_id'] } })
  return events + below.length
}
