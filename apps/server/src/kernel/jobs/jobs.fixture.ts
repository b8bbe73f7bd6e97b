/** A worker over a fresh database, with short times, for tests of jobs. */
import { onTestFinished } from 'vitest'
import { quietLog, somebody, testDatabase } from '../../../test/database.ts'
import { until } from '../../../test/until.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { CloudEvent } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Principal } from '../scope.ts'
import { type MakeScope, makeScopes } from '../scopes.ts'
import type { JobDefinition, NewJob } from './definition.ts'
import { type JobSettings, type Jobs, makeJobs } from './jobs.ts'
import type { JobRow, JobTables } from './rows.ts'

export const log: Log = { ...quietLog, debug() {}, child: () => log }

/**
 * The lease is none of the short ones: on a busy machine a living worker is late, and a test that did not ask for it would
 * see its job given to another.
 */
const shortTimes = { lease: 30_000, heartbeat: 150, look: 30, report: 20, grace: 60 }
/** For tests that wait for the end of a lease. */
export const shortLease = { lease: 600 }

export type Work = Awaited<ReturnType<typeof workOver>>

type Options = Partial<Omit<JobSettings, 'database' | 'log'>> & {
  clock?: Clock
  authorise?: (principal: Principal, workspace: string) => Promise<Principal>
  workspaces?: () => Promise<readonly string[]>
  /** False leaves it to the test to start. */
  start?: boolean
}

/** Jobs of these types over a database of the test's own. */
export async function work(definitions: readonly JobDefinition[], options: Options = {}) {
  return workOver(await testDatabase(), definitions, options)
}

/** The same over a database that another worker may share. */
export async function workOver(database: Database, definitions: readonly JobDefinition[], options: Options = {}) {
  const { clock = systemClock, authorise, workspaces, start = true, times, ...settings } = options
  const published: CloudEvent[] = []
  const broken: unknown[] = []
  const jobs: Jobs = makeJobs({ database, clock, log, times: { ...shortTimes, ...times }, ...settings })
  jobs.define(definitions)
  const makeScope: MakeScope = makeScopes({
    database,
    clock,
    events: { publish: (events) => void published.push(...events) },
    enqueue: jobs.enqueue,
    reindex: async () => {},
    broken: (error) => void broken.push(error),
  })
  const begin = () =>
    jobs.start({
      scope: makeScope,
      authorise: authorise ?? (async (principal) => principal),
      workspaces: workspaces ?? (async () => ['w']),
    })
  onTestFinished(() => jobs.stop())
  if (start) await begin()

  const scope = (workspace = 'w', principal: Principal = somebody) => makeScope({ workspace, principal })
  const told = (id: string) => published.filter((event) => event.subject === id).map((event) => event.type)
  const tables = () => database.db.withTables<JobTables>()
  const rows = () => tables().selectFrom('jobs').selectAll().orderBy('position').execute()
  const row = async (id: string): Promise<JobRow> => {
    const found = (await rows()).find((each) => each.id === id)
    if (!found) throw new Error(`There is no job ${id}.`)
    return found
  }
  return {
    ...{ database, jobs, scope, rows, row, published, broken, begin },
    enqueue: (job: NewJob, workspace?: string) => scope(workspace).write((tx) => tx.enqueue(job)),
    cancel: (id: string) => scope().write((tx) => jobs.cancel(tx, id)),
    retry: (id: string, principal?: Principal) => scope('w', principal).write((tx) => jobs.retry(tx, id)),
    /** Events about a job; without `job.started`, which tells of slow ones only. */
    events: (id: string) => told(id).filter((type) => type !== 'job.started'),
    isStarted: (id: string) => told(id).includes('job.started'),
    /** Resolves with the row once it is in this state, and all that belongs to it was told. */
    reaches: (id: string, status: JobRow['status']) =>
      until(async () => {
        const found = await row(id)
        const settled = status === 'running' || jobs.live('w', id) === null
        return found.status === status && settled ? found : null
      }),
    status: (id: string) => tables().selectFrom('job_status').selectAll().where('job_id', '=', id).executeTakeFirst(),
    lines: (id: string) =>
      tables().selectFrom('job_log').selectAll().where('job_id', '=', id).orderBy('number').execute(),
  }
}

/** A clock of the test's own. */
export function heldClock(start = Date.parse('2026-11-21T12:00:00Z')) {
  let now = start
  return {
    clock: { now: () => now, monotonic: () => performance.now() } satisfies Clock,
    set: (time: number) => {
      now = time
    },
    add: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

/** A gate that bodies wait at until the test opens it. */
export function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}
