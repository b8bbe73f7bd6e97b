import type { NewVisit } from '@cairn/api/browser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { at, hour, invalid, many, refusal, start, startAtNoon } from './browser.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startAtNoon()
})
afterAll(() => cairn.stop())
/** Somebody's empty workspace of their own. */
const fresh = () => cairn.stranger()

describe('a visit', () => {
  it('is kept once, with its page and site, and listed with what was said of it', async () => {
    const { api } = await fresh()
    const visit = {
      url: 'https://www.Example.com/a?b=1#c',
      title: 'A title',
      visited_at: '2026-11-20T10:00:00.123Z',
      referrer: 'https://search.example/?q=a',
      duration_ms: 1_200,
      source: 'extension',
      tab_id: newId(),
      status_code: 200,
      content_type: 'text/html',
    }
    const kept = await api.browser.createVisit(visit)
    expect(kept).toMatchObject({ ...visit, url: 'https://www.example.com/a?b=1#c', site: 'example.com' })
    expect(await api.browser.createVisit({ ...visit, title: 'Another' })).toEqual(kept)
    expect((await api.browser.listHistory()).items).toEqual([kept])
    expect((await api.browser.listVisits({ url: visit.url })).items).toEqual([kept])
    expect((await api.browser.listVisits({ tab_id: visit.tab_id })).items).toEqual([kept])
    expect((await api.browser.listSites()).items).toEqual([
      { site: 'example.com', visits: 1, first_seen: visit.visited_at, last_seen: visit.visited_at },
    ])
  })

  it('has now for its time when none is given', async () => {
    const { api } = await fresh()
    expect((await api.browser.createVisit({ url: 'http://localhost:3000/' })).visited_at).toBe(at(start))
    expect((await api.browser.listSites()).items[0]?.site).toBe('localhost:3000')
  })

  it('is masked before it is stored: address, referrer and title', async () => {
    const { api, workspace } = await fresh()
    await api.browser.createVisit({
      url: 'https://ann:hunter2@example.com/cb?access_token=s3cr3t-one#id_token=s3cr3t-two',
      referrer: 'https://example.com/?password=s3cr3t-three',
      title: 'Curl with API_TOKEN=s3cr3t-four',
    })
    type Tables = { history: Record<string, unknown>; pages: Record<string, unknown>; event: Record<string, unknown> }
    const tables = cairn.core.kernel.database.db.withTables<Tables>()
    for (const table of ['history', 'pages', 'event'] as const) {
      const rows = await tables.selectFrom(table).selectAll().where('workspace', '=', workspace).execute()
      expect(rows.length).toBeGreaterThan(0)
      expect(JSON.stringify(rows)).not.toMatch(/s3cr3t|hunter2|ann@|ann:/)
    }
  })

  it('is one event, without its address, and none when it was known', async () => {
    const { api } = await fresh()
    const visit = { url: 'https://example.com/', visited_at: at(start - hour) }
    const { id } = await api.browser.createVisit(visit)
    await api.browser.createVisit(visit)
    const { items } = await api.events.follow({})
    const ours = items.filter(({ type }) => type.startsWith('visits.'))
    expect(ours).toMatchObject([{ type: 'visits.created', subject: id, data: { created: 1, duplicates: 0 } }])
    expect(JSON.stringify(ours)).not.toContain('example.com')
  })

  it('of another workspace is nobody else’s: not listed, not removed', async () => {
    const [ann, ben] = [await fresh(), await fresh()]
    const visit = await ann.api.browser.createVisit({ url: 'https://example.com/', visited_at: at(start) })
    expect((await ben.api.browser.listHistory()).items).toEqual([])
    expect(await refusal(ben.api.browser.removeVisit({ id: visit.id }))).toMatchObject({
      status: 404,
      code: 'VISIT_NOT_FOUND',
    })
    expect(await refusal(ben.api.browser.removeVisit({ id: visit.page_id }))).toMatchObject({ status: 404 })
    expect(await ben.api.browser.removeHistory({ all: true })).toMatchObject({
      mode: 'all',
      removed: { visits: 0, pages: 0 },
    })
    expect((await ann.api.browser.listHistory()).items).toHaveLength(1)
  })
})

describe('a batch', () => {
  it('of 5,000 is kept whole, and again adds nothing', async () => {
    const { api } = await fresh()
    const visits = many(5_000, 'batch.example', 700, start - 100 * hour)
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 5_000, duplicates: 0 })
    expect(await api.browser.createVisits({ visits })).toEqual({ created: 0, duplicates: 5_000 })
    const { items, total } = await api.browser.listSites()
    expect(total).toEqual({ sites: 1, visits: 5_000 })
    expect(items).toMatchObject([{ site: 'batch.example', visits: 5_000, first_seen: at(start - 100 * hour) }])
    expect((await api.overview.get()).counts).toMatchObject({ history: 5_000, pages: 700 })
  })

  it('counts the same visit twice in it as a duplicate', async () => {
    const { api } = await fresh()
    const [visit] = many(1, 'twice.example') as [NewVisit]
    expect(await api.browser.createVisits({ visits: [visit, { ...visit, title: 'Else' }] })).toEqual({
      created: 1,
      duplicates: 1,
    })
    expect(await api.browser.createVisits(visit)).toEqual({ created: 0, duplicates: 1 })
  })

  it('with one bad visit is refused whole, with the path of each fault', async () => {
    const { api } = await fresh()
    const visits = many(100, 'good.example')
    visits[7] = { url: 'ftp://files.example/a' }
    visits[30] = { url: 'https://good.example/', visited_at: '1889-01-01T00:00:00Z' }
    visits[31] = { url: 'https://good.example/', visited_at: at(start + 49 * hour) }
    visits[99] = { url: 'no address at all' }
    const problem = (await refusal(api.browser.createVisits({ visits }))) as { errors: { path: string }[] }
    expect(problem).toMatchObject({ status: 422, code: 'INVALID_INPUT' })
    expect(problem.errors.map(({ path }) => path)).toEqual([
      ...['/visits/7/url', '/visits/30/visited_at', '/visits/31/visited_at', '/visits/99/url'],
    ])
    expect((await api.browser.listHistory()).items).toEqual([])
  })

  it.each([
    ['nothing', {}, '/visits'],
    ['both forms', { url: 'https://a.example/', visits: [{ url: 'https://a.example/' }] }, '/url'],
    ['an empty list', { visits: [] }, '/visits'],
    ['too many', { visits: Array.from({ length: 5_001 }, () => ({ url: 'https://a.example/' })) }, '/visits'],
    ['an unknown field', { visits: [{ url: 'https://a.example/', colour: 'red' }] }, '/visits/0'],
    ['a number for an address', { visits: [{ url: 5 }] }, '/visits/0/url'],
    ['a date that is none', { url: 'https://a.example/', visited_at: 'yesterday' }, '/visited_at'],
    ['half a second', { url: 'https://a.example/', duration_ms: 0.5 }, '/duration_ms'],
  ])('with %s is refused', async (_, input, path) => {
    const problem = (await refusal(cairn.api.browser.createVisits(input as never))) as { errors: { path: string }[] }
    expect(problem).toMatchObject({ status: 422, code: 'INVALID_INPUT' })
    expect(problem.errors.some((error) => error.path.startsWith(path))).toBe(true)
  })

  it('from two sides at once is kept once, and counted right', async () => {
    const { api } = await fresh()
    const visits = many(400, 'race.example', 90)
    const sent = [...Array(4)].map((_, n) => api.browser.createVisits({ visits: visits.slice(n * 50, n * 50 + 250) }))
    const kept = await Promise.all(sent)
    expect(kept.reduce((sum, { created }) => sum + created, 0)).toBe(400)
    expect((await api.browser.listSites()).items).toMatchObject([{ site: 'race.example', visits: 400 }])
    expect((await api.overview.get()).counts).toMatchObject({ history: 400, pages: 90 })
  })
})

describe('hostile input', () => {
  it('keeps long addresses up to 16 kB and refuses longer ones', async () => {
    const { api } = await fresh()
    const long = `https://long.example/${'a'.repeat(10_000)}`
    expect((await api.browser.createVisit({ url: long })).url).toBe(long)
    expect(
      await refusal(api.browser.createVisit({ url: `https://long.example/?q=${'ü'.repeat(10_000)}` })),
    ).toMatchObject(invalid('/url'))
    expect(await refusal(api.browser.createVisit({ url: `https://long.example/${'a'.repeat(20_000)}` }))).toMatchObject(
      invalid('/url'),
    )
  })

  it('keeps odd titles as text in one line: lone surrogates, NUL, control and bidi signs', async () => {
    const { api } = await fresh()
    const titles = [
      'half \ud83d pair',
      'two\nlines\tand\r\nmore',
      'right\u202eto left',
      '<img src=x onerror=alert(1)>',
      '   ',
    ]
    for (const [n, title] of titles.entries()) {
      await api.browser.createVisit({ url: `https://odd.example/${n}`, title, visited_at: at(start + n) })
    }
    const { items } = await api.browser.listHistory()
    expect(items.map(({ title }) => title).reverse()).toEqual([
      ...['half \ufffd pair', 'two lines and more', 'right\u202eto left', '<img src=x onerror=alert(1)>', null],
    ])
    expect(await refusal(api.browser.createVisit({ url: 'https://odd.example/', title: 'a\u0000b' }))).toMatchObject(
      invalid('/title'),
    )
    const cut = await api.browser.createVisit({ url: 'https://odd.example/cut', title: '🪨'.repeat(2_000) })
    expect(cut.title?.length).toBeLessThanOrEqual(1_000)
    expect(cut.title?.isWellFormed()).toBe(true)
  })

  it('refuses bodies that are not UTF-8, and absurd paging', async () => {
    const broken = await cairn.fetch('/api/visits', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0x75, 0x72, 0x6c, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    })
    expect([400, 422]).toContain(broken.status)
    for (const query of [
      'limit=0',
      'limit=-1',
      'limit=1e9',
      'limit=x',
      'cursor=rubbish',
      `cursor=${'a'.repeat(501)}`,
    ]) {
      expect([query, (await cairn.fetch(`/api/browser/history?${query}`)).status]).toEqual([query, 422])
    }
    const forged = Buffer.from('[5]').toString('base64url')
    expect(await refusal(cairn.api.browser.listHistory({ cursor: forged }))).toMatchObject(invalid('/cursor'))
  })
})

describe('the history', () => {
  it('is listed newest first in pages that miss and repeat nothing, also while it grows', async () => {
    const { api } = await fresh()
    await api.browser.createVisits({ visits: many(120, 'pages.example') })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof api.browser.listHistory>> = await api.browser.listHistory({
        limit: 50,
        ...(cursor && { cursor }),
      })
      seen.push(...page.items.map(({ visited_at }) => visited_at))
      cursor = page.next_cursor
      await api.browser.createVisit({ url: `https://pages.example/new/${seen.length}`, visited_at: at(start) })
    } while (cursor)
    expect(seen).toHaveLength(120)
    expect(seen).toEqual(seen.toSorted().reverse())
    expect(new Set(seen).size).toBe(120)
  })

  it('is filtered by site and period', async () => {
    const { api } = await fresh()
    await api.browser.createVisits({ visits: [...many(60, 'one.example'), ...many(60, 'two.example')] })
    const one = await api.browser.listHistory({ site: 'https://www.one.example/x', limit: 200 })
    expect(one.items).toHaveLength(60)
    expect(new Set(one.items.map(({ site }) => site))).toEqual(new Set(['one.example']))
    const hours = { from: at(start - 10 * hour), to: at(start - 10 * hour + 5 * 60_000) }
    expect((await api.browser.listHistory({ site: 'two.example', ...hours })).items).toHaveLength(5)
    expect((await api.browser.listHistory(hours)).items).toHaveLength(10)
    expect((await api.browser.listVisits({ url: 'https://one.example/page/3', ...hours })).items).toHaveLength(1)
    expect(await refusal(api.browser.listHistory({ site: 'not a site' }))).toMatchObject(invalid('/site'))
  })

  it('is searched by words and by the beginning of a site, each page once', async () => {
    const { api } = await fresh()
    await api.browser.createVisits({
      visits: [
        ...many(30, 'filler.example', 10),
        {
          url: 'https://docs.example/lifetimes',
          title: 'Understanding lifetimes in Rust',
          visited_at: at(start - 2 * hour),
        },
        {
          url: 'https://docs.example/lifetimes',
          title: 'Understanding lifetimes in Rust',
          visited_at: at(start - hour),
        },
        { url: 'https://docs.example/rust', title: 'Rust in a rush', visited_at: at(start) },
      ],
    })
    const words = async (q: string, more = {}) =>
      (await api.browser.listHistory({ q, ...more })).items.map(({ url, visited_at }) => [url, visited_at])
    await until(async () => (await words('lifetimes')).length > 0)
    expect(await words('rust lifetimes')).toEqual([['https://docs.example/lifetimes', at(start - hour)]])
    expect(await words('rust lifetimes', { to: at(start - hour) })).toEqual([
      ['https://docs.example/lifetimes', at(start - 2 * hour)],
    ])
    expect(await words('lifetimes', { from: at(start) })).toEqual([])
    expect((await words('rust')).map(([url]) => url)).toEqual([
      'https://docs.example/rust',
      'https://docs.example/lifetimes',
    ])
    expect(await words('fill')).toHaveLength(10)
    const first = await api.browser.listHistory({ q: 'filler', limit: 4 })
    const second = await api.browser.listHistory({ q: 'filler', limit: 50, cursor: first.next_cursor as string })
    expect(new Set([...first.items, ...second.items].map(({ page_id }) => page_id)).size).toBe(10)
    expect(second.next_cursor).toBeNull()
  })

  it('is counted by day over there, days without visits left out', async () => {
    const { api } = await fresh()
    const times = ['2026-11-20T22:30:00Z', '2026-11-20T23:30:00Z', '2026-11-21T00:30:00Z', '2024-02-29T12:00:00Z']
    await api.browser.createVisits({
      visits: times.map((visited_at, n) => ({ url: `https://day${n % 2}.example/`, visited_at })),
    })
    expect(await api.browser.listDays()).toEqual({
      items: [
        { day: '2026-11-21', visits: 1, sites: 1 },
        { day: '2026-11-20', visits: 2, sites: 2 },
        { day: '2024-02-29', visits: 1, sites: 1 },
      ],
      earlier: null,
    })
    const tokyo = { time_zone: 'Asia/Tokyo' }
    const newest = await api.browser.listDays({ ...tokyo, limit: 1 })
    expect(newest.items).toEqual([{ day: '2026-11-21', visits: 3, sites: 2 }])
    expect((await api.browser.listDays({ ...tokyo, to: newest.earlier as string })).items).toMatchObject([
      { day: '2024-02-29' },
    ])
    expect((await api.browser.listDays({ site: 'day1.example' })).items).toHaveLength(2)
  })

  it('is counted by site, of a domain and of a period', async () => {
    const { api } = await fresh()
    await api.browser.createVisits({
      visits: [
        ...many(50, 'a.example'),
        ...many(30, 'b.a.example'),
        ...many(20, 'xa.example'),
        ...many(10, 'a.example:8080'),
      ],
    })
    const all = await api.browser.listSites()
    expect(all.items.map(({ site, visits }) => [site, visits])).toEqual([
      ['a.example', 50],
      ['b.a.example', 30],
      ['xa.example', 20],
      ['a.example:8080', 10],
    ])
    expect((await api.browser.listSites({ domain: 'a.example' })).total).toEqual({ sites: 3, visits: 90 })
    const minute = await api.browser.listSites({ domain: 'a.example', to: at(start - 10 * hour + 60_000) })
    expect(minute.items.map(({ site, visits }) => [site, visits]).sort()).toEqual([
      ...[
        ['a.example', 1],
        ['a.example:8080', 1],
        ['b.a.example', 1],
      ],
    ])
    expect(minute.total).toEqual({ sites: 3, visits: 3 })
  })
})

it('sites and the links followed between them are told, most followed first, by period and by site', async () => {
  const { api } = await cairn.stranger()
  const day = (n: number) => `2026-11-0${n}T10:00:00.000Z`
  const way = (from: string, to: string, visited_at: string) => ({
    ...{ url: `https://${to}/${visited_at}`, visited_at },
    ...(from && { referrer: `https://www.${from}/?q=${visited_at}` }),
  })
  await api.browser.createVisits({
    visits: [
      way('search.example', 'stones.example', day(1)),
      way('search.example', 'stones.example', day(2)),
      way('stones.example', 'moss.example', day(3)),
      way('stones.example', 'stones.example', day(4)),
      way('', 'alone.example', day(5)),
    ],
  })
  const first = { from: 'search.example', to: 'stones.example', visits: 2, last_visited_at: day(2) }
  const second = { from: 'stones.example', to: 'moss.example', visits: 1, last_visited_at: day(3) }
  expect(await api.browser.graph()).toEqual({
    sites: [
      { site: 'stones.example', arrivals: 2, departures: 1 },
      { site: 'search.example', arrivals: 0, departures: 2 },
      { site: 'moss.example', arrivals: 1, departures: 0 },
    ],
    links: [first, second],
    ...{ visits_read: 5, complete: true },
  })
  expect((await api.browser.graph({ site: 'moss.example' })).links).toEqual([second])
  expect((await api.browser.graph({ min_visits: 2 })).links).toEqual([first])
  expect((await api.browser.graph({ limit: 1 })).links).toEqual([first])
  expect(await api.browser.graph({ from: day(2), to: day(3) })).toMatchObject({
    ...{ links: [{ ...first, visits: 1 }], visits_read: 1 },
  })
  expect(await (await cairn.stranger()).api.browser.graph()).toMatchObject({ sites: [], links: [], visits_read: 0 })
})
