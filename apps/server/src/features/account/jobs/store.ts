/** What people read of the ledger, and what is taken out of it when it is old; the only SQL of this feature. */
import type { EndedJobStatus, JobStatus } from '@cairn/api/jobs'
import { sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import { contains } from '../../../kernel/database/like.ts'
import { hasEnded } from '../../../kernel/jobs/ledger.ts'
import type { JobRow, JobStatusRow, JobTables } from '../../../kernel/jobs/rows.ts'
import type { UsageLogRow } from '../../ground/models/store.ts'

type Reader = { workspace: string; db: Db }
/** A job beside how far it is; the columns of `job_status` are null while it has not said. */
export type SeenJob = Omit<JobRow, 'input' | 'result'> & {
  [K in Exclude<keyof JobStatusRow, 'workspace' | 'job_id' | 'started_at' | 'updated_at'>]: JobStatusRow[K] | null
}

const tables = (reader: Reader) => reader.db.withTables<JobTables>()

const seen = (from: Reader) =>
  tables(from)
    .selectFrom('jobs')
    .leftJoin('job_status', (join) =>
      join.onRef('job_status.workspace', '=', 'jobs.workspace').onRef('job_status.job_id', '=', 'jobs.id'),
    )
    .where('jobs.workspace', '=', from.workspace)
    .select(['jobs.workspace', 'id', 'type', 'status', 'priority', 'principal', 'concurrency', 'unique_key', 'project'])
    .select(['task_id', 'thread_id', 'position', 'turn', 'due_at', 'run_at', 'attempt', 'max_attempts', 'fence'])
    .select(['lease_until', 'worker', 'error', 'created_at', 'jobs.updated_at', 'jobs.started_at', 'completed_at'])
    .select(['phase', 'steps_total', 'steps_completed', 'eta_seconds', 'message'])

export const jobById = (from: Reader, id: string): Promise<SeenJob | undefined> =>
  seen(from).where('id', '=', id).executeTakeFirst()

export const jobsByIds = (from: Reader, ids: readonly string[]): Promise<SeenJob[]> =>
  seen(from)
    .where('id', 'in', [...ids])
    .execute()

/** Input and result as JSON; apart, because they may be large. */
export const contentOf = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('jobs')
    .select(['input', 'result'])
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export type JobFilter = Page<number> & {
  status?: readonly JobStatus[] | undefined
  type?: string | undefined
  /** Types that are left out. */
  without?: readonly string[] | undefined
  project?: string | undefined
  q?: string | undefined
  /** Epoch ms; `from` inclusive, `to` exclusive. */
  from?: number | undefined
  to?: number | undefined
}

/** A page of jobs, newest first. */
export function jobPage(reader: Reader, { status, ...filter }: JobFilter): Promise<SeenJob[]> {
  const [first, ...others] = new Set(status).values().map((one) => narrowed(reader, one, filter))
  if (!first || others.length === 0) return (first ?? narrowed(reader, undefined, filter)).execute()
  // Each status has its place in the index: a page of each is read, in one statement, and put together.
  const from = (page: typeof first) => tables(reader).selectFrom(page.as('page')).selectAll()
  const all = others.reduce((union, page) => union.unionAll(from(page)), from(first))
  return tables(reader)
    .selectFrom(all.as('found'))
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .execute()
}

function narrowed(reader: Reader, status: JobStatus | undefined, filter: Omit<JobFilter, 'status'>) {
  const { type, without = [], project, q, from, to } = filter
  let query = newestFirst(seen(reader), 'created_at', filter)
  if (status !== undefined) query = query.where('status', '=', status)
  if (type !== undefined) query = query.where('type', '=', type)
  if (without.length > 0) query = query.where('type', 'not in', [...without])
  if (project !== undefined) query = query.where('project', '=', project)
  if (from !== undefined) query = query.where('created_at', '>=', from)
  if (to !== undefined) query = query.where('created_at', '<', to)
  const texts = ['type', 'phase', 'message', 'error']
  if (q !== undefined) query = query.where((row) => row.or(texts.map((column) => contains(column, q))))
  return query
}

type Sums = { type: string; runs: number; failed: number; ms: number }
type ModelSums = {
  type: string
  calls: number
  input_tokens: number
  output_tokens: number
  cost_usd: number
  unpriced: number
}

/** What the jobs made in [from, to) took, by type. */
export type JobSums = [took: Sums[], called: ModelSums[]]
export async function sumsByType(reader: Reader, { from, to }: { from: number; to: number }): Promise<JobSums> {
  const made = reader.db
    .withTables<JobTables & { llm_usage_log: UsageLogRow }>()
    .selectFrom('jobs')
    .where('jobs.workspace', '=', reader.workspace)
    .where('jobs.created_at', '>=', from)
    .where('jobs.created_at', '<', to)
    .groupBy('jobs.type')
    .select('jobs.type')
  const took = made
    .select(({ fn }) => fn.countAll<number>().as('runs'))
    .select(sql<number>`sum(case when status = 'failed' then 1 else 0 end)`.as('failed'))
    .select(sql<number>`coalesce(sum(completed_at - started_at), 0)`.as('ms'))
  const called = made
    .innerJoin('llm_usage_log as used', (join) =>
      join.onRef('used.workspace', '=', 'jobs.workspace').onRef('used.job', '=', 'jobs.id'),
    )
    .select(({ fn }) => fn.countAll<number>().as('calls'))
    .select(({ fn }) => fn.sum<number>('used.input_tokens').as('input_tokens'))
    .select(({ fn }) => fn.sum<number>('used.output_tokens').as('output_tokens'))
    .select(sql<number>`coalesce(sum(used.cost_usd), 0)`.as('cost_usd'))
    .select(sql<number>`sum(case when used.cost_usd is null then 1 else 0 end)`.as('unpriced'))
  return [await took.execute(), await called.execute()]
}

/** What a job wrote down, oldest first. */
export const logOf = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('job_log')
    .select(['number', 'at', 'attempt', 'level', 'message'])
    .where('workspace', '=', from.workspace)
    .where('job_id', '=', id)
    .orderBy('number')
    .execute()

export type Pruning = {
  statuses: readonly EndedJobStatus[]
  /** Epoch ms: what ended before. */
  before: number
  /** Only these types. */
  types?: readonly string[]
}

/** Removes some of the jobs that ended before a time; what hangs on them goes along. Answers their statuses. */
export async function removeEnded(to: Reader, pruning: Pruning, atMost: number): Promise<EndedJobStatus[]> {
  const { statuses, before, types } = pruning
  let old = tables(to)
    .selectFrom('jobs')
    .select('id')
    .where('workspace', '=', to.workspace)
    .where('status', 'in', [...statuses])
    // Nothing ends before it was made: this bounds the search to the old end of the index.
    .where('created_at', '<', before)
    .where('completed_at', '<', before)
    .limit(atMost)
  if (types) old = old.where('type', 'in', [...types])
  const rows = await tables(to)
    .deleteFrom('jobs')
    .where('workspace', '=', to.workspace)
    .where('id', 'in', old)
    .returning('status')
    .execute()
  return rows.map((row) => row.status).filter((status): status is EndedJobStatus => hasEnded(status))
}
