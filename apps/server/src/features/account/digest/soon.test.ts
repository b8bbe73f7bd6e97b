import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

/** The day before clocks go forward in Berlin. */
const now = Date.parse('2026-03-28T22:30:00.000Z')
let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

test('what is due soon ends with the third day after today, by the clocks of whoever asks', async () => {
  const { api } = cairn
  for (const due_at of ['2026-03-31T21:59:00.000Z', '2026-03-31T22:00:00.000Z', '2026-04-01T03:59:00.000Z'])
    await api.tasks.create({ title: due_at, due_at })
  const soon = async (time_zone?: string) => {
    const { due_soon } = await api.digest.get(time_zone === undefined ? {} : { time_zone })
    return due_soon.items.map(({ title }) => title)
  }
  // There it is 23:30 on the 28th; the 31st ends at 22:00 UTC.
  expect(await soon('Europe/Berlin')).toEqual(['2026-03-31T21:59:00.000Z'])
  expect(await soon()).toEqual(['2026-03-31T21:59:00.000Z', '2026-03-31T22:00:00.000Z'])
  expect(await soon('America/New_York')).toHaveLength(3)
  expect(await soon('Asia/Tokyo')).toHaveLength(3)
  await expect(soon('Mars/Olympus')).rejects.toMatchObject({
    problem: { status: 422, errors: [{ path: '/time_zone' }] },
  })
})
