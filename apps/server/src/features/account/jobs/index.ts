/**
 * Jobs as people see them: the list, how far each is, what it wrote down, cancel, retry, prune.
 * Tables: jobs, job_status, job_log, job_step, job_schedule (written by kernel/jobs; pruned here).
 * Job: jobs.prune. Events: job.pruned (job.queued, started, waiting, succeeded, failed, cancelled come from kernel/jobs).
 * Invariant: only a job that has ended can be removed, and what hangs on it goes with it.
 */
import { type JobLogLine, jobs as operations } from '@cairn/api/jobs'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { eraseModule } from './erase-store.ts'
import { retainModule } from './retain-store.ts'
import { prune, pruneJob } from './prune.ts'
import { makeJobsService } from './service.ts'
import { stateFrames } from './stream.ts'

const day = 86_400_000
/** Lines of a message after its first are set in, so that none looks like a line of its own. */
const textLine = ({ at, level, message }: JobLogLine) =>
  `${at} ${level.padEnd(5)} ${message.replaceAll('\n', '\n    ')}\n`

export function makeJobsFeature(kernel: Pick<Kernel, 'clock' | 'jobs'>) {
  const { clock, jobs } = kernel
  const service = makeJobsService({ clock, jobs })
  const feature: Feature = {
    name: 'jobs',
    tables: ['jobs', 'job_status', 'job_log', 'job_step', 'job_schedule'],
    erase: eraseModule,
    retain: retainModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      costs: (call) => service.costs(call, call.input),
      get: (call) => service.detail(call, call.input.id),
      status: async (call) => {
        const { id } = call.input
        const state = await service.state(call, id)
        if (call.accepts !== 'events') return state
        return answer.events(stateFrames(call, jobs, id, () => service.state(call, id)))
      },
      log: async (call) => {
        const items = await service.log(call, call.input.id)
        if (call.accepts === 'json') return { items }
        return answer.text(items.map(textLine).join(''))
      },
      cancel: async (call) => {
        await call.write((tx) => jobs.cancel(tx, call.input.id))
        return service.get(call, call.input.id)
      },
      retry: async (call) => {
        await call.write((tx) => jobs.retry(tx, call.input.id))
        return service.get(call, call.input.id)
      },
      prune: (call) => {
        const { statuses = ['succeeded'], older_than_days = 30 } = call.input
        return prune(call, jobs, { statuses, before: clock.now() - older_than_days * day })
      },
    }),
    jobs: [pruneJob],
    refer: {
      job: async (scope, ids) => {
        const rows = await service.named(scope, ids)
        return rows.map(({ id, type, status }) => ({ id, title: `${type} (${status})`, uri: `job:${id}` }))
      },
    },
    health: {
      jobs: async () => jobs.health(),
    },
  }
  return { ...service, feature }
}
