/** Questions that read many rows; they run in worker threads. */
import type { ReadApart } from '../../../kernel/scope.ts'
import { changesIn, dateAt, dayStart, offsetIn } from '../../../kernel/zones.ts'
import { visitId } from './address.ts'
import type { VisitRow } from './rows.ts'
import * as store from './store.ts'

export type Search = store.Period & {
  /** Pages that fit the words. */
  pages: string[]
  /** No page holds the words as they were typed: these hold similar ones, and any site that begins so is better. */
  guessed: boolean
  /** Pages of sites whose names begin so come along. */
  beginning: string | null
  site: string | undefined
  before: string | undefined
  limit: number
}

const likeSites = 5
const recentVisits = 200

/** Each page once, by its newest visit in the period, newest first. */
export const searchVisits: ReadApart<Search, VisitRow[]> = async (from, search) => {
  const { beginning, site, limit, before } = search
  const period = { from: search.from, to: search.to }
  const sites = beginning === null ? [] : await store.sitesLike(from, beginning, likeSites)
  const ids = new Set(search.guessed && sites.length > 0 ? [] : search.pages)
  for (const like of sites) {
    for (const id of await store.recentPages(from, like, period, recentVisits)) ids.add(id)
  }
  const pages = await store.pagesByIds(from, [...ids])
  const newest: string[] = []
  for (const page of pages) {
    if (site !== undefined && page.site !== site) continue
    if (search.from !== undefined && page.last_seen < search.from) continue
    if (search.to === undefined || page.last_seen < search.to) newest.push(visitId(page.last_seen, page.id))
    else if (page.first_seen < search.to) newest.push((await store.newestOfPage(from, page.id, period)) ?? '')
  }
  const wanted = newest
    .filter((id) => id !== '' && (before === undefined || id < before))
    .sort()
    .reverse()
  return store.visitsByIds(from, wanted.slice(0, limit))
}

export type SitesQuestion = store.Period & { domain: string | undefined; limit: number }
export type SiteCount = { site: string; visits: number; first_seen: number; last_seen: number }
export type SitesAnswer = { sites: SiteCount[]; total: { sites: number; visits: number } }

/** Sites by visits, of all time or of a period. */
export const listSites: ReadApart<SitesQuestion, SitesAnswer> = async (from, { domain, limit, ...period }) => {
  if (period.from === undefined && period.to === undefined) {
    const rows = await store.topSites(from, limit, domain)
    const { sites, visits } = await store.totals(from, domain)
    return { sites: rows.map(({ id, ...row }) => ({ site: id, ...row })), total: { sites, visits } }
  }
  const rows = await store.sitesOfPeriod(from, period, limit, domain)
  return { sites: rows, total: { sites: rows[0]?.sites ?? 0, visits: rows[0]?.total ?? 0 } }
}

export type DaysQuestion = { to: number; limit: number; zone: string; site: string | undefined }
export type DayCount = { day: number; visits: number; sites: number }
export type DaysAnswer = { days: DayCount[]; earlier: number | null }

/** Days that have visits, newest first. Read in stretches of as many days as are wanted, over gaps at one step. */
export const listDays: ReadApart<DaysQuestion, DaysAnswer> = async (from, { limit, zone, site, ...question }) => {
  const offset = offsetIn(zone, '/time_zone')
  const days: DayCount[] = []
  let to = question.to
  for (;;) {
    const [newest] = await store.visits(from, { limit: 1, to, site })
    if (!newest || days.length >= limit) return { days: days.slice(0, limit), earlier: newest ? to : null }
    // Whole days: the first one begins when it begins over there.
    const last = dateAt(newest.visited_at, offset)
    const start = Math.max(dayStart(last - (limit - days.length - 1) * dayLength, offset), 0)
    const clocks = changesIn(offset, start, newest.visited_at)
    days.push(...(await store.days(from, { from: start, to }, clocks, site)))
    to = start
  }
}
const dayLength = 86_400_000

export const listVisits: ReadApart<store.VisitFilter, VisitRow[]> = (from, filter) => store.visits(from, filter)
