/** Tries a request again while its server is busy or away. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Failure, toFailure } from '../models/failures.ts'
import type { Provider } from '../models/provider.ts'

/** A refusal that knows how long the server asked to wait. */
export class Refused extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.error.message)
    this.failure = failure
  }
}

/** Milliseconds before the second, third and fourth try. */
export const BACK_OFF = [500, 2000, 8000]

/**
 * Runs `work` until it succeeds, at most once more than `backOff` has entries. Waits as long as `Retry-After` says
 * where that is longer, but gives up where it is longer than `patience`. Rejects with the last failure's code.
 */
export const withRetries = async <T>(
  work: () => Promise<T>,
  options: { provider: Provider; signal: AbortSignal; patience: number; backOff?: number[] },
): Promise<T> => {
  const { provider, signal, patience, backOff = BACK_OFF } = options
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (cause) {
      signal.throwIfAborted()
      const failure = cause instanceof Refused ? cause.failure : toFailure(cause, provider)
      const wait = Math.max(failure.retryAfter ?? 0, backOff[tries] ?? Number.POSITIVE_INFINITY)
      const isSlow = failure.error.code === 'MODEL_TIMEOUT'
      if (!failure.retryable || isSlow || wait > patience) throw failure.error
      await pause(wait, undefined, { signal })
    }
  }
}
