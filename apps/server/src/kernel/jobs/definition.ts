/** What a job is, as its feature declares it and as its `run` sees it. */
import type { ErrorCode } from '@cairn/api/errors'
import type { Static, TSchema } from 'typebox'
import type { Scope, Tx } from '../scope.ts'

export type JobStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled'
export type JobPriority = 0 | 1 | 2 | 3

export type NewJob = {
  type: string
  input: unknown
  /**
   * Jobs with the same key run one after the other, in the order of asking (a higher priority first); one that failed
   * and will be tried again keeps its place. A queued twin with the same `unique` key is returned instead.
   */
  concurrency?: string
  /**
   * Refused with this code, instead of standing in line, while another of its concurrency key has not ended; the refusal's
   * parameter `job` names that one. For jobs that start at once and have no `unique` key.
   */
  alone?: ErrorCode
  unique?: string
  /** Epoch milliseconds before which it does not start. */
  runAt?: number
  /** 0 low … 3 urgent; default 1. */
  priority?: JobPriority
  /** The same id again with the same type and input is the same job; other content is CONFLICT. */
  id?: string
  /** Project, task or thread that asked for it. */
  project?: string
  task?: string
  thread?: string
}

export type Progress = {
  phase: string
  done: number
  total: number | null
  /** For people: "src/a.ts", "12.3 MB". */
  message?: string
}

export type JobContext<I> = {
  /** Writes through this scope are refused once another worker holds the job (fencing). */
  scope: Scope
  id: string
  input: I
  attempt: number
  /**
   * Aborts on cancel, time-out and stop. What a body returns after that does not count; one that goes on regardless is
   * abandoned and its writes are refused.
   */
  signal: AbortSignal
  /** At most a few per second reach the ledger; call as often as you like. */
  progress(progress: Progress): void
  /** The newest 2,000 lines are kept. */
  log(level: 'info' | 'warn' | 'error', message: string): void
  /**
   * Runs once over all attempts: a finished step's result is read back, never made again. Results are JSON. A step is
   * finished when this resolves: one that was cut off between its effect and its record runs again.
   */
  step<T>(name: string, run: () => Promise<T>): Promise<T>
  /** The same for a step that only writes: effect and record are one transaction, so it happens exactly once. */
  writeStep<T>(name: string, body: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * To be called when work was committed that a later attempt need not do again. Without it, or a finished step, a job
   * whose worker is lost again and again waits longer each time, and fails in the end.
   */
  advanced(): Promise<void>
  /**
   * Parks the job until a time (epoch ms), without worker or slot. It comes back as a new run of the same attempt that
   * skips finished steps; so keep the time in a step and call this only while it lies ahead.
   */
  sleepUntil(time: number): Promise<never>
}

export type JobDefinition<S extends TSchema = TSchema> = {
  type: string
  input: S
  /**
   * Attempts in all, default 3, and milliseconds before the 2nd, 3rd, …; default 1/5/15/30/60 s. What cannot succeed
   * later (a refusal with status 400, 401, 403, 404, 405, 413 or 422) is not tried again.
   */
  attempts?: number
  delays?: readonly number[]
  /** Milliseconds for one attempt; default 300,000. */
  timeout?: number
  /** How many of this type run at once in one process; default 4. */
  concurrent?: number
  /** Cron expression (UTC) on which one job per workspace is made. */
  schedule?: { cron: string; input: Static<S> }
  /** Housekeeping: only its failure and its cancelling are events. */
  quiet?: boolean
  /**
   * Carries out what is committed already (a removed folder leaves the index), so it runs whatever has become of the
   * rights of whoever changed it.
   */
  upkeep?: boolean
  run(context: JobContext<Static<S>>): Promise<unknown>
}

/** Keeps the input's type from schema to `run`. */
export const job = <S extends TSchema>(definition: JobDefinition<S>): JobDefinition => definition
