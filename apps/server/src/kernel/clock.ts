/** The only source of time, so that tests can hold it still. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds of a clock that never goes back; for durations only. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** ISO 8601 in UTC with milliseconds, from epoch milliseconds. */
export const iso = (milliseconds: number) => new Date(milliseconds).toISOString()
export const isoOrNull = (milliseconds: number | null) => (milliseconds === null ? null : iso(milliseconds))
