import { expect, test, afterAll, beforeAll } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { insertUsage } from './store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

test('what models used is summed by day of the clocks of whoever asks', async () => {
  const { workspace } = cairn.core
  const call = { task_type: 'chat', provider: 'p', model: 'm', latency_ms: 1, success: 1, error: null, cost_usd: null }
  // In Berlin clocks go forward on 29 March 2026, a day from 23:00 to 22:00 UTC.
  const times = ['2026-03-28T22:59:59.999Z', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z']
  await cairn.core.kernel.database.transaction(async (db) => {
    for (const time of [...times, '2026-03-29T22:00:00.000Z'])
      await insertUsage(
        { db, workspace },
        {
          ...{
            ...call,
            workspace,
            id: newId(),
            input_tokens: 1,
            output_tokens: 1,
            person: 'p',
            agent: null,
            job: null,
          },
          created_at: Date.parse(time),
        },
      )
  })
  const period = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' }
  const days = async (more: { time_zone?: string; from?: string } = {}) =>
    (await cairn.api.models.usage({ ...period, ...more })).items.map(({ day, calls }) => [day, calls])
  const berlin = [
    ['2026-03-30', 1],
    ['2026-03-29', 2],
    ['2026-03-28', 1],
  ]
  expect(await days({ time_zone: 'Europe/Berlin' })).toEqual(berlin)
  expect(await days({ time_zone: 'Europe/Berlin', from: '1900-01-01T00:00:00.000Z' })).toEqual(berlin)
  expect(await days()).toEqual([
    ['2026-03-29', 2],
    ['2026-03-28', 2],
  ])
  await expect(days({ time_zone: 'Mars/Olympus' })).rejects.toMatchObject({
    problem: { status: 422, errors: [{ path: '/time_zone' }] },
  })
})
