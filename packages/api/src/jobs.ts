/** Jobs: every run of long work, one row each in the one ledger. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  removedOrGoing,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** `queued → running ⇄ waiting → succeeded | failed | cancelled`. A waiting job holds no worker. */
export const JobStatus = oneOf('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')
export type JobStatus = Static<typeof JobStatus>
export const EndedJobStatus = oneOf('succeeded', 'failed', 'cancelled')
export type EndedJobStatus = Static<typeof EndedJobStatus>

/** Why a job failed: a code from the error table and a sentence. Never a stack trace. */
export const JobError = shape({ code: text(100, 1), message: text(2_000) })
export type JobError = Static<typeof JobError>

/** How far a job has come. Times left are an estimate from the steps done so far. */
export const JobProgress = shape({
  /** What it is doing, in a word: `reading`, `indexing`. Empty until it says so. */
  phase: text(200),
  steps_completed: count,
  /** Null while nobody knows. */
  steps_total: nullable(count),
  /** For people: a file's name, "12.3 MB". */
  message: nullable(text(500)),
  eta_seconds: nullable(Type.Number({ minimum: 0 })),
  /** Attempts after the first. */
  retries: count,
})
export type JobProgress = Static<typeof JobProgress>

const summary = {
  id: Id,
  /** `imports.history`, `files.index`, … */
  type: text(100, 1),
  status: JobStatus,
  /** 0 low, 1 medium, 2 high, 3 urgent. */
  priority: Type.Integer({ minimum: 0, maximum: 3 }),
  /** Id of the person it runs for; `system` for schedules. */
  person: text(200),
  /** Agent that acts for them, if one does. */
  agent: nullable(text(200)),
  attempt: count,
  max_attempts: count,
  progress: JobProgress,
  error: nullable(JobError),
  project: nullable(text(200)),
  task_id: nullable(text(200)),
  thread_id: nullable(text(200)),
  /** When it may start (again). */
  run_at: Time,
  created_at: Time,
  updated_at: Time,
  started_at: nullable(Time),
  completed_at: nullable(Time),
}
export const Job = shape(summary)
export type Job = Static<typeof Job>

/** A job with what it was asked and what it answered. */
export const JobDetail = shape({
  ...summary,
  input: Type.Unknown(),
  /** What it returned; null unless it succeeded. */
  result: Type.Unknown(),
  /** Jobs with the same key run one after the other. */
  concurrency: nullable(text(200)),
})
export type JobDetail = Static<typeof JobDetail>

/** Where a job stands now; also the data of the frames `progress` and `complete` of the stream. */
export const JobState = shape({
  job_id: Id,
  type: text(100, 1),
  status: JobStatus,
  attempt: count,
  progress: JobProgress,
  error: nullable(JobError),
  updated_at: Time,
  completed_at: nullable(Time),
})
export type JobState = Static<typeof JobState>

export const JobLogLine = shape({
  /** Numbered from 1 per job; a first number above 1 says how many older lines were dropped. */
  number: Type.Integer({ minimum: 1 }),
  at: Time,
  attempt: count,
  level: oneOf('info', 'warn', 'error'),
  message: text(2_000),
})
export type JobLogLine = Static<typeof JobLogLine>

/** What the jobs of one type took together. */
export const JobCost = shape({
  type: text(100, 1),
  runs: count,
  failed: count,
  /** Seconds from start to end, of those that ended. */
  seconds: Type.Number({ minimum: 0 }),
  /** Calls of models, their tokens, and what those with a known price cost. */
  calls: count,
  input_tokens: count,
  output_tokens: count,
  cost_usd: Type.Number({ minimum: 0 }),
  /** Calls whose price is not known. */
  unpriced: count,
})
export type JobCost = Static<typeof JobCost>

export const jobs = operations('jobs', {
  list: operation({
    method: 'GET',
    path: '/api/jobs',
    summary: 'List jobs, newest first',
    description: 'Several words of status may be given: `?status=queued&status=running`.',
    effect: 'read',
    query: {
      ...paging,
      status: optional(list(JobStatus, { minItems: 1, maxItems: 6 })),
      type: optional(text(100, 1)),
      project: optional(text(200, 1)),
      /** Part of the type, the phase, the message or the error. */
      q: optional(text(200, 1)),
      /** Made at or after this time. */
      from: optional(Time),
      /** Made before this time. */
      to: optional(Time),
    },
    output: page(Job),
  }),
  costs: operation({
    method: 'GET',
    path: '/api/jobs/costs',
    summary: 'What jobs took by type: runs, time, tokens and cost, the longest first',
    effect: 'read',
    query: {
      /** Jobs made from this time on; 30 days ago unless said. */
      from: optional(Time),
      /** Jobs made before this time. */
      to: optional(Time),
    },
    output: shape({ items: list(JobCost) }),
  }),
  get: operation({
    method: 'GET',
    path: '/api/jobs/{id}',
    summary: 'Read one job with its input and its result',
    effect: 'read',
    params: { id: Id },
    output: JobDetail,
    errors: ['JOB_NOT_FOUND'],
  }),
  status: operation({
    method: 'GET',
    path: '/api/jobs/{id}/status',
    summary: 'See how far a job has come',
    description:
      'With `Accept: text/event-stream` it goes on telling: frames `progress` as the job moves, then one frame `complete`.',
    effect: 'read',
    params: { id: Id },
    output: JobState,
    reply: ['json', 'events'],
    errors: ['JOB_NOT_FOUND'],
  }),
  log: operation({
    method: 'GET',
    path: '/api/jobs/{id}/log',
    summary: 'Read what a job wrote down, oldest first',
    description: 'The newest 2,000 lines are kept. Plain text, or lines as JSON with `Accept: application/json`.',
    effect: 'read',
    params: { id: Id },
    output: shape({ items: list(JobLogLine) }),
    reply: ['text', 'json'],
    errors: ['JOB_NOT_FOUND'],
  }),
  cancel: operation({
    method: 'POST',
    path: '/api/jobs/{id}/cancel',
    summary: 'Cancel a job that is queued, waiting or running',
    description: 'It is cancelled when this answers; what a running attempt still tries to write is refused.',
    effect: 'write',
    params: { id: Id },
    output: Job,
    errors: ['JOB_NOT_FOUND', 'JOB_ALREADY_COMPLETED'],
  }),
  retry: operation({
    method: 'POST',
    path: '/api/jobs/{id}/retry',
    summary: 'Run a failed or cancelled job again',
    description: 'The same job is queued anew; steps that it had finished are not run again.',
    effect: 'write',
    params: { id: Id },
    output: Job,
    errors: ['JOB_NOT_FOUND', 'JOB_ALREADY_COMPLETED', 'JOB_NOT_ENDED'],
  }),
  prune: operation({
    method: 'DELETE',
    path: '/api/jobs',
    summary: 'Remove jobs that ended long ago',
    description:
      'Answers how many went, by status; null when that goes on as a job for longer than a call should wait.',
    effect: 'danger',
    callers: ['people'],
    query: {
      /** Default: succeeded. */
      statuses: optional(list(EndedJobStatus, { minItems: 1, maxItems: 3 })),
      /** Default 30. */
      older_than_days: optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
    },
    output: removedOrGoing(Type.Record(Type.String(), count)),
    errors: ['JOB_FAILED'],
  }),
})
