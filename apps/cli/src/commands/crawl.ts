import type { Crawl } from '@cairn/api/crawls'
import type { Command } from 'commander'
import { type Context, makeContext, UsageError, whole } from '../context.ts'
import { finish } from '../follow.ts'
import { counted, number, speaker } from '../text.ts'

type Options = {
  json?: boolean
  workspace?: string
  query?: string
  depth: number
  pages: number
  anywhere?: boolean
  every?: string
  at?: string
  wait: boolean
}

/** `cairn crawl ADDRESS…`: pages fetched and kept as documents. */
export function addCrawl(program: Command): void {
  program
    .command('crawl')
    .argument('<address...>', 'where to begin')
    .description('fetch pages and keep them as documents, those first that have to do with the query')
    .option('--query <words>', 'what is looked for')
    .option('--depth <n>', 'links away from where it began', whole, 2)
    .option('--pages <n>', 'pages at most', whole, 50)
    .option('--anywhere', 'leave the sites where it began')
    .option('--every <often>', 'do it again: day, week, or a number of hours')
    .option('--at <time>', 'with --every day or week: by your clocks, as 7:00')
    .option('--no-wait', 'do not wait for the end')
    .action(async (seeds: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const asked = {
        seeds,
        depth: options.depth,
        pages: options.pages,
        same_site: !options.anywhere,
        ...rhythm(options),
      }
      await crawl(makeContext(options), { ...asked, ...(options.query && { query: options.query }) }, options.wait)
    })
}

function rhythm({ every, at }: Options) {
  const hours = every === 'day' ? 24 : every === 'week' ? 168 : Number(every ?? 0)
  if (!Number.isInteger(hours) || (every !== undefined && hours < 1))
    throw new UsageError('--every takes day, week, or a number of hours.')
  if (at === undefined) return hours > 0 ? { every_hours: hours } : {}
  if (!/^\d{1,2}:\d\d$/.test(at)) throw new UsageError('--at takes a time of day, such as 7:00.')
  return { ...(hours > 0 && { every_hours: hours }), at: at.padStart(5, '0'), time_zone: speaker.zone }
}

/** Begins a crawl and tells what came of it. */
export async function crawl(context: Context, asked: Parameters<Context['api']['crawls']['start']>[0], wait: boolean) {
  const { job_id: job } = await context.api.crawls.start(asked)
  if (!wait) return context.print({ job_id: job }, () => `Fetching as job ${job}.`)
  await finish(context, job)
  const done = await context.api.crawls.get({ job })
  context.print(done, () => crawled(done))
}

function crawled({ counts }: Crawl): string {
  const { fetched, created, changed, failed, skipped } = counts
  const rest = failed + skipped > 0 ? `; ${number(failed)} failed, ${number(skipped)} left out` : ''
  return `${counted(fetched, 'page')} fetched, ${counted(created, 'new document')}, ${number(changed)} changed${rest}.`
}
