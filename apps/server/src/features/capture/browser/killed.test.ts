/** Kills a core, as a process of its own, in the middle of removing visits, and starts it again on the same data. */
import { expect, test } from 'vitest'
import { coreSettings, cutOff, startCoreProcess } from '../../../../test/core-process.ts'

const [batches, size] = [6, 5_000]

test('removing visits that was killed goes on: what stays is whole and counted right', async () => {
  const { environment } = await coreSettings()
  const core = await startCoreProcess(environment)
  for (let batch = 0; batch < batches; batch++) {
    const visits = Array.from({ length: size }, (_, at) => ({
      url: `https://${at % 5 === 0 ? 'stays' : 'goes'}.example/${at % 997}`,
      visited_at: new Date(1_600_000_000_000 + (batch * size + at) * 1_000).toISOString(),
    }))
    await core.api.browser.createVisits({ visits })
  }
  const { core: next, ended } = await cutOff(core, environment, 'browser.remove', (api) =>
    api.browser.removeHistory({ domain: 'goes.example' }),
  )
  const left = (batches * size) / 5
  expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { visits: batches * size - left } })
  expect(ended.attempt).toBeGreaterThan(1)
  expect((await next.api.overview.get()).counts).toMatchObject({ history: left, sites: 1 })
  const { items, total } = await next.api.browser.listSites({ from: '2000-01-01T00:00:00Z' })
  expect([items.map(({ site, visits }) => [site, visits]), total.visits]).toEqual([[['stays.example', left]], left])
  expect((await next.api.events.audit({})).valid).toBe(true)
}, 120_000)
