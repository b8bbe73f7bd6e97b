/** Kills a core, as a process of its own, in the middle of a privacy delete, and starts it again on the same data. */
import { expect, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../test/core-process.ts'
import { until } from '../../../../test/harness.ts'
import { receiptOf, removedBy } from './privacy.fixture.ts'

test('a delete that was killed goes on: the receipt counts everything once, and nothing is left', async () => {
  const { environment } = await coreSettings()
  let core = await startCoreProcess(environment)
  const [pages, size] = [3_000, 1_500]
  for (let first = 0; first < pages; first += size) {
    const visits = Array.from({ length: size }, (_, at) => {
      const number = first + at
      const url = `https://${number % 3 === 0 ? 'stays' : 'goes'}.example/${number}`
      return { url, visited_at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString() }
    })
    await core.api.browser.createVisits({ visits })
  }
  await until(async () => (await core.api.search.status()).pending === 0)
  const { job_id } = await core.api.privacy.delete({ site: 'goes.example', confirm: true })
  const begun = await until(async () => {
    const receipt = await core.api.privacy.getReceipt({ id: job_id })
    return (removedBy(receipt, 'browser').pages ?? 0) > 0 ? receipt : null
  })
  await core.kill()
  expect(begun.status).toBe('running')
  core = await startCoreProcess(environment)
  const receipt = await receiptOf(core, job_id)
  expect((await core.api.jobs.get({ id: job_id })).attempt).toBeGreaterThan(1)
  expect(removedBy(receipt, 'browser')).toEqual({ visits: 2_000, pages: 2_000, sites: 1 })
  expect(removedBy(receipt, 'index')).toEqual({ passages: 2_000 })
  expect(receipt.proof).toMatchObject({ clean: true })
  expect((await core.api.overview.get({})).counts).toMatchObject({ history: 1_000, pages: 1_000, sites: 1 })
  expect((await core.api.events.audit({})).valid).toBe(true)
})
