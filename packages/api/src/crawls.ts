/** Crawls: pages fetched and kept as documents, those first that have to do with what is looked for. */
import { JobStatus } from './jobs.ts'
import { operation, operations } from './operation.ts'
import {
  Accepted,
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

/** What one crawl may ask for at most. */
export const crawlLimits = { seeds: 50, depth: 10, pages: 10_000 } as const
const Address = text(4_000, 1)

/** What a crawl is asked for. */
const plan = {
  /** Where to begin: `http` or `https`, without secrets in them. */
  seeds: list(Address, { minItems: 1, maxItems: crawlLimits.seeds }),
  /** What is looked for: links that have to do with it are followed first. Without it, nearest first. */
  query: optional(text(1_000)),
  /** Links away from a seed; default 2. With 0, the seeds alone. */
  depth: optional(Type.Integer({ minimum: 0, maximum: crawlLimits.depth })),
  /** Pages to fetch at most; default 50. */
  pages: optional(Type.Integer({ minimum: 1, maximum: crawlLimits.pages })),
  /** Stay on the sites of the seeds; default true. */
  same_site: optional(Type.Boolean()),
  /** Take addresses out of the sites' maps as well; default true. */
  sitemaps: optional(Type.Boolean()),
  /** Milliseconds between two requests to one host; never less than the installation and the host itself demand. */
  delay_ms: optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
  /** Seconds that one page may take; default 20. */
  timeout_seconds: optional(Type.Integer({ minimum: 1, maximum: 120 })),
}

export const CrawlCounts = shape({
  /** Pages whose answer came, and what came of them. */
  fetched: count,
  created: count,
  changed: count,
  unchanged: count,
  /** Said the same as another page of this crawl. */
  duplicates: count,
  failed: count,
  skipped: count,
  /** Known addresses that were not asked yet. */
  waiting: count,
  bytes: count,
})
export type CrawlCounts = Static<typeof CrawlCounts>

export const Crawl = shape({
  job_id: Id,
  status: JobStatus,
  seeds: list(Type.String()),
  query: Type.String(),
  depth: count,
  pages: count,
  same_site: Type.Boolean(),
  sitemaps: Type.Boolean(),
  delay_ms: count,
  timeout_seconds: count,
  schedule_id: nullable(Id),
  counts: CrawlCounts,
  /** Pages fetched per second over the last ten seconds while it runs, over all of it when it is done. */
  pages_per_second: Type.Number({ minimum: 0 }),
  created_at: Time,
  started_at: nullable(Time),
  finished_at: nullable(Time),
})
export type Crawl = Static<typeof Crawl>

export const CrawlPageState = oneOf('waiting', 'done', 'skipped', 'failed')
export type CrawlPageState = Static<typeof CrawlPageState>
export const CrawlPage = shape({
  url: Type.String(),
  /** The page that named it; null for seeds and what a site's map names. */
  from: nullable(Type.String()),
  depth: count,
  /** How promising the link looked, 0 to 1. */
  promise: Type.Number({ minimum: 0, maximum: 1 }),
  state: CrawlPageState,
  /** `created`, `changed`, `unchanged`, `duplicate`, `redirect`, or why not: `robots`, `too_large`, `timeout`, … */
  outcome: nullable(Type.String()),
  /** HTTP status of the answer. */
  status: nullable(Type.Integer()),
  /** How much the page has to do with the query, 0 to 1. */
  relevance: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  document_id: nullable(Id),
  fetched_at: nullable(Time),
})
export type CrawlPage = Static<typeof CrawlPage>

export const CrawlSchedule = shape({
  id: Id,
  seeds: list(Type.String()),
  query: Type.String(),
  every_hours: Type.Integer({ minimum: 1 }),
  /** The time of day, `07:00`, by the clocks of `time_zone`; null where only the hours between count. */
  at: nullable(Type.String()),
  time_zone: Type.String(),
  next_at: Time,
  last_job_id: nullable(Id),
  created_at: Time,
})
export type CrawlSchedule = Static<typeof CrawlSchedule>

export const crawls = operations('crawls', {
  start: operation({
    method: 'POST',
    path: '/api/refresh',
    summary: 'Fetch pages and keep them as documents: a focused crawl',
    description:
      "Follows links best first by the query, within depth and budget, as the hosts' robots.txt allows. Pages that are documents already are asked for again and get a version when they changed. With `every_hours` it is done again that often; for whole days `at` says when, by the clocks of `time_zone`: `24` at `07:00` is every day at seven, also when clocks change, for the first time after half of the hours at least.",
    effect: 'write',
    egress: true,
    body: {
      ...plan,
      every_hours: optional(Type.Integer({ minimum: 1, maximum: 8_760 })),
      /** With `every_hours` of whole days: the time of day. */
      at: optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
      /** IANA name, as `Europe/Berlin`, of the clocks that `at` means; UTC unless said. */
      time_zone: optional(text(60, 1)),
    },
    output: Accepted,
    status: 202,
    idempotent: true,
    errors: ['ADDRESS_NOT_ALLOWED'],
  }),
  list: operation({
    method: 'GET',
    path: '/api/refresh',
    summary: 'List crawls, newest first',
    effect: 'read',
    query: { ...paging },
    output: page(Crawl),
  }),
  listSchedules: operation({
    method: 'GET',
    path: '/api/refresh/schedules',
    summary: 'List crawls that are done again and again',
    effect: 'read',
    output: shape({ items: list(CrawlSchedule) }),
  }),
  removeSchedule: operation({
    method: 'DELETE',
    path: '/api/refresh/schedules/{id}',
    summary: 'Do a crawl no more',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['SCHEDULE_NOT_FOUND'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/refresh/{job}',
    summary: 'See how far a crawl has come',
    effect: 'read',
    params: { job: Id },
    output: Crawl,
    errors: ['CRAWL_NOT_FOUND'],
  }),
  listPages: operation({
    method: 'GET',
    path: '/api/refresh/{job}/pages',
    summary: 'List the addresses of a crawl and what came of each, in the order of their finding',
    effect: 'read',
    params: { job: Id },
    query: { ...paging, state: optional(CrawlPageState) },
    output: page(CrawlPage),
    errors: ['CRAWL_NOT_FOUND'],
  }),
})
