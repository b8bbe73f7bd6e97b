import { type Failure, timeout } from './failures.ts'

/** Thrown by `watched` when one of its limits has passed. */
export class TooSlow extends Error {
  readonly failure: Failure
  constructor(reason: string) {
    super(reason)
    this.failure = timeout(reason)
  }
}

export type Limits = {
  /** Moment (of `performance.now()`) at which everything has to be over. */
  deadline: number
  /** Milliseconds until the first sign of life, and between two of them. */
  first: number
  stall: number
}

/**
 * Passes a stream's parts on and throws `TooSlow` when none comes in time, whether or not the stream heeds its abort
 * signal. `isAlive` says which parts count as a token.
 */
export async function* watched<T>(parts: AsyncIterable<T>, isAlive: (part: T) => boolean, limits: Limits) {
  const iterator = parts[Symbol.asyncIterator]()
  const seconds = (milliseconds: number) => `${milliseconds / 1000} s`
  let started = false
  let quietSince = performance.now()
  for (;;) {
    const allowed = started ? limits.stall : limits.first
    const due = Math.min(quietSince + allowed, limits.deadline)
    const reason =
      due === limits.deadline
        ? 'the answer took too long as a whole'
        : `${started ? 'it stopped in the middle' : 'no first token came'} for ${seconds(allowed)}`
    const next = await before(iterator.next(), due - performance.now(), reason)
    if (next.done) return
    if (isAlive(next.value)) {
      started = true
      quietSince = performance.now()
    }
    yield next.value
  }
}

const before = async <T>(work: Promise<T>, milliseconds: number, reason: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow(reason)), Math.max(0, milliseconds))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // When time is up nobody waits for the rest any more; its failure is part of being cut off.
    work.catch(() => undefined)
  }
}
