/** Request limits: per address before anyone is known, per person afterwards. */
import { fail } from '@cairn/api/errors'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

export type Standing = { limit: number; remaining: number; reset: number }
export type Limiter = { take(key: string): Promise<Standing> }

/** Counts `points` per minute and key in this process. Throws RATE_LIMIT_EXCEEDED with the seconds to wait. */
export function makeLimiter(points: number): Limiter {
  const limiter = new RateLimiterMemory({ points, duration: 60 })
  return {
    async take(key) {
      try {
        const state = await limiter.consume(key)
        return { limit: points, remaining: state.remainingPoints, reset: Math.ceil(state.msBeforeNext / 1000) }
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused
        throw fail('RATE_LIMIT_EXCEEDED', { seconds: Math.ceil(refused.msBeforeNext / 1000) })
      }
    },
  }
}
