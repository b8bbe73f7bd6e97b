/**
 * How strong a memory is: exponential forgetting with a half-life, after H. Ebbinghaus, "Über das Gedächtnis" (1885).
 *
 *     strength(now) = base · 2^(−(now − last use) / half-life)
 *
 * `base` is what it was given when it was made (1 unless said), the last use its creation, or the last time it was
 * opened or found. So use renews it to its base, and a month without use halves it.
 */
const day = 86_400_000
export const halfLife = 30 * day

/** A use within this time of the last one changes nothing that a person could notice, and is not written. */
export const touchEvery = day / 24

export function strengthAt(now: number, base: number, lastUse: number): number {
  const age = Math.max(0, now - lastUse)
  return Math.round(base * 2 ** (-age / halfLife) * 10_000) / 10_000
}
