/** Many small jobs of one kind in a row are one line until someone wants to see them all. */
import type { Job } from '@cairn/api/jobs'

export type Fold = { first: Job; rest: Job[] }

/** Folds neighbours of one type that succeeded without being asked for by hand: indexing after each save, say. */
export function foldJobs(jobs: readonly Job[]): Fold[] {
  const folds: Fold[] = []
  for (const job of jobs) {
    const last = folds.at(-1)
    if (last && quiet(job) && quiet(last.first) && last.first.type === job.type) last.rest.push(job)
    else folds.push({ first: job, rest: [] })
  }
  return folds
}

const quiet = (job: Job) => job.status === 'succeeded' && job.thread_id === null && job.task_id === null
