/** Rows of crawls as the database holds them, and what the API shows of them. */
import type { Crawl, CrawlPage, CrawlPageState, CrawlSchedule } from '@cairn/api/crawls'
import type { JobStatus } from '@cairn/api/jobs'
import { iso, isoOrNull } from '../../../../kernel/clock.ts'

/** What a crawl was asked for, with everything that was not said filled in. */
export type Plan = Pick<
  Crawl,
  'seeds' | 'query' | 'depth' | 'pages' | 'same_site' | 'sitemaps' | 'delay_ms' | 'timeout_seconds'
>
export type Tally = Record<
  'fetched' | 'created' | 'changed' | 'unchanged' | 'duplicates' | 'failed' | 'skipped' | 'bytes',
  number
>
export type CrawlRow = Tally & {
  workspace: string
  /** Id of its job. */
  id: string
  plan: string
  schedule_id: string | null
  created_at: number
  /** Who asked for it; what it keeps is theirs. */
  person: string | null
}
/** With what the ledger knows of its job. */
export type ShownCrawl = CrawlRow & { status: JobStatus | null; started_at: number | null; completed_at: number | null }

export type PageRow = {
  workspace: string
  crawl_id: string
  url_key: string
  /** In the order of their finding. */
  number: number
  url: string
  host: string
  found_on: string | null
  depth: number
  /** Redirects, or refusals to answer now, on the way here. */
  hops: number
  /** Thousandths. */
  promise: number
  state: CrawlPageState
  outcome: string | null
  status: number | null
  relevance: number | null
  document_id: string | null
  content_hash: string | null
  fetched_at: number | null
}
/** `robots`: the file as it was read; `mapped`: were the addresses of the site's map taken in? */
export type HostRow = { workspace: string; crawl_id: string; origin: string; robots: string; mapped: number }
export type ScheduleRow = {
  workspace: string
  id: string
  plan: string
  every_hours: number
  /** `07:00`, by the clocks of the zone; null where only the hours between count. */
  at: string | null
  time_zone: string
  next_at: number
  last_job_id: string | null
  created_at: number
  person: string | null
}

export const planOf = (row: Pick<CrawlRow, 'plan'>) => JSON.parse(row.plan) as Plan

export function toCrawl(row: ShownCrawl, waiting: number, pace: number | null): Crawl {
  const { fetched, created, changed, unchanged, duplicates, failed, skipped, bytes } = row
  const seconds = ((row.completed_at ?? row.started_at ?? 0) - (row.started_at ?? 0)) / 1_000
  return {
    ...{ job_id: row.id, status: row.status ?? 'succeeded', ...planOf(row), schedule_id: row.schedule_id },
    counts: { fetched, created, changed, unchanged, duplicates, failed, skipped, waiting, bytes },
    pages_per_second: pace ?? (seconds > 0 ? fetched / seconds : 0),
    ...{ created_at: iso(row.created_at), started_at: isoOrNull(row.started_at) },
    finished_at: isoOrNull(row.completed_at),
  }
}

export const toPage = (row: PageRow): CrawlPage => ({
  ...{ url: row.url, from: row.found_on, depth: row.depth, promise: row.promise / 1_000, state: row.state },
  ...{ outcome: row.outcome, status: row.status, document_id: row.document_id },
  ...{ relevance: row.relevance === null ? null : row.relevance / 1_000, fetched_at: isoOrNull(row.fetched_at) },
})

export const toSchedule = (row: ScheduleRow): CrawlSchedule => ({
  ...{ id: row.id, seeds: planOf(row).seeds, query: planOf(row).query, every_hours: row.every_hours },
  ...{ at: row.at, time_zone: row.time_zone },
  ...{ next_at: iso(row.next_at), last_job_id: row.last_job_id, created_at: iso(row.created_at) },
})
