import { basename } from 'node:path'
import type { Document } from '@cairn/api/documents'
import type { Command } from 'commander'
import { makeContext, whole } from '../context.ts'
import { fileToSend } from '../files.ts'
import { oneLine, pc } from '../text.ts'
import { crawl } from './crawl.ts'

type Common = { json?: boolean; workspace?: string }

/** `cairn document add|list`: pages, files and feeds as readable text. */
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
    .option('--limit <n>', 'how many', whole, 50)
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { limit: number }>()
      const context = makeContext(options)
      const { items, next_cursor } = await context.api.documents.list({
        limit: options.limit,
        ...(words.length > 0 && { q: words.join(' ') }),
      })
      context.print({ items, next_cursor }, () => (items.length > 0 ? items.map(lineOf) : 'No documents.'))
    })
}

const isAddress = (what: string) => /^https?:\/\//i.test(what)

const lineOf = ({ id, title, url, file_name, format }: Document) =>
  [pc.dim(id), oneLine(title, 80), format, oneLine(url ?? file_name ?? '', 200)].filter(Boolean).join('  ')
