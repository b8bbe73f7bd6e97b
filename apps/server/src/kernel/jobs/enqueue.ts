/** Writes the row of a new job in the transaction of the change that asked for it. */
import { fail } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import type { Db } from '../database/dialect.ts'
import { newId } from '../ids.ts'
import type { WriteContext } from '../scopes.ts'
import type { JobPriority, NewJob } from './definition.ts'
import type { Ledger } from './ledger.ts'
import { inputJson } from './outcome.ts'
import type { JobRow } from './rows.ts'
import type { JobType } from './types.ts'

export type EnqueueParts = {
  ledger: Ledger
  clock: Clock
  type: (name: string) => JobType | undefined
  wake: (ids: readonly string[]) => void
}

const maxKey = 200
const usualPriority: JobPriority = 1

export function makeEnqueue({ ledger, clock, type: typeOf, wake }: EnqueueParts) {
  let lastPosition = 0
  /** Rises with each job of this process, also when the clock goes back. */
  const nextPosition = () => {
    lastPosition = Math.max(lastPosition + 1, clock.now() * 1_000)
    return lastPosition
  }

  /**
   * Answers the job's id: of the new one, of the queued twin under its unique key, or of the same job written before.
   * JOB_TYPE_UNKNOWN, INVALID_INPUT, CONFLICT (the id is another job's), and what `alone` says.
   */
  return async function enqueue(db: Db, context: WriteContext, job: NewJob): Promise<string> {
    const type = typeOf(job.type)
    if (!type) throw fail('JOB_TYPE_UNKNOWN', { type: job.type })
    type.check(job.input)
    checkKeys(job)
    const row = await rowOf(db, context, job, type)
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await ledger.insert(db, row)) {
        if (!type.definition.quiet) context.event({ type: 'job.queued', subject: row.id, data: { type: row.type } })
        context.after(() => wake([row.id]))
        return row.id
      }
      const present = await presentJob(db, context, job, row)
      if (present) return present
      // The twin was taken by a worker just now: it no longer counts, and the place is free.
    }
    throw fail('DATABASE_BUSY')
  }

  async function rowOf(db: Db, context: WriteContext, job: NewJob, type: JobType): Promise<JobRow> {
    const { workspace, now } = context
    const id = job.id ?? newId()
    const later = job.runAt !== undefined && job.runAt > now
    const ahead =
      later || job.concurrency === undefined ? null : await ledger.ahead(db, { workspace, id }, job.concurrency)
    if (ahead !== null && job.alone) throw fail(job.alone, { job: ahead })
    const behind = ahead !== null
    const runAt = later ? Math.ceil(job.runAt as number) : now
    return {
      ...{ workspace, id, type: job.type, status: 'queued', input: inputJson(job.input) },
      principal: JSON.stringify(context.principal),
      priority: job.priority ?? usualPriority,
      concurrency: job.concurrency ?? null,
      unique_key: job.unique ?? null,
      ...{ project: job.project ?? null, task_id: job.task ?? null, thread_id: job.thread ?? null },
      position: nextPosition(),
      turn: behind ? 0 : 1,
      due_at: behind ? null : later ? runAt : 0,
      run_at: runAt,
      ...{ attempt: 0, max_attempts: type.attempts, fence: 0 },
      ...{ lease_until: null, worker: null, result: null, error: null },
      ...{ created_at: now, updated_at: now, started_at: null, completed_at: null },
    }
  }

  async function presentJob(db: Db, context: WriteContext, job: NewJob, row: JobRow): Promise<string | null> {
    if (job.id !== undefined) {
      const same = await ledger.lock(db, context.workspace, job.id)
      if (same && (same.type !== row.type || same.input !== row.input)) throw fail('CONFLICT')
      if (same) return same.id
    }
    const twin = job.unique === undefined ? undefined : await ledger.twin(db, row.workspace, row.type, job.unique)
    if (!twin) return null
    const sooner = twin.due_at !== null && row.due_at !== null && row.due_at < twin.due_at
    if (sooner || row.priority > twin.priority) {
      const { due_at, run_at } = sooner ? row : twin
      await ledger.hurry(db, twin, { due_at, run_at, priority: Math.max(row.priority, twin.priority) })
    }
    // It may have been passed over while this transaction held it.
    context.after(() => wake([twin.id]))
    return twin.id
  }
}

function checkKeys(job: NewJob): void {
  const fits = (key = 'none') => key.length >= 1 && key.length <= maxKey && !key.includes('\u0000')
  for (const name of ['concurrency', 'unique', 'project', 'task', 'thread'] as const)
    if (!fits(job[name]))
      throw fail('INVALID_INPUT', {}, [{ path: `/${name}`, message: `has 1 to ${maxKey} characters` }])
  if (job.runAt !== undefined && !Number.isFinite(job.runAt))
    throw fail('INVALID_INPUT', {}, [{ path: '/runAt', message: 'is not a time' }])
  if (job.alone && (job.concurrency === undefined || job.unique !== undefined || job.runAt !== undefined))
    throw new TypeError('A job that is to be alone has a concurrency key, no unique one, and starts at once.')
}
