/** Follows one job to its end, with a bar where there is a terminal. */
import type { JobState } from '@cairn/api/jobs'
import cliProgress from 'cli-progress'
import { type Context, JobError } from './context.ts'
import { harmless } from './text.ts'

/** Resolves with the job's last state. */
export async function follow(context: Context, id: string): Promise<JobState> {
  const bar = context.json || !process.stderr.isTTY ? null : makeBar()
  let last: JobState | null = null
  try {
    for await (const { event, data } of context.api.jobs.status.stream({ id })) {
      if (event !== 'progress' && event !== 'complete') continue
      last = data as JobState
      bar?.show(last)
    }
  } finally {
    bar?.stop()
  }
  return last ?? context.api.jobs.status({ id })
}

/** Throws when the job did not succeed. */
export async function finish(context: Context, id: string) {
  const state = await follow(context, id)
  if (state.status !== 'succeeded')
    throw new JobError(state.error?.code ?? 'JOB_NOT_SUCCEEDED', state.error?.message ?? `The job was ${state.status}.`)
  return (await context.api.jobs.get({ id })).result
}

function makeBar() {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % {value} of {total}  {rate}/s  {left}  {what}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    stream: process.stderr,
  })
  let started: number | null = null
  return {
    show({ progress }: JobState): void {
      const { steps_completed: done, steps_total: total, eta_seconds: eta, phase, message } = progress
      const all = total ?? Math.max(done, 1)
      if (started === null) bar.start(all, done, { rate: 0, left: '', what: phase })
      started ??= performance.now()
      bar.setTotal(all)
      const rate = Math.round(done / Math.max((performance.now() - started) / 1000, 0.001))
      bar.update(done, {
        rate,
        left: eta === null ? '' : `${Math.round(eta)} s left`,
        what: harmless(message ?? phase),
      })
    },
    stop: () => bar.stop(),
  }
}
