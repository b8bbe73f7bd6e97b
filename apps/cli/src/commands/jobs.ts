import type { Job, JobState } from '@cairn/api/jobs'
import type { Command } from 'commander'
import { type Context, makeContext, whole } from '../context.ts'
import { clock, coloured, harmless, pc } from '../text.ts'

type Options = {
  follow?: boolean
  status?: string[]
  type?: string
  limit?: number
  json?: boolean
  workspace?: string
}

/** `cairn jobs`: the ledger, newest first; `--follow` goes on telling what happens. */
export const addJobs = (program: Command) =>
  program
    .command('jobs')
    .description('list jobs, newest first')
    .option('--follow', 'go on telling until all have ended and Ctrl-C')
    .option('--status <status...>', 'queued, running, waiting, succeeded, failed, cancelled')
    .option('--type <type>', 'one type only')
    .option('--limit <n>', 'how many', whole, 20)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const { items } = await context.api.jobs.list({
        ...(options.limit !== undefined && { limit: options.limit }),
        ...(options.status && { status: options.status as Job['status'][] }),
        ...(options.type && { type: options.type }),
      })
      if (!options.follow) {
        return context.print({ items }, () => (items.length > 0 ? items.map(lineOf) : 'No jobs yet.'))
      }
      for (const job of items.toReversed()) context.print(job, () => lineOf(job))
      await followAll(context)
    })

/** Every event of a job as a line, until the connection ends. */
async function followAll(context: Context): Promise<void> {
  for await (const { data } of context.api.events.follow.stream({})) {
    const event = data as { type: string; subject: string }
    if (!event.type.startsWith('job.')) continue
    const state = await context.api.jobs.status({ id: event.subject }).catch(() => null)
    if (state) context.print(state, () => stateLine(state))
  }
}

const lineOf = (job: Job) => describe({ ...job, job_id: job.id })
const stateLine = (state: JobState) => describe(state)

function describe(job: Pick<JobState, 'job_id' | 'type' | 'status' | 'progress' | 'error' | 'updated_at'>): string {
  const { steps_completed: done, steps_total: total, phase } = job.progress
  // How far it was is told while it matters.
  const ended = job.status === 'succeeded' || job.status === 'cancelled'
  const far = ended ? '' : total === null ? (done > 0 ? `${done}` : '') : `${done} of ${total}`
  const why = job.error ? pc.red(harmless(job.error.message)) : ''
  return [
    pc.dim(job.job_id),
    clock(job.updated_at),
    coloured(job.status),
    job.type,
    ended ? '' : harmless(phase),
    far,
    why,
  ]
    .filter(Boolean)
    .join('  ')
}
