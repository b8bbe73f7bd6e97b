/** Writes how attempts ended: many in one transaction, with their last notes, the next in line and the events. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Principal, Tx } from '../scope.ts'
import type { MakeScope } from '../scopes.ts'
import type { Ledger, Settled, Settlement } from './ledger.ts'
import type { Notes, NotesBatch } from './notes.ts'
import { jobKey } from './rows.ts'
import { errorOf } from './state.ts'

/** Who writes what no person asked for. */
export const system: Principal = { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] }

/** How an attempt ended, and what it still has to say. */
export type End = { settlement: Settlement; quiet: boolean; notes: Notes; batch: NotesBatch | null }
type Waiting = End & { resolve: () => void }

export type Settling = ReturnType<typeof makeSettling>

const largestBatch = 200
const slowestRetry = 5_000

/** `passed` is told of jobs whose turn has come in their line. */
export function makeSettling(parts: {
  ledger: Ledger
  scope: MakeScope
  log: Log
  passed(ids: readonly string[]): void
}) {
  const { ledger, scope, log } = parts
  let waiting: Waiting[] = []
  let writing: Promise<void> | null = null

  /** Resolves when the end is written, or refused because another holds the job. Tries for as long as it takes. */
  function settle(end: End): Promise<void> {
    return new Promise((resolve) => {
      waiting.push({ ...end, resolve })
      writing ??= writeAll().finally(() => {
        writing = null
      })
    })
  }

  async function writeAll(): Promise<void> {
    // Ends of the same moment share a transaction, and that one the commit of the claim that their slots allow.
    await Promise.resolve()
    for (let wait = 50; waiting.length > 0; ) {
      const batch = waiting.slice(0, largestBatch)
      try {
        const workspaces = Map.groupBy(batch, (end) => end.settlement.workspace)
        await Promise.all([...workspaces].map(([workspace, ends]) => writeOf(workspace, ends)))
        wait = 50
      } catch (error) {
        log.error({ err: error, jobs: waiting.length }, 'The ends of jobs could not be written; trying again')
        await pause(wait)
        wait = Math.min(wait * 2, slowestRetry)
      }
    }
  }

  async function writeOf(workspace: string, ends: Waiting[]): Promise<void> {
    const passed = await scope({ workspace, principal: system }).write((tx) => writeEnds(tx, ends))
    const written = new Set(ends)
    waiting = waiting.filter((end) => !written.has(end))
    for (const end of ends) end.resolve()
    if (passed.length > 0) parts.passed(passed)
  }

  async function writeEnds(tx: Tx, ends: Waiting[]): Promise<string[]> {
    const settlements = ends.map((end) => end.settlement)
    const settled = await ledger.settle(tx.db, settlements, tx.now)
    const held = new Map(settled.map((job) => [jobKey(job), job]))
    for (const end of ends) {
      const job = held.get(jobKey(end.settlement))
      if (!job) continue
      if (end.batch) await end.notes.write(tx.db, end.batch)
      tell(tx, job, end)
    }
    return ledger.passTurns(tx.db, settled)
  }

  return { settle }
}

/** Ends are events; of housekeeping only failures. A wait for the next attempt is none. */
function tell(tx: Tx, job: Settled, { settlement: { status, error }, quiet }: End): void {
  if (status === 'queued' || (quiet && status !== 'failed')) return
  const code = errorOf(error)?.code
  tx.event({ type: `job.${status}`, subject: job.id, data: { type: job.type, ...(code && { code }) } })
}
