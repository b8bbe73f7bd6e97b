/**
 * Jobs: all long work of Cairn. `makeJobs` gives what the rest of the kernel needs at once (`enqueue` and its kin, inside
 * the caller's transaction); `define` tells it the types of the features; `start` makes this process a worker.
 */
import { CairnError, fail } from '@cairn/api/errors'
import type { JobState } from '@cairn/api/jobs'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/dialect.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { maskText } from '../masking.ts'
import type { Principal, Scope, Tx } from '../scope.ts'
import type { MakeScope, WriteContext } from '../scopes.ts'
import type { JobDefinition, JobStatus, NewJob } from './definition.ts'
import { type Ended, endOf, patience, resultOf } from './ending.ts'
import { inProcessDriver, type JobDriver } from './driver.ts'
import { makeEnqueue } from './enqueue.ts'
import { dropStatus } from './journal.ts'
import { makeLeases } from './leases.ts'
import { hasEnded, makeLedger } from './ledger.ts'
import { makeEndAll, type Whose } from './end-all.ts'
import { type LiveListener, makeLive, type Watcher } from './live.ts'
import { makeReporting } from './reporting.ts'
import { type JobRow, jobKey } from './rows.ts'
import { makeRunner, type Runner } from './runner.ts'
import { makeSchedules } from './schedules.ts'
import { makeSettling } from './settling.ts'
import { stateOf } from './state.ts'
import { countJobs, openJobsOfTasks, openTypes } from './survey.ts'
import { type JobTypes, knowTypes } from './types.ts'

/** All in milliseconds. Tests make them short; nobody else should need to. */
export type JobTimes = {
  /** How long a job stays a worker's without a sign of life, and how often the worker gives one. */
  lease: number
  heartbeat: number
  /** Between two looks into the ledger that nobody asked for. */
  look: number
  /** Between two writes of progress. */
  report: number
  /** That a body has to end after its signal. */
  grace: number
}
const usualTimes: JobTimes = { lease: 30_000, heartbeat: 10_000, look: 1_000, report: 250, grace: 2_000 }

export type JobSettings = {
  database: Database
  clock: Clock
  log: Log
  driver?: JobDriver
  /**
   * A name that only one process at a time bears, and bears again after a restart: what an earlier start of it held is
   * then taken back at once. None: a fresh one, and jobs of a dead worker come back when their lease is over.
   */
  worker?: string
  /** How many jobs run at once in this process; default 32. */
  slots?: number
  times?: Partial<JobTimes>
  /** IANA name of the clocks that schedules go by; default UTC. */
  timeZone?: string
  /** Takes secrets out of what jobs say; the kernel's own masking unless a test knows better. */
  mask?: (text: string) => string
}

export type JobStart = {
  scope: MakeScope
  /** The principal with the rights it has now; rejects when it has none any more. */
  authorise: (principal: Principal, workspace: string) => Promise<Principal>
  /** Ids of the workspaces for which schedules run. */
  workspaces: () => Promise<readonly string[]>
}

export type Jobs = {
  /** Tells the types of all features; throws for one that is defined twice or cannot be meant. Once, before `start`. */
  define(definitions: readonly JobDefinition[]): void
  /** For `makeScopes`: writes the row of a job in the caller's transaction; workers wake after COMMIT. */
  enqueue: (db: Db, context: WriteContext, job: NewJob) => Promise<string>
  /** Ends a job that has not ended. JOB_NOT_FOUND, JOB_ALREADY_COMPLETED. */
  cancel(tx: Tx, id: string): Promise<void>
  /**
   * Ends all jobs of the scope's workspace but itself, or those of somebody, and what they leave behind; upkeep goes on.
   * Resolves when no body of them runs here any more, with how many were ended.
   */
  endAll(scope: Scope, whose?: Whose): Promise<number>
  /** Jobs of these tasks that have not ended. */
  openOfTasks(
    from: Pick<Tx, 'workspace' | 'db'>,
    tasks: readonly string[],
  ): Promise<readonly { id: string; task_id: string }[]>
  /** Queues a failed or cancelled job once more. JOB_NOT_FOUND, JOB_NOT_ENDED, JOB_ALREADY_COMPLETED, ACCESS_DENIED. */
  retry(tx: Tx, id: string): Promise<void>
  /** State of a job that runs in this process, fresher than the ledger; null for any other. */
  live(workspace: string, id: string): JobState | null
  /** Tells of jobs of this process that report progress: as they move (at most 10/s each) and end. The answer stops it. */
  onProgress(listener: LiveListener): () => void
  /** Calls when a job of this process moves or ends, whether it reports progress or not. The answer stops it. */
  watch(workspace: string, id: string, watcher: Watcher): () => void
  /** The job once it has ended; null when that takes longer than `within` milliseconds, or nobody waits any more. */
  ended(scope: Pick<Scope, 'workspace' | 'db' | 'signal'>, id: string, within: number): Promise<Ended | null>
  /** What a job came to that is short as a rule; null when it takes longer than a call should wait. JOB_FAILED. */
  result<T>(scope: Pick<Scope, 'workspace' | 'db' | 'signal'>, id: string): Promise<T | null>
  /** How many jobs a workspace has by status, counted to 100,000 each. */
  counts(scope: Pick<Tx, 'workspace' | 'db'>): Promise<Record<JobStatus, number>>
  /** Types that are housekeeping (`quiet`). */
  quiet(): string[]
  health(): { status: 'ok' | 'degraded'; detail: string }
  /** Makes this process a worker. Throws when the ledger holds open jobs of a type that is not defined. */
  start(parts: JobStart): Promise<void>
  /** Takes no more jobs, asks running ones to end and hands them back; resolves when that is written. */
  stop(): Promise<void>
}

export function makeJobs(settings: JobSettings): Jobs {
  const { database, clock, log } = settings
  const { slots = 32, timeZone = 'UTC', driver = inProcessDriver(), mask = maskText } = settings
  const times = { ...usualTimes, ...settings.times }
  const worker = `${settings.worker ?? newId()}/${newId()}`
  const ledger = makeLedger(database.name)
  const following = makeLive(clock)
  let types: JobTypes = new Map()
  let runner: Runner | null = null
  let quit: () => Promise<void> = async () => {}

  const enqueue = makeEnqueue({ ledger, clock, type: (name) => types.get(name), wake: (ids) => driver.wake(ids) })

  async function cancel(tx: Tx, id: string): Promise<void> {
    const row = await found(tx, id)
    if (hasEnded(row.status)) throw fail('JOB_ALREADY_COMPLETED', { status: row.status })
    await ledger.cancel(tx.db, row, tx.now)
    const passed = await ledger.passTurns(tx.db, [row])
    tx.event({ type: 'job.cancelled', subject: id, data: { type: row.type } })
    tx.after(() => {
      runner?.interrupt(jobKey(row), 'cancelled')
      following.tell(row, stateOf({ ...row, status: 'cancelled', updated_at: tx.now, completed_at: tx.now }, null))
      if (passed.length > 0) driver.wake(passed)
    })
  }

  async function retry(tx: Tx, id: string): Promise<void> {
    const row = await found(tx, id)
    if (!hasEnded(row.status)) throw fail('JOB_NOT_ENDED', { status: row.status })
    if (row.status === 'succeeded') throw fail('JOB_ALREADY_COMPLETED', { status: row.status })
    const type = types.get(row.type)
    if (!type) throw fail('JOB_TYPE_UNKNOWN', { type: row.type })
    // It runs with the rights of whoever asked for it first, so nobody else may set it going.
    if (!mayRetry(tx.principal, JSON.parse(row.principal) as Principal))
      throw fail('ACCESS_DENIED', { permission: 'to run what another asked for' })
    const behind = row.concurrency !== null && (await ledger.ahead(tx.db, row, row.concurrency)) !== null
    const change = { turn: behind ? 0 : 1, max_attempts: row.attempt + type.attempts, now: tx.now }
    await ledger.requeue(tx.db, row, change)
    await dropStatus(tx.db, row.workspace, id)
    if (!type.definition.quiet) tx.event({ type: 'job.queued', subject: id, data: { type: row.type } })
    tx.after(() => driver.wake([id]))
  }

  async function found(tx: Tx, id: string): Promise<JobRow> {
    const row = await ledger.lock(tx.db, tx.workspace, id)
    if (!row) throw fail('JOB_NOT_FOUND')
    return row
  }

  async function start({ scope, authorise, workspaces }: JobStart): Promise<void> {
    const unknown = (await openTypes(database.db)).filter((type) => !types.has(type))
    if (unknown.length > 0)
      throw new Error(
        `The ledger holds open jobs of types that nothing here runs: ${unknown.join(', ')}. A newer Cairn made them; start that one.`,
      )
    const settling = makeSettling({ ledger, scope, log, passed: (ids) => driver.wake(ids) })
    const reporting = makeReporting({ ledger, scope, clock, log, every: times.report })
    const shared = { ledger, database, clock, log, types, worker, lease: times.lease }
    const made = makeRunner({
      ...{ ...shared, settling, reporting, scope, authorise, mask, slots, following },
      ...{ grace: times.grace, lookEvery: times.look },
    })
    runner = made
    const leases = makeLeases({ ...shared, runner: made, heartbeat: times.heartbeat, settling })
    const schedules = makeSchedules({ database, clock, types, timeZone, scope, workspaces })
    await leases.takeBack()
    await schedules.enter()
    await driver.start(made.look)
    made.start()
    const looking = regularly(times.look, log, schedules.serve)
    // Apart from the rest, which may take its time.
    const beating = regularly(times.heartbeat, log, leases.renew)
    const caring = regularly(times.heartbeat, log, async () => {
      await leases.takeBack()
      await leases.shortenWaits()
      await schedules.enter()
      await schedules.reset()
    })
    quit = async () => {
      await driver.stop()
      await looking.stop()
      await caring.stop()
      await made.stop(times.grace + 3_000)
      await beating.stop()
      runner = null
    }
  }

  const ended: Jobs['ended'] = (scope, id, within) =>
    endOf(scope, id, within, (watcher) => following.watch({ workspace: scope.workspace, id }, watcher))

  return {
    define(definitions) {
      if (types.size > 0) throw new Error('The types of jobs are told once.')
      types = knowTypes(definitions)
    },
    enqueue,
    cancel,
    retry,
    endAll: makeEndAll({ cancel, type: (name) => types.get(name), attempts: () => runner?.attempts() ?? [] }),
    live(workspace, id) {
      const attempt = runner?.attempt(jobKey({ workspace, id }))
      return attempt ? following.now(attempt) : null
    },
    onProgress: (listener) => following.follow(listener),
    watch: (workspace, id, watcher) => following.watch({ workspace, id }, watcher),
    ended,
    result: async <T>(scope: Parameters<Jobs['ended']>[0], id: string) =>
      resultOf(await ended(scope, id, patience)) as T | null,
    openOfTasks: ({ db, workspace }, tasks) => openJobsOfTasks(db, workspace, tasks),
    counts: ({ db, workspace }) => countJobs(db, workspace),
    quiet: () => [...types].filter(([, type]) => type.definition.quiet).map(([name]) => name),
    health() {
      const { failing, used } = runner?.health() ?? { failing: false, used: 0 }
      const detail = runner ? `${used} of ${slots} slots in use` : 'no worker in this process'
      return { status: failing ? 'degraded' : 'ok', detail }
    },
    start,
    stop: () => quit(),
  }
}

/** The system's jobs belong to nobody; others to the person, or the agent, that asked for them. */
function mayRetry(asking: Principal, asked: Principal): boolean {
  return asked.kind === 'system' || (asking.person === asked.person && asking.agent === asked.agent)
}

/** Does something again and again, never twice at once; what it throws is logged and it goes on. */
function regularly(every: number, log: Log, action: () => Promise<void>) {
  let stopped = false
  let going: Promise<void> = Promise.resolve()
  let timer = setTimeout(run, every)
  function run() {
    going = action()
      .catch((error: unknown) => {
        if (!(stopped && error instanceof CairnError)) log.warn({ err: error }, 'The care of jobs failed; trying again')
      })
      .then(() => {
        if (!stopped) timer = setTimeout(run, every)
      })
  }
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await going
    },
  }
}
