/** The personal web graph: how people came from site to site, out of the referrers of visits. Runs in a worker thread. */
import type { WebGraph } from '@cairn/api/browser'
import { iso } from '../../../kernel/clock.ts'
import type { ReadApart } from '../../../kernel/scope.ts'
import { siteOf } from '../../../kernel/sites.ts'
import { arrivals, type Period } from './store.ts'

export type GraphQuestion = Period & { site: string | undefined; least: number; limit: number }
type Link = { from: string; to: string; visits: number; last: number }

const mostVisits = 200_000

export const readGraph: ReadApart<GraphQuestion, WebGraph> = async (from, { site, least, limit, ...period }) => {
  const links = new Map<string, Link>()
  const siteOfReferrer = knownSites()
  let read = 0
  for (const row of await arrivals(from, period, mostVisits)) {
    read += row.visits
    const start = row.referrer === null ? null : siteOfReferrer(row.referrer)
    if (start === null || row.site === null) continue
    if (start === row.site || (site !== undefined && start !== site && row.site !== site)) continue
    const key = `${start} ${row.site}`
    const link = links.get(key) ?? { from: start, to: row.site, visits: 0, last: 0 }
    link.visits += row.visits
    link.last = Math.max(link.last, row.last)
    links.set(key, link)
  }
  const most = [...links.values()]
    .filter(({ visits }) => visits >= least)
    .sort((a, b) => b.visits - a.visits || b.last - a.last || (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1))
    .slice(0, limit)
  return {
    sites: sitesOf(most),
    links: most.map(({ last, ...link }) => ({ ...link, last_visited_at: iso(last) })),
    visits_read: read,
    complete: read < mostVisits,
  }
}

/** Sites of addresses; what comes before the path is taken apart once, since many share it. */
function knownSites(): (address: string) => string | null {
  const known = new Map<string, string | null>()
  return (address) => {
    const [start] = /^[^/?#\\]*\/\/[^/?#\\]*/.exec(address) ?? [address]
    let site = known.get(start)
    if (site === undefined) {
      const host = URL.parse(start)?.host
      site = host === undefined ? null : siteOf(host)
      known.set(start, site)
    }
    return site
  }
}

function sitesOf(links: readonly Link[]): WebGraph['sites'] {
  const sites = new Map<string, WebGraph['sites'][number]>()
  const count = (site: string, arrived: number, left: number) => {
    const { arrivals: to, departures: off } = sites.get(site) ?? { arrivals: 0, departures: 0 }
    sites.set(site, { site, arrivals: to + arrived, departures: off + left })
  }
  for (const { from, to, visits } of links) {
    count(from, 0, visits)
    count(to, visits, 0)
  }
  return [...sites.values()].sort(
    (a, b) => b.arrivals + b.departures - a.arrivals - a.departures || (a.site < b.site ? -1 : 1),
  )
}
