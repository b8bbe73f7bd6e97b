/** The ledger's tables, as `migrations/0002-jobs.ts` makes them. */
import type { JobStatus } from './definition.ts'

export type JobRow = {
  workspace: string
  id: string
  type: string
  status: JobStatus
  priority: number
  input: string
  principal: string
  concurrency: string | null
  unique_key: string | null
  project: string | null
  task_id: string | null
  thread_id: string | null
  position: number
  turn: number
  due_at: number | null
  run_at: number
  attempt: number
  max_attempts: number
  lease_until: number | null
  worker: string | null
  fence: number
  result: string | null
  error: string | null
  created_at: number
  updated_at: number
  started_at: number | null
  completed_at: number | null
}
export type JobStatusRow = {
  workspace: string
  job_id: string
  phase: string
  steps_total: number | null
  steps_completed: number
  eta_seconds: number | null
  message: string | null
  started_at: number
  updated_at: number
}
export type JobLogRow = {
  workspace: string
  job_id: string
  number: number
  at: number
  attempt: number
  level: 'info' | 'warn' | 'error'
  message: string
}
export type JobStepRow = {
  workspace: string
  job_id: string
  name: string
  result: string
  attempt: number
  finished_at: number
}
export type JobScheduleRow = {
  workspace: string
  type: string
  cron: string
  /** Whose clocks the expression means. */
  time_zone: string
  next_at: number
  served_at: number | null
}
export type JobTables = {
  jobs: JobRow
  job_status: JobStatusRow
  job_log: JobLogRow
  job_step: JobStepRow
  job_schedule: JobScheduleRow
}

/** Which job, and by which right: a worker holds it as long as the row has this fencing number and is running. */
export type Held = { workspace: string; id: string; fence: number }

/** One text for a job's two-part key, for maps in memory. */
export const jobKey = (job: { workspace: string; id: string }) => `${job.workspace} ${job.id}`
