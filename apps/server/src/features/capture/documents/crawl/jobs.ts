/** Jobs of crawls: one run, and the housekeeping that begins those that are due. */
import { list, shape, Type } from '@cairn/api/shapes'
import { job } from '../../../../kernel/jobs/definition.ts'
import { planOf, type Tally } from './rows.ts'
import { type CrawlParts, runCrawl } from './run.ts'
import { beginDue, crawlJob } from './service.ts'
import { crawlById } from './store.ts'

const day = 86_400_000

export const focusedCrawl = (parts: CrawlParts) =>
  job({
    type: crawlJob,
    input: shape({ seeds: list(Type.String()), query: Type.String() }),
    timeout: day,
    concurrent: 2,
    async run(context) {
      const row = await crawlById(context.scope, context.id)
      if (!row) throw new Error('The crawl of this job is gone.')
      await runCrawl(context, planOf(row), parts)
      const ended = await crawlById(context.scope, context.id)
      return Object.fromEntries(shown.map((name) => [name, ended?.[name] ?? 0]))
    },
  })
const shown: readonly (keyof Tally)[] = [
  ...(['fetched', 'created', 'changed', 'unchanged', 'duplicates', 'failed', 'skipped', 'bytes'] as const),
]

export const crawlUpkeep = job({
  type: 'documents.crawls_due',
  input: shape({}),
  quiet: true,
  upkeep: true,
  schedule: { cron: '*/5 * * * *', input: {} },
  run: ({ scope }) => scope.write(async (tx) => ({ begun: await beginDue(tx) })),
})
