/** A Cairn whose clock stands still, and visits for it. */
import type { NewVisit } from '@cairn/api/browser'
import { expect } from 'vitest'
import { startCairn } from '../../../../test/harness.ts'

export const start = Date.parse('2026-11-21T12:00:00Z')
export const hour = 3_600_000
export const startAtNoon = () =>
  startCairn({ core: { clock: { now: () => start, monotonic: () => performance.now() } } })

export const at = (time: number) => new Date(time).toISOString()
export const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
export const invalid = (path: string) => ({
  ...{ status: 422, code: 'INVALID_INPUT', errors: [expect.objectContaining({ path })] },
})
/** `count` visits, one a minute, of pages of a site. */
export const many = (count: number, site: string, pages = count, from = start - 10 * hour): NewVisit[] =>
  Array.from({ length: count }, (_, n) => ({
    url: `https://${site}/page/${n % pages}`,
    title: `Page ${n % pages} of ${site}`,
    visited_at: at(from + n * 60_000),
  }))
