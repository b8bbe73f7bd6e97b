/** Rules of the ledger as people see it. */
import { fail } from '@cairn/api/errors'
import type { Job, JobCost, JobDetail, JobLogLine, JobState, JobStatus } from '@cairn/api/jobs'
import { type Clock, iso, isoOrNull } from '../../../kernel/clock.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import { errorOf, progressOf, remembered, stateOf } from '../../../kernel/jobs/state.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Principal, Scope } from '../../../kernel/scope.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type ListInput = {
  limit?: number
  cursor?: string
  status?: JobStatus[]
  type?: string
  without?: readonly string[]
  project?: string
  q?: string
  from?: string
  to?: string
}

const storeModule = new URL('./store.ts', import.meta.url)
const day = 86_400_000

const unused = { calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, unpriced: 0 }

export function makeJobsService({ clock, jobs }: { clock: Clock; jobs: Pick<Jobs, 'live' | 'watch'> }) {
  async function list(scope: Reader & Pick<Scope, 'apart'>, input: ListInput) {
    const { cursor, from, to, limit: wanted, ...filters } = input
    const limit = pageSize(wanted)
    const after = decodeCursor(cursor, [0, ''] as const)
    const times = {
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    }
    const filter: store.JobFilter = { ...filters, ...times, after, limit: limit + 1 }
    // With words every job may have to be looked at: that is for a worker.
    const rows = await (filter.q
      ? scope.apart.read<store.SeenJob[]>(storeModule, 'jobPage', filter)
      : store.jobPage(scope, filter))
    return toPage(rows, limit, (row) => [row.created_at, row.id], view)
  }

  async function get(scope: Reader, id: string): Promise<Job> {
    return view(await found(scope, id))
  }

  async function detail(scope: Reader, id: string): Promise<JobDetail> {
    const row = await found(scope, id)
    const content = await store.contentOf(scope, id)
    if (!content) throw fail('JOB_NOT_FOUND')
    const result: unknown = content.result === null ? null : JSON.parse(content.result)
    return { ...view(row), input: JSON.parse(content.input) as unknown, result, concurrency: row.concurrency }
  }

  async function state(scope: Reader, id: string): Promise<JobState> {
    const row = await found(scope, id)
    return (row.status === 'running' && jobs.live(scope.workspace, id)) || stateOf(row, progressIn(row))
  }

  async function log(scope: Reader, id: string): Promise<JobLogLine[]> {
    await found(scope, id)
    const lines = await store.logOf(scope, id)
    return lines.map((line) => ({ ...line, at: iso(line.at) }))
  }

  /** Jobs made in [from, to), by type; the last thirty days unless said. */
  async function costs(
    scope: Pick<Scope, 'workspace' | 'db' | 'apart'>,
    input: { from?: string; to?: string },
  ): Promise<{ items: JobCost[] }> {
    const to = input.to === undefined ? clock.now() + 1 : Date.parse(input.to)
    const from = input.from === undefined ? to - 30 * day : Date.parse(input.from)
    const [took, called] = await scope.apart.read<store.JobSums>(storeModule, 'sumsByType', { from, to })
    const calls = new Map(called.map((sums) => [sums.type, sums]))
    const items = took.map(({ ms, ...sums }) => {
      const used = calls.get(sums.type) ?? unused
      // Ten thousandths of a cent are enough; sums of floats end in noise.
      return { ...used, ...sums, seconds: ms / 1_000, cost_usd: Math.round(used.cost_usd * 1e8) / 1e8 }
    })
    return { items: items.sort((one, other) => other.seconds - one.seconds) }
  }

  const named = async (scope: Reader, ids: readonly string[]) => (ids.length === 0 ? [] : store.jobsByIds(scope, ids))

  async function found(scope: Reader, id: string): Promise<store.SeenJob> {
    const row = await store.jobById(scope, id)
    if (!row) throw fail('JOB_NOT_FOUND')
    return row
  }

  function view(row: store.SeenJob): Job {
    const principal = JSON.parse(row.principal) as Principal
    const live = row.status === 'running' ? jobs.live(row.workspace, row.id) : null
    return {
      ...{ id: row.id, type: row.type, status: row.status, priority: row.priority },
      ...{ person: principal.person, agent: principal.agent },
      ...{ attempt: row.attempt, max_attempts: row.max_attempts },
      progress: live?.progress ?? progressOf(row.attempt, progressIn(row)),
      error: errorOf(row.error),
      ...{ project: row.project, task_id: row.task_id, thread_id: row.thread_id },
      ...{ run_at: iso(row.run_at), created_at: iso(row.created_at), updated_at: iso(row.updated_at) },
      ...{ started_at: isoOrNull(row.started_at), completed_at: isoOrNull(row.completed_at) },
    }
  }

  return { list, get, detail, state, log, costs, named }
}

function progressIn({ phase, steps_completed, steps_total, eta_seconds, message }: store.SeenJob) {
  if (phase === null) return null
  const columns = { phase, steps_completed: steps_completed ?? 0, steps_total, eta_seconds, message }
  return remembered({ ...columns, started_at: 0, updated_at: 0 })
}
