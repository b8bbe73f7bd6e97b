import { basename } from 'node:path'
import type { Crawl } from '@cairn/api/crawls'
import type { Document } from '@cairn/api/documents'
import type { Command } from 'commander'
import { type Context, makeContext, whole } from '../context.ts'
import { fileToSend } from '../files.ts'
import { finish } from '../follow.ts'
import { number, oneLine, pc } from '../text.ts'

type Common = { json?: boolean; workspace?: string }
type CrawlOptions = Common & { query?: string; depth: string; pages: string; anywhere?: boolean; wait: boolean }

/** `cairn document add|list`, `cairn crawl`: pages, files and feeds as readable text. */
export function addDocument(program: Command): void {
  const document = program.command('document').description('pages and files as readable text: add, list')

  document
    .command('add')
    .argument('<what>', 'a file (PDF, HTML, Markdown, text, feed) or the address of a page')
    .description('keep a file, or a page as it is now')
    .option('--title <title>', 'what a file is called')
    .action(async (what: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { title?: string }>()
      const context = makeContext(options)
      if (isAddress(what)) return crawl(context, { seeds: [what], depth: 0, pages: 10 }, true)
      const file = new File([await fileToSend(what)], basename(what))
      const made = await context.api.documents.add.upload(file, options.title ? { title: options.title } : {})
      context.print(made, () => lineOf(made))
    })

  document
    .command('list')
    .argument('[words...]', 'all of them in title, address or file name')
    .description('documents, last changed first')
    .option('--limit <n>', 'how many', '50')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { limit: string }>()
      const context = makeContext(options)
      const { items, next_cursor } = await context.api.documents.list({
        limit: whole(options.limit),
        ...(words.length > 0 && { q: words.join(' ') }),
      })
      context.print({ items, next_cursor }, () => (items.length > 0 ? items.map(lineOf) : 'No documents.'))
    })

  program
    .command('crawl')
    .argument('<address...>', 'where to begin')
    .description('fetch pages and keep them as documents, those first that have to do with the query')
    .option('--query <words>', 'what is looked for')
    .option('--depth <n>', 'links away from where it began', '2')
    .option('--pages <n>', 'pages at most', '50')
    .option('--anywhere', 'leave the sites where it began')
    .option('--no-wait', 'do not wait for the end')
    .action(async (seeds: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<CrawlOptions>()
      const asked = { seeds, depth: whole(options.depth), pages: whole(options.pages), same_site: !options.anywhere }
      await crawl(makeContext(options), { ...asked, ...(options.query && { query: options.query }) }, options.wait)
    })
}

async function crawl(context: Context, asked: Parameters<Context['api']['crawls']['start']>[0], wait: boolean) {
  const { job_id: job } = await context.api.crawls.start(asked)
  if (!wait) return context.print({ job_id: job }, () => `Fetching as job ${job}.`)
  await finish(context, job)
  const done = await context.api.crawls.get({ job })
  context.print(done, () => crawled(done))
}

function crawled({ counts }: Crawl): string {
  const { fetched, created, changed, failed, skipped } = counts
  const rest = failed + skipped > 0 ? `; ${number(failed)} failed, ${number(skipped)} left out` : ''
  return `${number(fetched)} pages fetched, ${number(created)} new documents, ${number(changed)} changed${rest}.`
}

const isAddress = (what: string) => /^https?:\/\//i.test(what)

const lineOf = ({ id, title, url, file_name, format }: Document) =>
  [pc.dim(id), oneLine(title, 80), format, oneLine(url ?? file_name ?? '', 200)].filter(Boolean).join('  ')
