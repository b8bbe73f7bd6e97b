/** Tells whoever follows jobs how running ones move: at once, then at most ten times a second for each. */
import type { JobState } from '@cairn/api/jobs'
import type { Clock } from '../clock.ts'
import type { Attempt } from './attempt.ts'
import { hasEnded, type Settlement } from './ledger.ts'
import { type JobRow, jobKey } from './rows.ts'
import { stateOf } from './state.ts'

export type LiveJob = { workspace: string; status: JobState }
export type LiveListener = (job: LiveJob) => void
/** `over`: the job's end is written. */
export type Watcher = (over: boolean) => void

const pauseMilliseconds = 100

export function makeLive(clock: Clock) {
  const listeners = new Set<LiveListener>()
  /** Who waits for anything to happen to one job. */
  const watchers = new Map<string, Set<Watcher>>()
  /** Attempts that were told of a moment ago; true when they have moved since. */
  const resting = new Map<Attempt, boolean>()

  const tell = (row: JobRow, state: JobState) => {
    for (const listener of listeners) listener({ workspace: row.workspace, status: state })
    touch(row, row.completed_at !== null)
  }
  const touch = (job: { workspace: string; id: string }, over: boolean) => {
    for (const watcher of watchers.get(jobKey(job)) ?? []) watcher(over)
  }
  const tellNow = (attempt: Attempt) => tell(attempt.row, now(attempt))
  const now = ({ row, notes }: Attempt) => stateOf({ ...row, updated_at: clock.now() }, notes.live())

  function moved(attempt: Attempt): void {
    if (listeners.size === 0 && watchers.size === 0) return
    if (resting.has(attempt)) {
      resting.set(attempt, true)
      return
    }
    tellNow(attempt)
    rest(attempt)
  }

  function rest(attempt: Attempt): void {
    resting.set(attempt, false)
    setTimeout(() => {
      if (resting.get(attempt) === true) {
        tellNow(attempt)
        rest(attempt)
      } else resting.delete(attempt)
    }, pauseMilliseconds).unref()
  }

  /** The last word on an attempt, for those that heard of its progress. */
  function ended(attempt: Attempt, settlement: Settlement | null): void {
    resting.delete(attempt)
    touch(attempt.row, true)
    if (attempt.notes.live() === null || settlement === null || listeners.size === 0) return
    const { status, error } = settlement
    const at = clock.now()
    const row = { ...attempt.row, status, error, updated_at: at, completed_at: hasEnded(status) ? at : null }
    tell(row, stateOf(row, attempt.notes.live()))
  }

  return {
    ...{ moved, ended, tell, now },
    /** The answer stops it. Listeners must not throw. */
    follow(listener: LiveListener): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    watch(job: { workspace: string; id: string }, watcher: Watcher): () => void {
      const key = jobKey(job)
      const set = watchers.get(key) ?? new Set()
      watchers.set(key, set.add(watcher))
      return () => {
        set.delete(watcher)
        if (set.size === 0 && watchers.get(key) === set) watchers.delete(key)
      }
    },
  }
}
export type Live = ReturnType<typeof makeLive>
