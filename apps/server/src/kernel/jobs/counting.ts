/** What a job did in many small transactions, counted in each of them: cut off, the next attempt goes on counting. */
import type { Scope, Tx } from '../scope.ts'
import { countStep, finishedSteps } from './journal.ts'

export type Counts = Record<string, number>

/** The step that the counts lie in. */
const name = 'counts'

export function sum(one: Counts, other: Counts): Counts {
  const all = { ...one }
  for (const [key, number] of Object.entries(other)) all[key] = (all[key] ?? 0) + number
  return all
}

/** Adds to what the job has counted so far, and answers all of it; outside of a job there is nothing to add to. */
export async function countOn(tx: Pick<Tx, 'db' | 'workspace' | 'job' | 'now'>, more: Counts): Promise<Counts> {
  if (tx.job === null) return more
  const all = sum(await countedSoFar(tx), more)
  await countStep(tx.db, {
    ...{ workspace: tx.workspace, job_id: tx.job, name, result: JSON.stringify(all), attempt: 0, finished_at: tx.now },
  })
  return all
}

export async function countedSoFar({ db, workspace, job }: Pick<Scope, 'db' | 'workspace' | 'job'>): Promise<Counts> {
  if (job === null) return {}
  return JSON.parse((await finishedSteps(db, workspace, job)).get(name) ?? '{}') as Counts
}
