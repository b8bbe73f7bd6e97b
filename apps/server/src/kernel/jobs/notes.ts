/** What a running attempt says of itself, kept in memory until the next of its few writes a second. */
import type { Clock } from '../clock.ts'
import type { Db } from '../database/dialect.ts'
import type { JobContext, Progress } from './definition.ts'
import { addLines, keptLines, lastLine, putStatus } from './journal.ts'
import { bounded } from './outcome.ts'
import type { JobRow, JobStatusRow } from './rows.ts'

export type LiveProgress = {
  phase: string
  done: number
  total: number | null
  message: string | null
  eta: number | null
}
type Level = Parameters<JobContext<unknown>['log']>[0]
type Line = { at: number; level: Level; message: string }
/** What is still to be written: the progress if it moved, lines, and how many lines were dropped before them. */
export type NotesBatch = { status: JobStatusRow | null; lines: Line[]; dropped: number }

export type Notes = ReturnType<typeof makeNotes>

const maxLine = 2_000
/** A pace is that of the last ten seconds: what was slow at first says nothing of the rest. */
const markEvery = 1_000
const keptMarks = 10

/** `whenMoved` is told of each progress, at once; `mask` takes secrets out of lines and messages. */
export function makeNotes(
  row: Pick<JobRow, 'workspace' | 'id' | 'attempt'>,
  clock: Clock,
  mask: (text: string) => string,
  whenMoved: () => void,
) {
  let live: LiveProgress | null = null
  let phase = { name: '', from: 0, startedAt: clock.now() }
  /** How far it was at moments of the last seconds, oldest first. */
  let marks: { at: number; done: number }[] = []
  let moved = false
  let lines: Line[] = []
  let dropped = 0
  let closed = false

  function progress(given: Progress): void {
    if (closed) return
    const done = whole(given.done)
    const total = given.total === null ? null : whole(given.total)
    const name = bounded(given.phase, 200)
    if (live === null || name !== phase.name || done < phase.from) {
      phase = { name, from: done, startedAt: clock.now() }
      marks = []
    }
    const message = given.message === undefined ? null : bounded(given.message, 500)
    live = { phase: name, done, total, message, eta: secondsLeft(done, total) }
    moved = true
    whenMoved()
  }

  /** Masked only when somebody looks, which is far less often than a busy job tells. */
  const seen = (): LiveProgress | null => live && { ...live, message: live.message && bounded(mask(live.message), 500) }

  /** Seconds left at the pace of the last seconds; null while there is no pace to go by. */
  function secondsLeft(done: number, total: number | null): number | null {
    const at = clock.monotonic()
    const last = marks.at(-1)
    if (!last || at - last.at >= markEvery) marks.push({ at, done })
    if (marks.length > keptMarks) marks.shift()
    const [first] = marks
    if (total === null || !first || done <= first.done) return null
    const pace = (at - first.at) / (done - first.done)
    return Math.round(Math.max(total - done, 0) * pace) / 1_000
  }

  function log(level: Level, message: string): void {
    if (closed) return
    lines.push({ at: clock.now(), level, message: bounded(message, maxLine) })
    // Cut in one go now and then: dropping the first of a long list for each new line would cost its length each time.
    if (lines.length >= 2 * keptLines) {
      dropped += lines.length - keptLines
      lines = lines.slice(-keptLines)
    }
  }

  /** Hands out what is to be written; `putBack` takes it again when the write failed. */
  function take(): NotesBatch | null {
    if (!moved && lines.length === 0) return null
    const now = moved ? seen() : null
    const batch: NotesBatch = { status: now && statusRow(now), lines, dropped }
    moved = false
    lines = []
    dropped = 0
    return batch
  }

  function putBack(batch: NotesBatch): void {
    moved ||= batch.status !== null
    lines = [...batch.lines, ...lines]
    dropped += batch.dropped
  }

  const statusRow = (now: LiveProgress): JobStatusRow => ({
    workspace: row.workspace,
    job_id: row.id,
    phase: now.phase,
    steps_total: now.total,
    steps_completed: now.done,
    eta_seconds: now.eta,
    message: now.message,
    started_at: phase.startedAt,
    updated_at: clock.now(),
  })

  /** Writes a batch inside a transaction in which the job is still held. */
  async function write(db: Db, batch: NotesBatch): Promise<void> {
    if (batch.status) await putStatus(db, batch.status)
    if (batch.lines.length === 0) return
    const kept = batch.lines.slice(-keptLines)
    const skipped = batch.dropped + batch.lines.length - kept.length
    const first = (await lastLine(db, row.workspace, row.id)) + skipped + 1
    const fields = { workspace: row.workspace, job_id: row.id, attempt: row.attempt }
    await addLines(
      db,
      kept.map((line, index) => ({ ...fields, ...line, message: mask(line.message), number: first + index })),
    )
  }

  /** Hands out the last batch; what an abandoned body says after that is lost. */
  function close(): NotesBatch | null {
    closed = true
    return take()
  }

  return { progress, log, take, putBack, close, write, live: seen }
}

const whole = (number: number) => (Number.isFinite(number) ? Math.min(Math.max(Math.floor(number), 0), 2 ** 52) : 0)
