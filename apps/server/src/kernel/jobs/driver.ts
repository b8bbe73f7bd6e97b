/**
 * What carries the word that jobs are ready. The ledger is the truth and workers look into it now and then anyway; a
 * driver only makes them look at once.
 */
export type JobDriver = {
  /** Called after COMMIT with jobs that may be ready. Must not throw; what it loses is found by the next look. */
  wake(ids: readonly string[]): void
  /** From now on `look` is called when jobs may be ready for this process. */
  start(look: () => void): Promise<void>
  stop(): Promise<void>
}

/** The driver of a process that works for itself. */
export function inProcessDriver(): JobDriver {
  let listener: (() => void) | null = null
  return {
    wake: () => listener?.(),
    async start(look) {
      listener = look
    },
    async stop() {
      listener = null
    },
  }
}
