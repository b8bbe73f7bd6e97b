/** Time alone begins a crawl that is to be done again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../../test/harness.ts'
import { html, type Site, startSite } from '../../../../../test/site.ts'

const [minute, hour] = [60_000, 3_600_000]
let now = Date.parse('2026-03-01T09:01:00.000Z')
let cairn: Cairn
let site: Site
beforeAll(async () => {
  site = await startSite({ '/': html('Prices', 'Stones cost four coins each today, as they did before.') })
  cairn = await startCairn({
    environment: { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' },
    core: { clock: { now: () => now, monotonic: () => performance.now() } },
  })
})
afterAll(async () => {
  await cairn?.stop()
  await site?.stop()
})

/** Newest first, once all of them have ended. */
const crawls = (count: number) =>
  until(async () => {
    const { items } = await cairn.api.crawls.list({})
    return items.length >= count && items.every(({ finished_at }) => finished_at !== null) ? items : null
  })
const schedule = async () => (await cairn.api.crawls.listSchedules()).items[0]
/** Sets the clock, and resolves once it was looked which crawls are due since then. */
const at = async (time: number) => {
  now = time
  await until(async () => {
    const { items } = await cairn.api.jobs.list({ type: 'documents.crawls_due' })
    return items.some(({ created_at, status }) => Date.parse(created_at) >= time && status === 'succeeded')
  })
}

test('a crawl is done again when its time has come, not before, and once however long nobody looked', async () => {
  const { job_id: first } = await cairn.api.crawls.start({ seeds: [`${site.url}/`], depth: 0, every_hours: 2 })
  expect(await crawls(1)).toMatchObject([{ job_id: first, status: 'succeeded', counts: { created: 1 } }])
  const begun = now
  expect(await schedule()).toMatchObject({ last_job_id: first, next_at: new Date(begun + 2 * hour).toISOString() })

  await at(begun + hour + 50 * minute)
  expect(await crawls(1)).toHaveLength(1)

  site.pages['/'] = html('Prices', 'Stones cost five coins each today, which is more than before.')
  await at(begun + 2 * hour + 5 * minute)
  const [again, ...before] = await crawls(2)
  expect(before).toHaveLength(1)
  expect(again).toMatchObject({ status: 'succeeded', counts: { fetched: 1, changed: 1 } })
  expect(again?.schedule_id).toBe((await schedule())?.id)
  expect((await schedule())?.last_job_id).toBe(again?.job_id)
  const { items } = await cairn.api.documents.list({})
  expect(items).toMatchObject([{ version: 2 }])

  await at(now + 30 * hour)
  expect(await crawls(3)).toHaveLength(3)
  expect(Date.parse((await schedule())?.next_at as string)).toBeGreaterThan(now)

  await cairn.api.crawls.removeSchedule({ id: (await schedule())?.id as string })
  await at(now + 30 * hour)
  expect(await crawls(3)).toHaveLength(3)
})
