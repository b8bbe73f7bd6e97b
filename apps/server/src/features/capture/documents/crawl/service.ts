/** Rules of crawls: beginning one, doing it again, showing how far it is. */
import { type Crawl, type CrawlPageState } from '@cairn/api/crawls'
import { fail } from '@cairn/api/errors'
import type { Outgoing } from '../../../../kernel/egress/outgoing.ts'
import { newId } from '../../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage as paged } from '../../../../kernel/paging.ts'
import { personOf, type Scope, type Tx } from '../../../../kernel/scope.ts'
import { urlKey } from '../rows.ts'
import { crawlUrl } from './addresses.ts'
import type { Pace } from './pace.ts'
import { planOf, type Plan, type ScheduleRow, toCrawl, toPage, toSchedule } from './rows.ts'
import * as store from './store.ts'
import { firstTime, nextTime, rhythmOf } from './times.ts'

export const crawlJob = 'focused_crawl'

type Asked = Partial<Plan> & Pick<Plan, 'seeds'> & Parameters<typeof rhythmOf>[0]
type Parts = { outgoing: Pick<Outgoing, 'check'>; delay: number; paces: ReadonlyMap<string, Pace> }

export function makeCrawlService({ outgoing, delay, paces }: Parts) {
  /** What was asked with the rest filled in. INVALID_INPUT, ADDRESS_NOT_ALLOWED. */
  function plan(asked: Asked): Plan {
    const seeds = asked.seeds.map((seed, at) => {
      const url = crawlUrl(seed)
      const message = 'is not an address, such as https://example.com/, or holds a secret, which is never kept'
      if (url === null) throw fail('INVALID_INPUT', {}, [{ path: `/seeds/${at}`, message }])
      outgoing.check(url)
      return url
    })
    return {
      ...{ seeds: [...new Set(seeds)], query: asked.query?.trim() ?? '', depth: asked.depth ?? 2 },
      ...{ pages: asked.pages ?? 50, same_site: asked.same_site ?? true, sitemaps: asked.sitemaps ?? true },
      ...{ delay_ms: Math.max(asked.delay_ms ?? 0, delay), timeout_seconds: asked.timeout_seconds ?? 20 },
    }
  }

  async function found(scope: store.Reader, id: string) {
    const row = await store.crawlById(scope, id)
    if (!row) throw fail('CRAWL_NOT_FOUND')
    return row
  }

  return {
    async start(scope: Scope, asked: Asked): Promise<{ job_id: string }> {
      const wanted = plan(asked)
      const rhythm = rhythmOf(asked)
      return scope.write(async (tx) => {
        if (rhythm === null) return { job_id: await begin(tx, wanted) }
        const id = newId()
        await store.insertSchedule(tx, {
          ...{ workspace: tx.workspace, id, plan: JSON.stringify(wanted), ...rhythm },
          ...{ next_at: firstTime(rhythm, tx.now), last_job_id: null, created_at: tx.now },
          person: personOf(tx.principal),
        })
        const job_id = await begin(tx, wanted, { id, person: personOf(tx.principal) })
        await store.updateSchedule(tx, id, { last_job_id: job_id })
        return { job_id }
      })
    },

    async get(scope: Scope, id: string): Promise<Crawl> {
      const row = await found(scope, id)
      const { waiting } = await store.frontierOf(scope, id)
      return toCrawl(row, waiting, paces.get(id)?.perSecond() ?? null)
    },

    async list(scope: Scope, input: { limit?: number; cursor?: string }) {
      const limit = pageSize(input.limit)
      const after = decodeCursor(input.cursor, [0, ''] as [number, string])
      const rows = await store.crawlPage(scope, { limit: limit + 1, after })
      return paged(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        // How many wait is asked for one at a time.
        (row) => toCrawl(row, 0, paces.get(row.id)?.perSecond() ?? null),
      )
    },

    async listPages(scope: Scope, id: string, input: { limit?: number; cursor?: string; state?: CrawlPageState }) {
      await found(scope, id)
      const limit = pageSize(input.limit)
      const [after] = decodeCursor(input.cursor, [0] as [number]) ?? [0]
      const rows = await store.pageList(scope, id, { after, limit: limit + 1, state: input.state })
      return paged(rows, limit, (row) => [row.number], toPage)
    },

    listSchedules: async (scope: Scope) => ({ items: (await store.schedules(scope)).map(toSchedule) }),

    async removeSchedule(tx: Tx, id: string) {
      if (!(await store.deleteSchedule(tx, id))) throw fail('SCHEDULE_NOT_FOUND')
      tx.event({ type: 'crawl.unscheduled', subject: id })
      return { removed: { schedules: 1 } }
    },
  }
}

/** Writes a crawl with its seeds, and asks for its run. One that is done again is whose its schedule is. */
async function begin(tx: Tx, plan: Plan, schedule?: Pick<ScheduleRow, 'id' | 'person'>): Promise<string> {
  const id = newId()
  await store.insertCrawl(tx, {
    ...{
      workspace: tx.workspace,
      id,
      plan: JSON.stringify(plan),
      schedule_id: schedule?.id ?? null,
      created_at: tx.now,
    },
    ...{ fetched: 0, created: 0, changed: 0, unchanged: 0, duplicates: 0, failed: 0, skipped: 0, bytes: 0 },
    person: schedule ? schedule.person : personOf(tx.principal),
  })
  const seeds = plan.seeds.map(
    (url, at): store.PageFields => [urlKey(url), at + 1, url, new URL(url).host, null, 0, 0, 1_000],
  )
  await store.addPages(tx, id, seeds)
  return tx.enqueue({ type: crawlJob, id, input: { seeds: plan.seeds, query: plan.query } })
}

/** Begins what is to be done again by now. One that has fallen behind is done once. */
export async function beginDue(tx: Tx): Promise<number> {
  let begun = 0
  for (const row of await store.schedules(tx)) {
    if (row.next_at > tx.now) continue
    const job = await begin(tx, planOf(row), row)
    await store.updateSchedule(tx, row.id, { last_job_id: job, next_at: nextTime(row, row.created_at, tx.now) })
    begun += 1
  }
  return begun
}
