/**
 * Progress of jobs for everybody who watches a workspace: the last state of a moment is told, written once for all. In
 * parts, so that events, which everybody waits for, go out in between.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { JobState } from '@cairn/api/jobs'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'

export type Progress = ReturnType<typeof makeProgress>
type Watcher = { workspace: string; tell(message: Uint8Array): void }

const moment = 100
const part = 100

export function makeProgress(jobs: Pick<Jobs, 'onProgress'>) {
  const watchers = new Set<Watcher>()
  const latest = new Map<string, { workspace: string; status: JobState }>()
  let stop: (() => void) | null = null
  let telling = false

  async function tellLatest(): Promise<void> {
    while (latest.size > 0) {
      await pause(moment, null, { ref: false })
      const told = [...latest.values()]
      latest.clear()
      for (const { workspace, status } of told) {
        const message = Buffer.from(JSON.stringify({ type: 'progress', job: status }))
        const listening = [...watchers].filter((one) => one.workspace === workspace)
        for (let at = 0; at < listening.length; at += part) {
          for (const watcher of listening.slice(at, at + part)) watcher.tell(message)
          await turn()
        }
      }
    }
    telling = false
  }

  function hear(job: { workspace: string; status: JobState }): void {
    latest.set(`${job.workspace} ${job.status.job_id}`, job)
    if (telling) return
    telling = true
    void tellLatest()
  }

  return {
    /** `tell` gets each message, text in UTF-8; the answer ends the watching. */
    watch(workspace: string, tell: (message: Uint8Array) => void): () => void {
      const watcher = { workspace, tell }
      watchers.add(watcher)
      stop ??= jobs.onProgress(hear)
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0) return
        stop?.()
        stop = null
      }
    },
  }
}
