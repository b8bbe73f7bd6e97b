/** What a site or a page has around it: what led there, and what one went to from it. Runs in a worker thread. */
import type { Neighbour, Neighbours } from '@cairn/api/browser'
import { iso } from '../../../kernel/clock.ts'
import type { ReadApart } from '../../../kernel/scope.ts'
import { siteOf } from '../../../kernel/sites.ts'
import { addressReader } from './address.ts'
import { arrivalsAt, departuresFrom, type Period, pagesByIds, visitsIn } from './store.ts'

/** Of one site, or of one page with its address. */
export type NeighbourQuestion = Period & {
  limit: number
  subject: { site: string } | { site: string; page: string; url: string }
}
type Way = { visits: number; last: number }
export type Around = Pick<Neighbours, 'came_from' | 'went_to' | 'came_from_total' | 'went_to_total' | 'complete'>

/** So many of the newest visits are looked at. */
const mostVisits = 200_000

export const readNeighbours: ReadApart<NeighbourQuestion, Around> = async (from, { subject, limit, ...period }) => {
  const [to, off] = 'page' in subject ? await ofPage(from, subject, period) : await ofSite(from, subject.site, period)
  const [came, went] = [mostFirst(to).slice(0, limit), mostFirst(off).slice(0, limit)]
  return {
    came_from: 'page' in subject ? await asPages(from, came) : came.map(asSite),
    went_to: 'page' in subject ? await asPages(from, went) : went.map(asSite),
    ...{ came_from_total: to.size, went_to_total: off.size },
    complete: (await visitsIn(from, period, mostVisits)) < mostVisits,
  }
}

type Reader = Parameters<typeof arrivalsAt>[0]

/** Sites on both sides; links inside of the site itself are left out. */
async function ofSite(from: Reader, site: string, period: Period): Promise<[Map<string, Way>, Map<string, Way>]> {
  const [to, off] = [new Map<string, Way>(), new Map<string, Way>()]
  for (const { referrer, ...way } of await arrivalsAt(from, { site }, period, mostVisits)) {
    const origin = URL.parse(referrer)
    if (origin && siteOf(origin.host) !== site) add(to, siteOf(origin.host), way)
  }
  for (const { referrer, site: next, ...way } of await departuresFrom(from, { site }, period, mostVisits)) {
    const origin = URL.parse(referrer)
    if (origin && next !== site && siteOf(origin.host) === site) add(off, next, way)
  }
  return [to, off]
}

/** Addresses on both sides. What a browser says it came from has no fragment. */
async function ofPage(
  from: Reader,
  { page, url }: { page: string; url: string },
  period: Period,
): Promise<[Map<string, Way>, Map<string, Way>]> {
  const [to, off] = [new Map<string, Way>(), new Map<string, Way>()]
  for (const { referrer, ...way } of await arrivalsAt(from, { page }, period, mostVisits))
    if (URL.parse(referrer)) add(to, referrer, way)
  const bare = url.replace(/#.*/s, '')
  for (const row of await departuresFrom(from, { referrer: bare }, period, mostVisits))
    if (row.url !== url) add(off, row.url, row)
  return [to, off]
}

function add(ways: Map<string, Way>, key: string, { visits, last }: Way): void {
  const before = ways.get(key)
  ways.set(key, { visits: visits + (before?.visits ?? 0), last: Math.max(last, before?.last ?? 0) })
}

const mostFirst = (ways: Map<string, Way>) =>
  [...ways].sort(([a, one], [b, other]) => other.visits - one.visits || other.last - one.last || (a < b ? -1 : 1))

const asSite = ([site, { visits, last }]: [string, Way]): Neighbour => ({
  ...{ site, page_id: null, url: null, title: null, visits, last_visited_at: iso(last) },
})

/** With what is known of the pages; one that was never visited itself is its address alone. */
async function asPages(from: Reader, ways: readonly [string, Way][]): Promise<Neighbour[]> {
  const read = addressReader()
  const addresses = ways.map(([url]) => read(url))
  const ids = addresses.flatMap((address) => (typeof address === 'string' ? [] : [address.page]))
  const pages = new Map((ids.length > 0 ? await pagesByIds(from, ids) : []).map((page) => [page.id, page]))
  return ways.map(([url, { visits, last }], at) => {
    const address = addresses[at]
    const page = typeof address === 'object' ? pages.get(address.page) : undefined
    const site = typeof address === 'object' ? address.site : (URL.parse(url)?.host ?? '')
    return {
      ...{ site, page_id: page?.id ?? null, url: page?.url ?? url, title: page?.title ?? null },
      ...{ visits, last_visited_at: iso(last) },
    }
  })
}
