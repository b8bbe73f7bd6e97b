/**
 * Leases: a worker renews those of its jobs; a job whose lease nobody renews is taken back. Time is measured here by
 * the monotonic clock, so that a wall clock that jumps takes no job from a living worker.
 */
import { fail } from '@cairn/api/errors'
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Log } from '../log.ts'
import type { Ledger, Settlement } from './ledger.ts'
import { makeNotes } from './notes.ts'
import { delayAfter } from './outcome.ts'
import { jobKey } from './rows.ts'
import type { Runner } from './runner.ts'
import type { Settling } from './settling.ts'
import { heldJobs, type Lease, lastProductive } from './survey.ts'
import type { JobTypes } from './types.ts'

export type LeaseParts = {
  ledger: Ledger
  database: Database
  clock: Clock
  log: Log
  types: JobTypes
  runner: Runner
  worker: string
  /** Milliseconds. */
  lease: number
  heartbeat: number
  settling: Settling
}

type Seen = { fence: number; leaseUntil: number; since: number }

/** Losses of its worker, beyond its attempts, that end a job that has finished no step in between. */
const spareLosses = 5
const defaultAttempts = 3
const day = 86_400_000

/** A worker's name without what tells its starts apart. */
const workerName = (worker: string) => worker.slice(0, worker.lastIndexOf('/'))

export function makeLeases(parts: LeaseParts) {
  const { ledger, database, clock, log, types, runner, worker } = parts
  const seen = new Map<string, Seen>()
  const longestDelay = Math.max(...[...types.values()].flatMap(({ definition }) => definition.delays ?? []), 60_000)

  /** Renews the leases of what runs here; what is held by another by now is told to stop. */
  async function renew(): Promise<void> {
    const attempts = runner.attempts()
    const held = attempts.map((attempt) => attempt.held)
    const still = await database.transaction((db) => ledger.renew(db, held, clock.now() + parts.lease))
    for (const attempt of attempts) if (!still.has(attempt.key)) attempt.interrupt('stale')
  }

  /** Takes back what dead workers held: at once that of this worker's earlier starts, else when its lease is over. */
  async function takeBack(): Promise<void> {
    const leases = await heldJobs(database.db)
    const present = new Set(leases.map(jobKey))
    for (const key of seen.keys()) if (!present.has(key)) seen.delete(key)
    const lost = leases.filter((lease) => isLost(lease))
    await Promise.all(lost.map(giveBack))
    if (lost.length > 0) runner.look()
  }

  async function giveBack(lease: Lease): Promise<void> {
    const { settlement, line } = await returned(lease)
    log.warn({ job: lease.id, type: lease.type, worker: lease.worker, attempt: lease.attempt }, line)
    const notes = makeNotes(lease, clock, String, () => {})
    notes.log(settlement.status === 'failed' ? 'error' : 'warn', line)
    const quiet = types.get(lease.type)?.definition.quiet === true
    await parts.settling.settle({ settlement, quiet, notes, batch: notes.close() })
  }

  function isLost(lease: Lease): boolean {
    const key = jobKey(lease)
    if (lease.worker === worker && runner.attempt(key)?.held.fence === lease.fence) return false
    if (lease.worker !== worker && workerName(lease.worker ?? '') === workerName(worker)) return true
    const before = seen.get(key)
    if (before?.fence !== lease.fence || before.leaseUntil !== lease.lease_until) {
      seen.set(key, { fence: lease.fence, leaseUntil: lease.lease_until, since: clock.monotonic() })
      return false
    }
    // Whoever lives renews within a heartbeat, whatever the wall clock says; an expired lease is lost after two.
    const unchanged = clock.monotonic() - before.since
    return unchanged >= parts.lease || (unchanged >= 2 * parts.heartbeat && lease.lease_until < clock.now())
  }

  /** A lost worker costs the job no attempt, unless it happens again and again without a step finished in between. */
  async function returned(lease: Lease): Promise<{ settlement: Settlement; line: string }> {
    const type = types.get(lease.type)
    const { workspace, id, fence, attempt } = lease
    const held = { workspace, id, fence, result: null, error: null, returned: 0, allowed: 1 } as const
    const idle = attempt - (await lastProductive(database.db, lease))
    if (idle >= (type?.attempts ?? defaultAttempts) + spareLosses) {
      const { code, message } = fail('JOB_WORKER_LOST', { attempts: idle })
      const error = JSON.stringify({ code, message })
      return { settlement: { ...held, status: 'failed', error, dueAt: null, runAt: null }, line: message }
    }
    const wait = idle <= 1 ? 0 : delayAfter(idle - 1, type?.definition.delays)
    const runAt = clock.now() + wait
    const settlement: Settlement = { ...held, status: 'queued', dueAt: wait === 0 ? 0 : runAt, runAt }
    return { settlement, line: `The worker of attempt ${attempt} was lost; the job is queued again.` }
  }

  /** Undoes what a wall clock that was put back did to waits before another attempt. */
  async function shortenWaits(): Promise<void> {
    await database.transaction((db) => ledger.shortenWaits(db, clock.now(), Math.min(longestDelay, day)))
  }

  return { renew, takeBack, shortenWaits }
}
