/** Time alone begins a crawl that is to be done again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../../test/harness.ts'
import { html, type Site, startSite } from '../../../../../test/site.ts'
import { erase, removedBy } from '../../../account/privacy/privacy.fixture.ts'

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

test('what time began goes with the person whose schedule it is, and so does its job', async () => {
  const { api } = cairn
  await api.crawls.start({ seeds: [`${site.url}/`], depth: 0, query: 'numbat coins', every_hours: 2 })
  await crawls(4)
  await at(now + 3 * hour)
  const [due] = await crawls(5)
  expect((await api.jobs.get({ id: due?.job_id as string })).status).toBe('succeeded')
  const receipt = await erase(cairn, { person: (await api.users.me()).id })
  expect(removedBy(receipt, 'documents')).toMatchObject({ documents: 1, crawls: 5, crawl_schedules: 1 })
  await expect(api.jobs.get({ id: due?.job_id as string })).rejects.toMatchObject({
    problem: { code: 'JOB_NOT_FOUND' },
  })
  expect((await api.crawls.listSchedules()).items).toEqual([])
})

test('every day at seven is seven by the clocks of the person, over both changes of summer time; weeks keep their day, from the next on', async () => {
  const { api } = cairn
  // Of crawls that were long ago the ledger knows nothing any more.
  const ended = () =>
    until(async () => {
      const { items } = await api.jobs.list({ type: 'focused_crawl' })
      return items.every(({ completed_at }) => completed_at !== null)
    })
  const next = async () => (await schedule())?.next_at
  const [seven, late] = [
    { at: '07:00', time_zone: 'Europe/Berlin' },
    { at: '23:30', time_zone: 'America/Nuuk' },
  ]
  for (const [asked, clock, from, ...ticks] of [
    // Forward on Sunday, 29 March; then back on Sunday, 25 October.
    [24, seven, '2026-03-27T12:00', '2026-03-28T06:00', '2026-03-29T05:00', '2026-03-30T05:00'],
    [24, seven, '2026-10-23T12:00', '2026-10-24T05:00', '2026-10-25T06:00', '2026-10-26T06:00'],
    [168, seven, '2026-12-01T12:00', '2026-12-08T06:00', '2026-12-15T06:00', '2026-12-22T06:00'],
    // Asked for half an hour before the time of day.
    [24, seven, '2027-01-25T05:30', '2027-01-26T06:00', '2027-01-27T06:00'],
    [168, seven, '2027-02-15T05:30', '2027-02-22T06:00', '2027-03-01T06:00'],
    // On 27 March, a Saturday, clocks there go from eleven to midnight.
    [168, late, '2027-03-20T12:00', '2027-03-28T01:30', '2027-04-04T00:30', '2027-04-11T00:30'],
  ] as const) {
    now = Date.parse(`${from}:00Z`)
    await api.crawls.start({ seeds: [`${site.url}/`], depth: 0, ...clock, every_hours: asked })
    for (const tick of ticks) {
      expect(await next()).toBe(`${tick}:00.000Z`)
      await at(Date.parse(`${tick}:00Z`) + 5 * minute)
    }
    await ended()
    const begun = (await api.crawls.list({ limit: 100 })).items.filter(
      ({ schedule_id, created_at }) => schedule_id !== null && Date.parse(created_at) >= Date.parse(`${from}:00Z`),
    )
    expect(begun).toHaveLength(1 + ticks.length)
    expect(await schedule()).toMatchObject({ ...clock, every_hours: asked })
    // Nobody looked for days: it is done once, and then again at its time.
    await at(now + 14 * 24 * hour - 2 * hour)
    const again = new Date((await next()) as string)
    expect(again.getTime()).toBeGreaterThan(now)
    expect(again.getTime()).toBeLessThanOrEqual(now + asked * hour)
    expect(again.toLocaleString('sv', { timeZone: clock.time_zone }).split(' ')[1]).toBe(`${clock.at}:00`)
    await api.crawls.removeSchedule({ id: (await schedule())?.id as string })
    await ended()
  }
})

test('a time of day needs whole days between, and clocks that there are', async () => {
  const refused = async (odd: object) =>
    cairn.api.crawls.start({ seeds: [`${site.url}/`], depth: 0, ...odd }).then(
      () => null,
      (thrown: { problem?: { errors?: { path: string }[] } }) => thrown.problem?.errors?.[0]?.path,
    )
  const before = (await cairn.api.crawls.list({ limit: 100 })).items.length
  expect(await refused({ at: '07:00' })).toBe('/at')
  expect(await refused({ at: '07:00', every_hours: 25 })).toBe('/at')
  for (const time of ['7:00', '24:00', '07:60', 'seven', ''])
    expect(await refused({ at: time, every_hours: 24 })).toBe('/at')
  expect(await refused({ at: '07:00', every_hours: 24, time_zone: 'Mars/Olympus' })).toBe('/time_zone')
  expect((await cairn.api.crawls.list({ limit: 100 })).items).toHaveLength(before)
  expect((await cairn.api.crawls.listSchedules()).items).toEqual([])
})
