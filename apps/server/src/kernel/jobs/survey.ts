/** Looks into the ledger that change nothing. */
import { sql } from 'kysely'
import type { Db } from '../database/dialect.ts'
import type { JobStatus } from './definition.ts'
import type { Held, JobRow, JobTables } from './rows.ts'

/** What is known of a job that some worker holds. */
export type Lease = Held & Pick<JobRow, 'type' | 'worker' | 'attempt' | 'max_attempts'> & { lease_until: number }

const statuses: readonly JobStatus[] = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled']
const countedTo = 100_000

const tables = (db: Db) => db.withTables<JobTables>()

/** When the next job of each type and priority is due: 0 is now. Only those that have one. */
export async function dueTimes(db: Db, kinds: readonly { type: string; priority: number }[]) {
  if (kinds.length === 0) return []
  const asked = kinds.map(({ type, priority }) => sql`(${type}, cast(${priority} as integer))`)
  const { rows } = await sql<{ type: string; priority: number; due_at: number }>`
    with kind(type, priority) as (values ${sql.join(asked)}), next as materialized (
      select type, priority, (
        select j.due_at from jobs as j
        where j.type = kind.type and j.priority = kind.priority and j.due_at is not null
        order by j.due_at limit 1
      ) as due_at from kind
    )
    select type, priority, due_at from next where due_at is not null`.execute(db)
  return rows
}

/** Every job that a worker holds, anywhere. */
export async function heldJobs(db: Db): Promise<Lease[]> {
  const rows = await tables(db)
    .selectFrom('jobs')
    .select(['workspace', 'id', 'fence', 'type', 'worker', 'attempt', 'max_attempts', 'lease_until'])
    .where('lease_until', 'is not', null)
    .execute()
  return rows as Lease[]
}

/** Number of the last attempt that finished a step; 0 when none did. */
export async function lastProductive(db: Db, job: Pick<JobRow, 'workspace' | 'id'>): Promise<number> {
  const row = await tables(db)
    .selectFrom('job_step')
    .select((expression) => expression.fn.max('attempt').as('attempt'))
    .where('workspace', '=', job.workspace)
    .where('job_id', '=', job.id)
    .executeTakeFirst()
  return row?.attempt ?? 0
}

/** Jobs that tasks of a workspace asked for and that have not ended. */
export async function openJobsOfTasks(db: Db, workspace: string, tasks: readonly string[]) {
  if (tasks.length === 0) return []
  const rows = await tables(db)
    .selectFrom('jobs')
    .select(['id', 'task_id'])
    .where('workspace', '=', workspace)
    .where('task_id', 'in', [...tasks])
    .where('completed_at', 'is', null)
    .execute()
  return rows as { id: string; task_id: string }[]
}

/** Jobs of a workspace that have not ended. */
export const openJobs = (db: Db, workspace: string): Promise<Pick<JobRow, 'id' | 'type' | 'principal'>[]> =>
  tables(db)
    .selectFrom('jobs')
    .select(['id', 'type', 'principal'])
    .where('workspace', '=', workspace)
    .where('completed_at', 'is', null)
    .execute()

/** How a job stands, and what it came to. */
export const outcomeOf = (db: Db, workspace: string, id: string) =>
  tables(db)
    .selectFrom('jobs')
    .select(['status', 'result', 'error', 'completed_at'])
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()

/** Types of jobs that a worker holds or may take, now or later. */
export async function openTypes(db: Db): Promise<string[]> {
  const open = (column: 'due_at' | 'lease_until') =>
    tables(db).selectFrom('jobs').select('type').where(column, 'is not', null)
  return (await open('due_at').union(open('lease_until')).execute()).map((row) => row.type)
}

/** How many jobs a workspace has in each state, counted to a bound: nobody needs to know more exactly. */
export async function countJobs(db: Db, workspace: string): Promise<Record<JobStatus, number>> {
  const count = async (status: JobStatus) => {
    const some = tables(db)
      .selectFrom('jobs')
      .select('id')
      .where('workspace', '=', workspace)
      .where('status', '=', status)
      .limit(countedTo)
    const query = db.selectFrom(some.as('some')).select((expression) => expression.fn.countAll<number>().as('count'))
    return [status, (await query.executeTakeFirstOrThrow()).count] as const
  }
  return Object.fromEntries(await Promise.all(statuses.map(count))) as Record<JobStatus, number>
}
