/** A job as people see it, from its row and how far it is. */
import type { JobProgress, JobState } from '@cairn/api/jobs'
import { iso, isoOrNull } from '../clock.ts'
import type { LiveProgress } from './notes.ts'
import type { JobRow, JobStatusRow } from './rows.ts'

type Shown = Pick<JobRow, 'id' | 'type' | 'status' | 'attempt' | 'error' | 'updated_at' | 'completed_at'>

export const progressOf = (attempt: number, live: LiveProgress | null): JobProgress => ({
  phase: live?.phase ?? '',
  steps_completed: live?.done ?? 0,
  steps_total: live?.total ?? null,
  message: live?.message ?? null,
  eta_seconds: live?.eta ?? null,
  retries: Math.max(attempt - 1, 0),
})

/** What the ledger remembers of a job's progress. */
export const remembered = (row: Omit<JobStatusRow, 'workspace' | 'job_id'> | null): LiveProgress | null =>
  row && {
    ...{ phase: row.phase, done: row.steps_completed, total: row.steps_total },
    ...{ message: row.message, eta: row.eta_seconds },
  }

export const stateOf = (row: Shown, live: LiveProgress | null): JobState => ({
  job_id: row.id,
  type: row.type,
  status: row.status,
  attempt: row.attempt,
  progress: progressOf(row.attempt, live),
  error: errorOf(row.error),
  updated_at: iso(row.updated_at),
  completed_at: isoOrNull(row.completed_at),
})

export const errorOf = (json: string | null) => (json === null ? null : (JSON.parse(json) as JobState['error']))
