/** One attempt of one job: its rights, its time, its signal, and how it ended. */
import { CairnError, fail } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Principal } from '../scope.ts'
import type { MakeScope } from '../scopes.ts'
import type { JobContext } from './definition.ts'
import type { Ledger, Settlement } from './ledger.ts'
import { makeNotes } from './notes.ts'
import { delayAfter, describe, mayRetry, resultJson } from './outcome.ts'
import { type Held, type JobRow, jobKey } from './rows.ts'
import { makeSteps } from './steps.ts'
import { type JobType, longestTimer } from './types.ts'

export type AttemptParts = {
  ledger: Ledger
  clock: Clock
  log: Log
  scope: MakeScope
  /** Reads a principal's rights anew; rejects when they are gone. */
  authorise: (principal: Principal, workspace: string) => Promise<Principal>
  mask: (text: string) => string
  /** Milliseconds that a body has to end after its signal aborted, before it is abandoned. */
  grace: number
}

/** Why an attempt is to end before its body does. */
export type Interruption = 'timeout' | 'cancelled' | 'stopping' | 'stale'

export type Attempt = ReturnType<typeof beginAttempt>

/**
 * Begins to run; `done` resolves, never rejects, with what to write down, or null when the job is another's now.
 * `moved` is told of each progress.
 */
export function beginAttempt(parts: AttemptParts, row: JobRow, type: JobType, moved: () => void) {
  const { ledger, clock, log, mask } = parts
  const held: Held = { workspace: row.workspace, id: row.id, fence: row.fence }
  const controller = new AbortController()
  const notes = makeNotes(row, clock, mask, moved)
  let interruption: Interruption | null = null
  let over = false
  let parkedUntil: number | null = null
  let abandon: (reason: unknown) => void = () => {}
  let left: () => void = () => {}
  const gone = new Promise<void>((resolve) => {
    left = resolve
  })
  let graceTimer: NodeJS.Timeout | undefined

  function interrupt(reason: Interruption): void {
    if (over || interruption !== null) return
    interruption = reason
    const error = reasonOf(reason, type)
    controller.abort(error)
    graceTimer = setTimeout(() => {
      if (reason !== 'stopping') log.warn({ job: row.id, type: row.type, reason }, 'A job went on after its signal')
      abandon(error)
    }, parts.grace)
  }

  async function run(): Promise<unknown> {
    const principal = await rights(parts, row, type)
    const input: unknown = JSON.parse(row.input)
    type.check(input)
    const guard = async (db: Parameters<Ledger['holds']>[0]) => {
      if (!(await ledger.holds(db, held))) throw fail('JOB_STALE')
    }
    const { workspace, id } = row
    const scope = parts.scope({ workspace, principal, job: id, signal: controller.signal, guard })
    const context: JobContext<unknown> = {
      ...{ scope, id, input, attempt: row.attempt, signal: controller.signal },
      progress: notes.progress,
      log: notes.log,
      ...makeSteps(scope, row),
      async sleepUntil(time) {
        if (!Number.isFinite(time)) throw new TypeError('sleepUntil takes epoch milliseconds.')
        parkedUntil = Math.min(Math.max(Math.ceil(time), 0), 8_640_000_000_000_000)
        throw new Error('The job is parked; let this pass.')
      },
    }
    return type.definition.run(context)
  }

  async function attempt(): Promise<Settlement | null> {
    const timer = setTimeout(() => interrupt('timeout'), Math.min(type.timeout, longestTimer))
    const abandoned = new Promise<never>((_, reject) => {
      abandon = reject
    })
    try {
      const result = await Promise.race([run().finally(left), abandoned])
      return early() ?? ends('succeeded', { result: resultJson(result, mask) })
    } catch (error) {
      return early() ?? failed(error)
    } finally {
      over = true
      clearTimeout(timer)
      clearTimeout(graceTimer)
    }
  }

  /** An end that counts more than what the body returned or threw; undefined when there is none. */
  function early(): Settlement | null | undefined {
    if (interruption === 'cancelled' || interruption === 'stale') return null
    if (interruption === 'stopping') return ends('queued', { dueAt: 0, returned: 1 })
    if (interruption === 'timeout') return failed(controller.signal.reason)
    if (parkedUntil === null) return undefined
    return ends('waiting', { dueAt: parkedUntil, runAt: parkedUntil, returned: 1 })
  }

  function failed(thrown: unknown): Settlement | null {
    if (thrown instanceof CairnError && thrown.code === 'JOB_STALE') return null
    const error = describe(thrown, mask)
    const stored = { error: JSON.stringify(error) }
    if (error.code === 'JOB_FAILED' || error.code === 'INTERNAL_ERROR')
      log.warn({ job: row.id, type: row.type, attempt: row.attempt, err: thrown }, 'A job threw')
    if (row.attempt >= row.max_attempts || !mayRetry(thrown)) {
      notes.log('error', error.message)
      return ends('failed', stored)
    }
    // Attempts that were added later (lost workers, a retry by hand) begin the delays anew.
    const failures = Math.max(row.attempt - (row.max_attempts - type.attempts), 1)
    const runAt = clock.now() + delayAfter(failures, type.definition.delays)
    notes.log('warn', `Attempt ${row.attempt} of ${row.max_attempts}: ${error.message}`)
    return ends('queued', { ...stored, dueAt: runAt, runAt })
  }

  function ends(status: Settlement['status'], fields: Partial<Settlement>): Settlement {
    return { ...held, status, result: null, error: null, dueAt: null, runAt: null, returned: 0, allowed: 0, ...fields }
  }

  const since = clock.monotonic()
  return {
    key: jobKey(row),
    row,
    held,
    quiet: type.definition.quiet === true,
    since,
    notes,
    interrupt,
    done: attempt(),
    /** Resolves when the body has really come to its end, also after it was abandoned. */
    gone,
  }
}

/** What the body's signal says. A job that is another's now refuses a step as it refuses a write. */
function reasonOf(reason: Interruption, type: JobType): Error {
  if (reason === 'timeout') return fail('JOB_TIMEOUT', { seconds: Math.round(type.timeout / 100) / 10 })
  return reason === 'stale' ? fail('JOB_STALE') : new Error(`The job is ${reason}.`)
}

/** The principal with the rights it has now; ACCESS_DENIED or CREDENTIAL_REVOKED when they are gone. */
async function rights(parts: AttemptParts, row: JobRow, type: JobType): Promise<Principal> {
  const principal = JSON.parse(row.principal) as Principal
  if (type.definition.upkeep) return principal
  try {
    return await parts.authorise(principal, row.workspace)
  } catch (error) {
    // A database that is away says nothing about rights.
    if (error instanceof CairnError && (error.status >= 500 || error.code === 'CREDENTIAL_REVOKED')) throw error
    throw fail('ACCESS_DENIED', { permission: `to run ${row.type}` }, [], error)
  }
}
