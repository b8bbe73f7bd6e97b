import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../../../test/database.ts'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import * as store from './store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const minute = (n: number) => `2026-11-01T10:${String(n).padStart(2, '0')}:00.000Z`
const visit = (url: string, at: number, referrer?: string) => ({
  ...{ url, visited_at: minute(at), title: url.replace('https://', 'Title of ') },
  ...(referrer && { referrer }),
})

test('around a site are sites: what led there and where one went, most often first, without its own links', async () => {
  const { api } = await cairn.stranger()
  await api.browser.createVisits({
    visits: [
      visit('https://stones.example/a', 1, 'https://www.search.example/?q=a'),
      visit('https://stones.example/b', 2, 'https://search.example/?q=b'),
      visit('https://stones.example/b', 3, 'https://moss.example/'),
      visit('https://stones.example/c', 4, 'https://stones.example/b'),
      visit('https://moss.example/', 5, 'https://www.stones.example/c'),
      visit('https://other.example/', 6, 'https://elsewhere.example/?about=stones.example'),
      visit('https://stones.example/d', 7),
    ],
  })
  const way = (site: string, visits: number, at: number) => ({
    ...{ site, page_id: null, url: null, title: null, visits, last_visited_at: minute(at) },
  })
  expect(await api.browser.neighbours({ site: 'stones.example' })).toEqual({
    ...{ site: 'stones.example', page_id: null, url: null, title: null, complete: true },
    came_from: [way('search.example', 2, 2), way('moss.example', 1, 3)],
    went_to: [way('moss.example', 1, 5)],
    ...{ came_from_total: 2, went_to_total: 1 },
  })
  const short = await api.browser.neighbours({ site: 'stones.example', limit: 1 })
  expect([short.came_from.map(({ site }) => site), short.came_from_total]).toEqual([['search.example'], 2])
  expect(await api.browser.neighbours({ site: 'stones.example', from: minute(3), to: minute(5) })).toMatchObject({
    ...{ came_from: [way('moss.example', 1, 3)], went_to: [] },
  })
  const nowhere = { came_from: [], went_to: [], came_from_total: 0, went_to_total: 0 }
  expect(await api.browser.neighbours({ site: 'unknown.example' })).toMatchObject(nowhere)
  expect(await (await cairn.stranger()).api.browser.neighbours({ site: 'stones.example' })).toMatchObject(nowhere)
})

test('around a page are pages, also those of its own site and those that were never visited themselves', async () => {
  const { api } = await cairn.stranger()
  const at = 'https://stones.example/guide#two'
  await api.browser.createVisits({
    visits: [
      visit('https://stones.example/', 1),
      visit(at, 2, 'https://stones.example/'),
      visit(at, 3, 'https://stones.example/'),
      visit(at, 4, 'https://never.example/seen?token=abcdefgh12345678'),
      visit('https://moss.example/', 5, 'https://stones.example/guide'),
      visit('https://stones.example/guide', 6, 'https://stones.example/guide'),
      visit('https://far.example/', 7, 'https://stones.example/guide/further'),
    ],
  })
  const { items } = await api.browser.listVisits({ url: at })
  const page_id = items[0]?.page_id as string
  const found = await api.browser.neighbours({ page_id })
  expect(found).toMatchObject({ site: 'stones.example', page_id, url: at, title: 'Title of stones.example/guide#two' })
  expect(found.came_from.map(({ url, title, visits }) => [url, title, visits])).toEqual([
    ['https://stones.example/', 'Title of stones.example/', 2],
    ['https://never.example/seen?token=***', null, 1],
  ])
  expect(found.came_from[0]?.page_id).not.toBeNull()
  expect(found.came_from[1]).toMatchObject({ page_id: null, site: 'never.example' })
  expect(found.went_to.map(({ url }) => url)).toEqual(['https://stones.example/guide', 'https://moss.example/'])
})

test('a thousand neighbours come at once, and what cannot be asked is refused', async () => {
  const { api } = await cairn.stranger()
  const many = Array.from({ length: 1_200 }, (_, at) => ({
    ...{ url: 'https://hub.example/', referrer: `https://from${at}.example/` },
    visited_at: new Date(Date.parse(minute(0)) + at).toISOString(),
  }))
  await api.browser.createVisits({ visits: many })
  const found = await api.browser.neighbours({ site: 'hub.example', limit: 1_000 })
  expect([found.came_from.length, found.came_from_total]).toEqual([1_000, 1_200])
  const refused = async (input: Parameters<typeof api.browser.neighbours>[0]) =>
    api.browser.neighbours(input).then(
      () => 200,
      (thrown: { problem: { status: number } }) => thrown.problem.status,
    )
  const page_id = '00000000-0000-8000-8000-000000000000'
  expect(await refused({ page_id })).toBe(404)
  expect(await refused({})).toBe(422)
  expect(await refused({ page_id, site: 'hub.example' })).toBe(422)
  expect(await refused({ site: 'not a site/' })).toBe(422)
  expect(await refused({ site: 'hub.example', limit: 1_001 })).toBe(422)
})

test('neighbours are read out of indexes, over no more than the newest visits', async () => {
  const database = await testDatabase()
  const page = '00000000-0000-8000-8000-000000000000'
  const plans = await plansOf(database, async (db) => {
    const from = { workspace: 'w', db }
    await store.arrivalsAt(from, { site: 'stones.example' }, {}, 100)
    await store.arrivalsAt(from, { page }, {}, 100)
    await store.departuresFrom(from, { site: 'stones.example' }, {}, 100)
    await store.departuresFrom(from, { referrer: 'https://stones.example/' }, { from: 1 }, 100)
    await store.visitsIn(from, {}, 100)
  })
  expect(plans).toHaveLength(5)
  for (const { plan } of plans) expect(plan).not.toMatch(/(SCAN|Seq Scan on) (history|pages)/)
})
