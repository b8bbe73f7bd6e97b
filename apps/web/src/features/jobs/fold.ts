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

/** Was it opened, by whichever of its jobs? */
export const isOpen = ({ first, rest }: Fold, open: ReadonlySet<string>) =>
  open.size > 0 && [first, ...rest].some(({ id }) => open.has(id))

/** What is one below the other: of a fold its first job and, as that one's id, a line for the others; those where it is open. */
export const rowsOf = (folds: readonly Fold[], open: ReadonlySet<string>): (Job | string)[] =>
  folds.flatMap((fold) => {
    if (fold.rest.length === 0) return [fold.first]
    return [fold.first, fold.first.id, ...(isOpen(fold, open) ? fold.rest : [])]
  })
