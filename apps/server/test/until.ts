/** Waiting in tests, for what comes and never for a fixed time. */

/** Asks until the answer is something true, and answers that. Throws after `within` milliseconds. */
export async function until<T>(look: () => Promise<T> | T, within = 60_000): Promise<NonNullable<T>> {
  const end = performance.now() + within
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > end) throw new Error(`still not true after ${within} ms: ${String(look)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
