/** Browser memory: visits of pages, and the pages and sites they were of. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** Most visits that one batch may hold. */
export const visitBatch = 5_000

/** Address of a page: `http` or `https`. */
const Address = text(16_384, 1)
/** Who saw the visit: `chrome`, `firefox`, `extension`, `api`, … */
const VisitSource = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,39}$', description: 'a short lower-case word' })
const Milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** Host without `www.`, with its port where it is not the usual one. */
const SiteName = text(300, 1)
const period = {
  from: optional(Time),
  /** Exclusive. */
  to: optional(Time),
}

export const Visit = shape({
  /** Made from address and time: the same visit has the same id wherever it comes from. */
  id: Id,
  page_id: Id,
  url: Type.String({ description: 'secrets in it are masked' }),
  title: nullable(Type.String()),
  site: Type.String(),
  visited_at: Time,
  referrer: nullable(Type.String()),
  duration_ms: nullable(Type.Integer()),
  source: Type.String(),
  tab_id: nullable(Id),
  status_code: nullable(Type.Integer()),
  content_type: nullable(Type.String()),
})
export type Visit = Static<typeof Visit>

const visit = {
  url: Address,
  /** Now unless said; 1990 to tomorrow. */
  visited_at: optional(Time),
  /** The first 1,000 characters are kept. */
  title: optional(nullable(text(10_000))),
  referrer: optional(nullable(text(16_384))),
  duration_ms: optional(nullable(Milliseconds)),
  /** `api` unless said. */
  source: optional(VisitSource),
  tab_id: optional(nullable(Id)),
  status_code: optional(nullable(Type.Integer({ minimum: 100, maximum: 599 }))),
  content_type: optional(nullable(text(200))),
  /** Text of the page. The first 200,000 characters are kept, where the switch of its site is on. */
  text: optional(nullable(text(2_000_000))),
  /** Seen in a private window: nothing of it is kept. */
  incognito: optional(Type.Boolean()),
}
export const NewVisit = shape(visit)
export type NewVisit = Static<typeof NewVisit>

/** What a page said when it was last read. */
export const PageText = shape({
  page_id: Id,
  /** The visit that it came with. */
  visit_id: Id,
  url: Type.String(),
  title: nullable(Type.String()),
  text: Type.String({ description: 'secrets in it are masked' }),
  /** Was there more than is kept? */
  truncated: Type.Boolean(),
  read_at: Time,
})
export type PageText = Static<typeof PageText>

export const Site = shape({
  site: Type.String(),
  visits: count,
  first_seen: Time,
  last_seen: Time,
})
export type Site = Static<typeof Site>

/** How people came from site to site. */
export const WebGraph = shape({
  /** Sites that a link leads from or to, those with most visits over links first. */
  sites: list(shape({ site: Type.String(), arrivals: count, departures: count })),
  links: list(shape({ from: Type.String(), to: Type.String(), visits: count, last_visited_at: Time })),
  /** How many visits were looked at, and whether those were all. */
  visits_read: count,
  complete: Type.Boolean(),
})
export type WebGraph = Static<typeof WebGraph>

/** A site or page on the way. Of a site, its name alone. */
export const Neighbour = shape({
  site: Type.String(),
  /** Null for a site, and for a page that was never visited itself. */
  page_id: nullable(Id),
  url: nullable(Type.String()),
  title: nullable(Type.String()),
  visits: count,
  last_visited_at: Time,
})
export type Neighbour = Static<typeof Neighbour>

export const Neighbours = shape({
  site: Type.String(),
  /** These three are null for a site. */
  page_id: nullable(Id),
  url: nullable(Type.String()),
  title: nullable(Type.String()),
  /** Those with most visits first. */
  came_from: list(Neighbour),
  went_to: list(Neighbour),
  /** How many there are in all. */
  came_from_total: count,
  went_to_total: count,
  /** Were all visits of the period looked at? */
  complete: Type.Boolean(),
})
export type Neighbours = Static<typeof Neighbours>

export const Day = shape({
  /** `2026-11-21`, in the time zone asked for. */
  day: Type.String(),
  visits: count,
  sites: count,
})
export type Day = Static<typeof Day>

export const RemovalMode = oneOf('domain', 'age', 'period', 'tab', 'all')
export type RemovalMode = Static<typeof RemovalMode>

export const browser = operations('browser', {
  listHistory: operation({
    method: 'GET',
    path: '/api/browser/history',
    summary: 'Search the history, newest first',
    description:
      'Without `q` every visit is listed. With `q` each page that fits its words, or whose site starts with it, is listed once, by its latest visit.',
    effect: 'read',
    query: { ...paging, q: optional(text(500)), site: optional(SiteName), ...period },
    output: page(Visit),
  }),
  createVisit: operation({
    method: 'POST',
    path: '/api/browser/history',
    summary: 'Keep one visit',
    description: 'The same address at the same millisecond is the same visit: the one that is kept is answered.',
    effect: 'write',
    body: visit,
    output: Visit,
    status: 201,
    maxBytes: 8_388_608,
    errors: ['CAPTURE_PAUSED', 'WORKSPACE_NOT_PERSONAL'],
  }),
  removeHistory: operation({
    method: 'DELETE',
    path: '/api/browser/history',
    summary: 'Remove visits by domain, age, period or tab, or all of them',
    description:
      'Exactly one of `domain` (with its subdomains), `older_than_days`, `from` and `to` (one or both), `tab_id` or `all=true`. Pages without visits go with them. It is a job: `removed` is null when that goes on for longer than a call should wait.',
    effect: 'danger',
    query: {
      domain: optional(SiteName),
      older_than_days: optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      ...period,
      tab_id: optional(Id),
      all: optional(Type.Boolean()),
    },
    output: shape({
      mode: RemovalMode,
      removed: nullable(shape({ visits: count, pages: count })),
      job_id: Id,
    }),
    errors: ['JOB_FAILED'],
  }),
  removeVisit: operation({
    method: 'DELETE',
    path: '/api/browser/history/{id}',
    summary: 'Remove one visit, or all visits of one page',
    description: 'Takes the id of a visit or of a page.',
    effect: 'write',
    params: { id: Id },
    output: shape({ removed: shape({ visits: count, pages: count }) }),
    errors: ['VISIT_NOT_FOUND'],
  }),
  listVisits: operation({
    method: 'GET',
    path: '/api/visits',
    summary: 'List visits of one address or one tab, newest first',
    effect: 'read',
    query: { ...paging, url: optional(Address), tab_id: optional(Id), ...period },
    output: page(Visit),
  }),
  createVisits: operation({
    method: 'POST',
    path: '/api/visits',
    summary: 'Keep one visit, or a batch of them',
    description:
      'Either the fields of one visit, or `visits` with up to 5,000. A batch is kept whole or, where one visit is refused, not at all. Visits known already (same address, same millisecond) are counted as duplicates. Those of paused sites and private windows are left out; `left_out` says how many, where there are any.',
    effect: 'write',
    body: {
      ...visit,
      url: optional(Address),
      visits: optional(list(NewVisit, { minItems: 1, maxItems: visitBatch })),
    },
    output: shape({ created: count, duplicates: count, left_out: optional(count) }),
    maxBytes: 33_554_432,
    errors: ['WORKSPACE_NOT_PERSONAL'],
  }),
  getText: operation({
    method: 'GET',
    path: '/api/browser/pages/{id}/text',
    summary: 'Read what a page said when it was last read',
    effect: 'read',
    params: { id: Id },
    output: PageText,
    errors: ['SOURCE_NOT_FOUND'],
  }),
  removeText: operation({
    method: 'DELETE',
    path: '/api/browser/pages/{id}/text',
    summary: 'Forget what a page said; its visits stay',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['SOURCE_NOT_FOUND'],
  }),
  listSites: operation({
    method: 'GET',
    path: '/api/browser/sites',
    summary: 'List sites by visits, most visited first',
    description: 'Of all time, or of a period; of everything, or of one domain with its subdomains.',
    effect: 'read',
    query: {
      limit: optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'default 100' })),
      domain: optional(SiteName),
      ...period,
    },
    output: shape({ items: list(Site), total: shape({ sites: count, visits: count }) }),
  }),
  graph: operation({
    method: 'GET',
    path: '/api/browser/graph',
    summary: 'Sites and the links that were followed between them, most followed first',
    description:
      'Made of the referrers of visits: of the newest 200,000 in the period. A link inside of one site is left out.',
    effect: 'read',
    query: {
      ...period,
      /** Only links from or to this site. */
      site: optional(SiteName),
      /** Only links that were followed at least so often. */
      min_visits: optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      limit: optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'links; default 200' })),
    },
    output: WebGraph,
  }),
  neighbours: operation({
    method: 'GET',
    path: '/api/browser/graph/neighbours',
    summary: 'What led to a site or a page, and what one went to from it',
    description:
      'Exactly one of `site` and `page_id`. Around a site are sites, around a page are pages. Made of the referrers of visits: of the newest 200,000 in the period.',
    effect: 'read',
    query: {
      ...period,
      site: optional(SiteName),
      page_id: optional(Id),
      limit: optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'on each side; default 200' })),
    },
    output: Neighbours,
    errors: ['SOURCE_NOT_FOUND'],
  }),
  listDays: operation({
    method: 'GET',
    path: '/api/browser/days',
    summary: 'Count visits by day, newest first',
    description: 'Days without visits are left out.',
    effect: 'read',
    query: {
      limit: optional(Type.Integer({ minimum: 1, maximum: 366, description: 'default 31' })),
      /** Days before this moment; now unless said. */
      to: optional(Time),
      /** IANA name, as `Europe/Berlin`, of the clocks that days go by; UTC unless said. */
      time_zone: optional(text(60, 1)),
      site: optional(SiteName),
    },
    /** `earlier`: where to go on (`to`) for the days before; null when there is nothing older. */
    output: shape({ items: list(Day), earlier: nullable(Time) }),
  }),
})
