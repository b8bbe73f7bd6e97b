/** Writes what running attempts say of themselves, all together, at most four times a second. */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { MakeScope } from '../scopes.ts'
import type { Attempt } from './attempt.ts'
import type { Ledger } from './ledger.ts'
import type { NotesBatch } from './notes.ts'
import { jobKey } from './rows.ts'
import { system } from './settling.ts'

type Report = { attempt: Attempt; batch: NotesBatch | null; begun: boolean }

export type Reporting = ReturnType<typeof makeReporting>

/** `every` is in milliseconds. A job that runs for longer than that is also told of as an event: `job.started`. */
export function makeReporting(parts: { ledger: Ledger; scope: MakeScope; clock: Clock; log: Log; every: number }) {
  const { ledger, scope, clock, log, every } = parts
  const attempts = new Set<Attempt>()
  const announced = new WeakSet<Attempt>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | null = null

  function join(attempt: Attempt): void {
    attempts.add(attempt)
    timer ??= setTimeout(tick, every)
  }

  /** Resolves when nothing of this attempt is on its way any more. */
  async function leave(attempt: Attempt): Promise<void> {
    attempts.delete(attempt)
    if (writing) await writing
  }

  function tick(): void {
    writing ??= report().finally(() => {
      writing = null
      timer = attempts.size > 0 ? setTimeout(tick, every) : undefined
    })
  }

  async function report(): Promise<void> {
    const reports: Report[] = []
    for (const attempt of attempts) {
      const begun = !attempt.quiet && !announced.has(attempt) && clock.monotonic() - attempt.since >= every
      const batch = attempt.notes.take()
      if (batch || begun) reports.push({ attempt, batch, begun })
    }
    const workspaces = Map.groupBy(reports, (each) => each.attempt.row.workspace)
    await Promise.all([...workspaces].map(([workspace, ofOne]) => write(workspace, ofOne)))
  }

  async function write(workspace: string, reports: Report[]): Promise<void> {
    try {
      const held = await scope({ workspace, principal: system }).write(async (tx) => {
        const still = await ledger.stillHeld(
          tx.db,
          reports.map(({ attempt }) => attempt.held),
        )
        for (const { attempt, batch, begun } of reports) {
          if (!still.has(attempt.key)) continue
          if (batch) await attempt.notes.write(tx.db, batch)
          const { id, type, attempt: number } = attempt.row
          if (begun) tx.event({ type: 'job.started', subject: id, data: { type, attempt: number } })
        }
        return still
      })
      for (const { attempt, begun } of reports) {
        if (begun) announced.add(attempt)
        if (!held.has(jobKey(attempt.row))) attempt.interrupt('stale')
      }
    } catch (error) {
      log.warn({ err: error }, 'The progress of jobs could not be written')
      for (const { attempt, batch } of reports) if (batch) attempt.notes.putBack(batch)
    }
  }

  return { join, leave }
}
