import { gzipSync } from 'node:zlib'
import { ApiError } from '@cairn/api/client'
import type { Crawl, CrawlPage } from '@cairn/api/crawls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../../test/harness.ts'
import { html, type Site, startSite } from '../../../../../test/site.ts'

let cairn: Cairn
let site: Site
/** Answers as well, and is allowed by nobody. */
let hidden: Site
beforeAll(async () => {
  hidden = await startSite({ '/': html('Hidden', 'a secret of the network') })
  site = await startSite(pagesOf(), loops)
  cairn = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' } })
})
afterAll(async () => {
  await cairn?.stop()
  await site?.stop()
  await hidden?.stop()
})

const crawl = async (input: Parameters<Cairn['api']['crawls']['start']>[0]) => {
  const { job_id: job } = await cairn.api.crawls.start(input)
  const ended = await until(async () => {
    const now = await cairn.api.crawls.get({ job })
    return now.finished_at === null ? null : now
  })
  const pages: CrawlPage[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await cairn.api.crawls.listPages({ job, limit: 200, ...(cursor && { cursor }) })
    pages.push(...page.items)
    cursor = page.next_cursor
  }
  return { ...ended, all: pages, of: (path: string) => pages.find(({ url }) => url === site.url + path) }
}
const pathsIn = (from: number) => site.asked.slice(from).map(({ path }) => path)
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error as ApiError).problem.code,
  )

let version = 1
function pagesOf(): Parameters<typeof startSite>[0] {
  const words = 'Words of this page, which are enough to be read as one. '.repeat(5)
  const conditional: Parameters<typeof startSite>[0][string] = (request) =>
    request.headers['if-none-match'] === `"v${version}"`
      ? { status: 304 }
      : { headers: { etag: `"v${version}"` }, body: html('News', `Version ${version}. ${words}`, ['/news/deep deep']) }
  return {
    '/robots.txt': {
      headers: { 'content-type': 'text/plain' },
      body: `User-agent: *\nDisallow: /private/\nAllow: /private/open$\nSitemap: http://HOST/map.xml`,
    },
    '/map.xml': (request) => ({
      headers: { 'content-type': 'application/gzip' },
      body: gzipSync(`<urlset><url><loc>http://${request.headers.host}/mapped?a=1&amp;b=2</loc></url></urlset>`),
    }),
    '/mapped?a=1&b=2': html('Mapped', words),
    '/': html('Start', words, [
      '/birds/ birds',
      '/cars cars and engines',
      '/private/a',
      '/private/open',
      '/file.zip',
      '#top',
    ]),
    '/birds/': html('Birds', `Birds of prey. ${words}`, ['/birds/owl the owl', '/birds/finch finch']),
    '/birds/owl': html('The owl', `An owl hears mice. ${words}`, ['/birds/owl/night owl at night']),
    '/birds/owl/night': html('Owls at night', `Owls fly without a sound. ${words}`),
    '/birds/finch': html('The finch', words),
    '/cars': html('Cars', words, ['/cars/1', '/cars/2']),
    '/cars/1': html('One', words.replace('this', 'the first')),
    '/cars/2': html('Two', words.replace('this', 'the second')),
    '/private/a': html('Not for robots', words),
    '/private/open': html('Open', words.replace('this', 'an open')),
    '/news': conditional,
    '/news/deep': html('Deep', words.replace('this', 'a deep')),
    '/traps': html('Traps', words, [
      ...[
        '/to-hidden',
        '/to-name',
        '/to-metadata',
        '/endless',
        '/huge',
        '/bomb',
        '/slow',
        '/latin',
        '/broken-gzip',
        '/picture',
      ],
      ...[
        '/round/round/round/round/',
        '/ring-a',
        '/same?x=1',
        '/same?x=2',
        '/r/1',
        '/busy',
        '/token?token=ghp_0123456789abcdefghijABCDEFGH',
      ],
      ...['/canonical?x=1', '/canonical?x=2', '/calendar?m=1', '/gone', '/cut', '/nested'],
    ]),
    '/to-hidden': () => ({ status: 302, headers: { location: `${hidden.url}/` } }),
    '/to-name': () => ({ status: 307, headers: { location: `http://localhost:${hidden.host.split(':')[1]}/` } }),
    '/to-metadata': { status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data/' } },
    '/ring-a': { status: 301, headers: { location: '/ring-b' } },
    '/ring-b': { status: 301, headers: { location: '/ring-a' } },
    '/endless': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const more = () => {
        while (response.write('<p>and so on '.repeat(5_000))) if (response.destroyed) return
        response.once('drain', more)
      }
      more()
      return null
    },
    '/huge': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': '900000000' })
      response.write('<p>')
      return null
    },
    '/bomb': { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(40_000_000, 'a')) },
    '/broken-gzip': { headers: { 'content-encoding': 'gzip' }, body: 'this is no gzip' },
    '/cut': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': '500' })
      response.write('<p>half')
      setImmediate(() => response.destroy())
      return null
    },
    '/slow': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.write('<p>wait')
      return null
    },
    '/latin': {
      headers: { 'content-type': 'text/html; charset=iso-8859-1' },
      body: Buffer.from(html('Caf\u00e9', words), 'latin1'),
    },
    '/nested': '<div>'.repeat(20_000),
    '/picture': { headers: { 'content-type': 'image/png' }, body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1]) },
    '/busy': (request) =>
      site.asked.filter(({ path }) => path === request.url).length < 2
        ? { status: 503, headers: { 'retry-after': '0' } }
        : { body: html('Busy', words.replace('this', 'a busy')) },
    '/same?x=1': html('Same', 'The very same page under two addresses.'),
    '/same?x=2': html('Same', 'The very same page under two addresses.'),
    '/gone': { status: 410, body: 'gone' },
  }
}

function loops(path: string) {
  const words = 'A page that is made when it is asked for, and leads to the next. '.repeat(4)
  const [, redirect] = /^\/r\/(\d+)$/.exec(path) ?? []
  if (redirect) return { status: 302, headers: { location: `/r/${Number(redirect) + 1}` } }
  const [, month] = /^\/calendar\?m=(\d+)$/.exec(path) ?? []
  if (month) return html(`Month ${month}`, words, [`/calendar?m=${Number(month) + 1}`])
  if (path.startsWith('/canonical'))
    return html('One page', `${words} ${path}`, [], '<link rel="canonical" href="/canonical">')
  const [, rounds] = /^\/round\/(.*)$/.exec(path) ?? []
  if (rounds !== undefined) return html('Round', words, ['round/'])
  return undefined
}

describe('a crawl', () => {
  it('takes what has to do with the query first, and keeps what it reads as documents', async () => {
    const from = site.asked.length
    const done = await crawl({ seeds: [`${site.url}/`], query: 'owls', pages: 7, depth: 3, sitemaps: false })
    expect(done).toMatchObject({ status: 'succeeded', query: 'owls', counts: { fetched: 7, created: 7, failed: 0 } })
    // Two are asked for at once: the owl comes next as soon as it is known.
    expect(pathsIn(from)).toContain('/birds/owl')
    expect(done.of('/birds/owl')).toMatchObject({
      state: 'done',
      outcome: 'created',
      depth: 2,
      from: `${site.url}/birds/`,
    })
    expect(done.of('/birds/owl')?.relevance).toBeGreaterThan(done.of('/birds/')?.relevance ?? 1)
    const owl = await cairn.api.documents.get({ id: done.of('/birds/owl')?.document_id ?? '' })
    expect(owl).toMatchObject({ title: 'The owl', source: 'crawl', url: `${site.url}/birds/owl`, version: 1 })
    expect(owl.markdown).toContain('An owl hears mice')
    await until(async () => (await cairn.api.search.status()).pending === 0)
    const { hits } = await cairn.api.search.query({ query: 'owl mice', kinds: ['document'] })
    expect(hits[0]?.source.uri).toBe(`${site.url}/birds/owl`)
    expect(site.load.most).toBeLessThanOrEqual(2)
  })

  it('keeps to robots.txt, depth and budget, reads the map of the site, and logs each request', async () => {
    site.pages['/robots.txt'] = {
      headers: { 'content-type': 'text/plain' },
      body: `User-agent: *\nDisallow: /private/\nAllow: /private/open$\nSitemap: ${site.url}/map.xml`,
    }
    const from = site.asked.length
    const done = await crawl({ seeds: [`${site.url}/`], depth: 1, pages: 100 })
    const asked = pathsIn(from)
    expect(asked).not.toContain('/private/a')
    expect(asked).not.toContain('/file.zip')
    expect(asked).toContain('/private/open')
    expect(asked).toContain('/mapped?a=1&b=2')
    expect(asked.filter((path) => path.startsWith('/birds/') && path !== '/birds/')).toEqual([])
    expect(done.of('/private/a')).toMatchObject({ state: 'skipped', outcome: 'robots' })
    expect(new Set(asked).size).toBe(asked.length)
    const { items } = await cairn.api.egress.list({ purpose: 'crawl', limit: 200 })
    const mine = items.filter(({ job }) => job === done.job_id)
    expect(mine.length).toBe(asked.length)
    expect(mine.every(({ host, outcome, person }) => host === site.host && outcome === 'ok' && person !== '')).toBe(
      true,
    )
    expect(mine.some(({ bytes_received }) => (bytes_received ?? 0) > 100)).toBe(true)
  })

  it('asks conditionally, and makes a version of what changed', async () => {
    const input = { seeds: [`${site.url}/news`], depth: 1, sitemaps: false }
    const first = await crawl(input)
    expect(first.counts).toMatchObject({ fetched: 2, created: 2 })
    const from = site.asked.length
    const second = await crawl(input)
    expect(second.counts).toMatchObject({ fetched: 2, created: 0, changed: 0, unchanged: 2 })
    expect(second.of('/news')).toMatchObject({ status: 304, outcome: 'unchanged' })
    // What is as it was leads on as it did.
    expect(pathsIn(from)).toContain('/news/deep')
    version = 2
    const third = await crawl(input)
    expect(third.counts).toMatchObject({ changed: 1, unchanged: 1 })
    const news = await cairn.api.documents.get({ id: third.of('/news')?.document_id ?? '' })
    expect([news.version, news.versions.length]).toEqual([2, 2])
    expect(news.markdown).toContain('Version 2')
  })

  it('gets out of every trap', async () => {
    const before = hidden.asked.length
    const done: Crawl & { of(path: string): CrawlPage | undefined; all: CrawlPage[] } = await crawl({
      ...{ seeds: [`${site.url}/traps`], depth: 4, pages: 80, same_site: false, sitemaps: false, timeout_seconds: 6 },
    })
    expect(done.status).toBe('succeeded')
    expect(hidden.asked.length).toBe(before)
    const by = (url: string) => done.all.find((page) => page.url === url)
    expect(by(`${hidden.url}/`)).toMatchObject({ state: 'skipped', outcome: 'not_allowed' })
    // A name that leads inside is found out when the connection is made.
    const named = done.all.find((page) => page.url.startsWith('http://localhost:'))
    expect(named).toMatchObject({ state: 'skipped', outcome: 'not_allowed' })
    expect(by('http://169.254.169.254/latest/meta-data/')?.state).toBe('skipped')
    const outcomes = (...paths: string[]) => paths.map((path) => done.of(path)?.outcome)
    expect(outcomes('/endless', '/huge', '/bomb')).toEqual(['too_large', 'too_large', 'too_large'])
    expect(outcomes('/slow', '/broken-gzip', '/gone')).toEqual(['timeout', 'broken', 'status'])
    expect(['broken', 'unreachable']).toContain(done.of('/cut')?.outcome)
    expect(outcomes('/picture', '/nested', '/latin', '/busy')).toEqual(['format', 'format', 'created', 'created'])
    expect(outcomes('/same?x=1', '/same?x=2').sort()).toEqual(['created', 'duplicate'])
    expect(done.all.filter(({ url }) => url.includes('/calendar')).length).toBe(4)
    expect(done.of('/r/7')).toMatchObject({ state: 'skipped', outcome: 'redirects' })
    expect(done.all.filter(({ url }) => url.includes('/round/')).length).toBeLessThan(4)
    const one = [done.of('/canonical?x=1'), done.of('/canonical?x=2')].map((page) => page?.document_id)
    expect(one[0]).toBe(one[1])
    expect(JSON.stringify(done.all)).not.toContain('ghp_')
    const latin = await cairn.api.documents.get({ id: done.of('/latin')?.document_id ?? '' })
    expect(latin.title).toBe('Café')
    const { items } = await cairn.api.egress.list({ purpose: 'crawl', limit: 200, host: hidden.host })
    expect(items.map(({ outcome }) => outcome)).toContain('not_allowed')
  })

  it('asks nobody in a private network unless that is allowed by name', async () => {
    const spellings = [
      ...['http://127.0.0.1:1/', 'http://localhost/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/'],
      ...[
        'http://[::ffff:127.0.0.1]/',
        'http://10.0.0.1/',
        'http://192.168.1.1/',
        'http://169.254.169.254/',
        'http://0/',
      ],
      ...[
        'http://[fd00::1]/',
        'http://[64:ff9b::7f00:1]/',
        'http://[2002:7f00:1::]/',
        'http://metadata.google.internal/',
      ],
      ...[hidden.url],
    ]
    for (const seed of spellings)
      expect([seed, await refusal(cairn.api.crawls.start({ seeds: [seed] }))]).toEqual([seed, 'ADDRESS_NOT_ALLOWED'])
    expect(await refusal(cairn.api.crawls.start({ seeds: ['ftp://example.com/'] }))).toBe('INVALID_INPUT')
    expect(await refusal(cairn.api.crawls.start({ seeds: ['https://a.example/?token=abcdefghijk1'] }))).toBe(
      'INVALID_INPUT',
    )
    expect(hidden.asked).toEqual([])
  })

  it('hides from others, ends when it is cancelled, and goes on where it was after a restart', async () => {
    const many = await startSite({}, (path) =>
      path === '/robots.txt' || path.startsWith('/sitemap')
        ? undefined
        : html(
            `Page ${path}`,
            `The page ${path} says ${path}. `.repeat(5),
            [1, 2, 3].map((next) => `${path}${next}`),
          ),
    )
    const own = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: '127.0.0.1', CAIRN_CRAWL_DELAY: '0' } })
    try {
      const { job_id: job } = await own.api.crawls.start({ seeds: [`${many.url}/`], depth: 10, pages: 30 })
      await until(async () => (await own.api.crawls.get({ job })).counts.fetched >= 5)
      const stranger = await own.stranger()
      expect(await refusal(stranger.api.crawls.get({ job }))).toBe('CRAWL_NOT_FOUND')
      expect(await refusal(stranger.api.crawls.listPages({ job }))).toBe('CRAWL_NOT_FOUND')
      await own.restart()
      const done = await until(async () => {
        const now = await own.api.crawls.get({ job })
        return now.finished_at === null ? null : now
      })
      expect(done).toMatchObject({ status: 'succeeded', counts: { fetched: 30, created: 30, failed: 0 } })
      // Only what was on its way is asked for again.
      const again = [...many.counts()].filter(([path, count]) => count > 1 && path !== '/robots.txt')
      expect(again.length).toBeLessThanOrEqual(8)
      const more = await own.api.crawls.start({ seeds: [`${many.url}/x`], depth: 10, pages: 10_000, every_hours: 24 })
      await until(async () => (await own.api.crawls.get({ job: more.job_id })).counts.fetched > 0)
      await own.api.jobs.cancel({ id: more.job_id })
      expect((await own.api.crawls.get({ job: more.job_id })).status).toBe('cancelled')
      const { items } = await own.api.crawls.listSchedules()
      expect(items).toMatchObject([{ every_hours: 24, last_job_id: more.job_id, seeds: [`${many.url}/x`] }])
      expect(await own.api.crawls.removeSchedule({ id: items[0]?.id ?? '' })).toEqual({ removed: { schedules: 1 } })
      expect(await refusal(own.api.crawls.removeSchedule({ id: items[0]?.id ?? '' }))).toBe('SCHEDULE_NOT_FOUND')
      expect((await own.api.crawls.list()).items.map(({ job_id }) => job_id)).toEqual([more.job_id, job])
    } finally {
      await own.stop()
      await many.stop()
    }
  })
})
