/** A job's way to its end, as server-sent events. */
import type { JobState } from '@cairn/api/jobs'
import type { Frame } from '../../../kernel/gate/call.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import { hasEnded } from '../../../kernel/jobs/ledger.ts'
import type { Scope } from '../../../kernel/scope.ts'

/** A job may run in another process, which only the ledger knows of. */
const lookMilliseconds = 500
/** Between two frames: whoever reads gets the newest state, not each one. */
const restMilliseconds = 100

/**
 * Frames `progress` while the job moves (the first at once), then one `complete`. Ends when the caller goes, or the
 * job is removed. `read` gives the state now and throws JOB_NOT_FOUND.
 */
export async function* stateFrames(
  scope: Pick<Scope, 'workspace' | 'signal'>,
  jobs: Pick<Jobs, 'watch'>,
  id: string,
  read: () => Promise<JobState>,
): AsyncGenerator<Frame> {
  const { signal } = scope
  let moved = false
  let wake = () => {}
  const stop = jobs.watch(scope.workspace, id, () => {
    moved = true
    wake()
  })
  const stirred = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (moved || signal.aborted) wake()
    })
  const leave = () => wake()
  signal.addEventListener('abort', leave)
  try {
    for (let last = ''; !signal.aborted; ) {
      moved = false
      const state = await read()
      const ended = hasEnded(state.status)
      const { updated_at: _, ...told } = state
      const text = JSON.stringify(told)
      if (text !== last || ended) yield { event: ended ? 'complete' : 'progress', data: state }
      if (ended) return
      last = text
      await stirred(lookMilliseconds)
      if (!signal.aborted) await pause(restMilliseconds)
    }
  } finally {
    signal.removeEventListener('abort', leave)
    stop()
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
