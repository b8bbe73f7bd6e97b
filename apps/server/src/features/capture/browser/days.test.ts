import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

test('history is counted by days of 23 and 25 hours where clocks change, in the middle of a stretch of days', async () => {
  const { api } = await cairn.stranger()
  const visits = (...times: string[]) =>
    api.browser.createVisits({
      visits: times.map((visited_at, n) => ({ url: `https://clock.example/${n}`, visited_at })),
    })
  // In Berlin clocks go forward on 29 March 2026 and back on 25 October 2026.
  await visits('2026-03-28T22:59:59.999Z', '2026-03-28T23:00:00Z', '2026-03-29T00:59:59.999Z')
  await visits('2026-03-29T01:00:00Z', '2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00Z')
  await visits('2026-10-24T21:59:59.999Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00Z')
  const days = async (more: object) => (await api.browser.listDays({ limit: 366, ...more })).items
  const berlin = await days({ time_zone: 'Europe/Berlin' })
  expect(berlin.map(({ day, visits }) => [day, visits])).toEqual([
    ['2026-10-26', 1],
    ['2026-10-25', 2],
    ['2026-10-24', 1],
    ['2026-03-30', 1],
    ['2026-03-29', 4],
    ['2026-03-28', 1],
  ])
  expect(await days({ time_zone: 'Europe/Berlin', site: 'clock.example' })).toEqual(berlin)
  const found: unknown[] = []
  let to: string | null = '2026-10-26T12:00:00.000Z'
  while (to) {
    const page = await api.browser.listDays({ time_zone: 'Europe/Berlin', limit: 1, to })
    found.push(...page.items)
    to = page.earlier
  }
  expect(found).toEqual(berlin)
  const refused = api.browser.listDays({ time_zone: 'Mars/Olympus' })
  await expect(refused).rejects.toMatchObject({ problem: { status: 422, errors: [{ path: '/time_zone' }] } })
})
