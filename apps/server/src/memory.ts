/** What was needed and is not any more: V8 keeps the space until it is short of it, and an idle core never is. */
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void

const lookEvery = 5_000
/** Shares of the loop's time. */
const idle = 0.05
const busy = 0.2
/** Looks between two collections: a person who comes back now and then is not kept waiting each time. */
const apart = 60

/**
 * Gives it back when the loop has nothing to do: after the start, and again after times of much work, every five minutes
 * at most. The whole heap is gone through, which takes some 100 ms.
 */
export function giveBackMemory(): void {
  let seen = performance.eventLoopUtilization()
  let due = true
  let since = apart
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, seen)
    seen = now
    since += 1
    if (utilization > busy) due = true
    if (!due || utilization > idle || since < apart) return
    due = false
    since = 0
    collect()
  }, lookEvery).unref()
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as Collect
  gc({ type: 'major', flavor: 'last-resort' })
}
