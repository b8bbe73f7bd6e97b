/** Pages per second over the last ten seconds. */
import type { Clock } from '../../../../kernel/clock.ts'

const windowed = 10_000
const slot = 500

export type Pace = ReturnType<typeof makePace>

export function makePace(clock: Clock) {
  const begun = clock.monotonic()
  /** Pages by half seconds. */
  const counts = new Map<number, number>()
  return {
    count(): void {
      const at = Math.floor(clock.monotonic() / slot)
      counts.set(at, (counts.get(at) ?? 0) + 1)
      for (const old of counts.keys()) if (old < at - windowed / slot) counts.delete(old)
    },
    perSecond(): number {
      const now = clock.monotonic()
      const from = Math.floor((now - windowed) / slot)
      let pages = 0
      for (const [at, count] of counts) if (at > from) pages += count
      return pages / (Math.max(Math.min(now - begun, windowed), slot) / 1_000)
    },
  }
}
