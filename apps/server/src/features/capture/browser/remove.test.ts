import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { at, hour, many, refusal, start, startAtNoon } from './browser.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startAtNoon()
})
afterAll(() => cairn.stop())
/** Somebody's empty workspace of their own. */
const fresh = () => cairn.stranger()

describe('removing', () => {
  const setUp = async () => {
    const { api } = await fresh()
    const tab = newId()
    await api.browser.createVisits({
      visits: [
        ...many(40, 'shop.example', 10),
        ...many(30, 'www.my.shop.example', 10),
        ...many(20, 'workshop.example', 10),
        ...many(10, 'old.example', 10, start - 100 * 24 * hour),
        { url: 'https://tab.example/', tab_id: tab, visited_at: at(start - 20 * hour) },
      ],
    })
    return { api, tab }
  }
  const sites = async (api: Cairn['api']) =>
    (await api.browser.listSites()).items.map(({ site, visits }) => `${site} ${visits}`).sort()

  it.each([
    ['a domain with its subdomains', { domain: 'shop.example' }, 'domain', 70, 20],
    ['one site by its address', { domain: 'https://www.shop.example/x' }, 'domain', 40, 10],
    ['what is old', { older_than_days: 90 }, 'age', 10, 10],
    ['a period', { from: at(start - 10 * hour), to: at(start - 10 * hour + 60_000) }, 'period', 3, 0],
    ['what lies before', { to: at(start - 15 * hour) }, 'period', 11, 11],
    ['everything', { all: true }, 'all', 101, 41],
    ['what is not there', { domain: 'nowhere.example' }, 'domain', 0, 0],
  ])('%s says what went, and nothing else goes', async (_, which, mode, visits, pages) => {
    const { api } = await setUp()
    const before = (await api.overview.get()).counts as Record<string, number>
    const { job_id, ...answer } = await api.browser.removeHistory(which)
    expect(answer).toEqual({ mode, removed: { visits, pages } })
    expect(await api.jobs.get({ id: job_id })).toMatchObject({
      ...{ type: 'browser.remove', status: 'succeeded', result: { visits, pages } },
    })
    const { items } = await api.browser.listHistory({ limit: 200 })
    expect(items).toHaveLength(101 - visits)
    expect((await api.overview.get()).counts).toMatchObject({
      history: (before.history as number) - visits,
      pages: (before.pages as number) - pages,
    })
  })

  it('a tab’s visits leaves the others', async () => {
    const { api, tab } = await setUp()
    expect(await api.browser.removeHistory({ tab_id: tab })).toMatchObject({
      mode: 'tab',
      removed: { visits: 1, pages: 1 },
    })
    expect(await sites(api)).toEqual(['my.shop.example 30', 'old.example 10', 'shop.example 40', 'workshop.example 20'])
  })

  it.each([
    ['no mode', {}],
    ['two modes', { domain: 'a.example', all: true }],
    ['a mode and a period', { older_than_days: 3, from: at(start) }],
    ['all=false', { all: false }],
  ])('with %s is refused and removes nothing', async (_, which) => {
    const { api } = await fresh()
    await api.browser.createVisit({ url: 'https://a.example/' })
    expect(await refusal(api.browser.removeHistory(which))).toMatchObject({ status: 422, code: 'INVALID_INPUT' })
    expect((await api.browser.listHistory()).items).toHaveLength(1)
  })

  it('one visit keeps the page while it has others, and then lets it go, from the search as well', async () => {
    const { api } = await fresh()
    const [url, title] = ['https://gone.example/', 'Ephemeral zeugma']
    const older = await api.browser.createVisit({ url, title, visited_at: at(start - 2 * hour) })
    const newer = await api.browser.createVisit({ url, title, visited_at: at(start - hour) })
    const found = async () => (await api.search.query({ query: 'zeugma', kinds: ['visit'] })).hits
    await until(async () => (await found())[0]?.passage.time === at(start - hour))
    expect(await found()).toMatchObject([{ source: { kind: 'visit', id: newer.page_id, title, uri: url } }])
    expect(await api.browser.removeVisit({ id: newer.id })).toEqual({ removed: { visits: 1, pages: 0 } })
    await until(async () => (await found())[0]?.passage.time === at(start - 2 * hour))
    expect((await api.browser.listSites()).items).toMatchObject([{ visits: 1, last_seen: at(start - 2 * hour) }])
    expect(await api.browser.removeVisit({ id: older.page_id })).toEqual({ removed: { visits: 1, pages: 1 } })
    await until(async () => (await found()).length === 0)
    expect(await refusal(api.browser.removeVisit({ id: older.id }))).toMatchObject({
      status: 404,
      code: 'VISIT_NOT_FOUND',
    })
    expect((await api.browser.listSites()).items).toEqual([])
  })

  it('is one event for a batch, with counts alone', async () => {
    const { api } = await setUp()
    await api.browser.removeHistory({ domain: 'shop.example' })
    const { items } = await api.events.follow({ limit: 200 })
    const removed = items.filter(({ type }) => type === 'visits.removed')
    expect(removed.map(({ data }) => data)).toEqual([
      { mode: 'domain', visits: 30 },
      { mode: 'domain', visits: 40 },
    ])
  })
})
