import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { makeContext, UsageError, whole } from '../context.ts'
import { day, harmless, oneLine, pc } from '../text.ts'

type Common = { json?: boolean; workspace?: string }

/** `cairn thread list|export`: conversations, and one of them as Markdown. */
export function addThread(program: Command): void {
  const thread = program.command('thread').description('conversations: list, export')

  thread
    .command('list')
    .argument('[words...]', 'only those with this in their title')
    .description('threads, the last active first')
    .option('--limit <n>', 'how many', whole, 20)
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { limit: number }>()
      const context = makeContext(options)
      const q = words.join(' ')
      const { items, next_cursor } = await context.api.threads.list({ limit: options.limit, ...(q && { q }) })
      context.print({ items, next_cursor }, () =>
        items.length === 0
          ? 'No threads.'
          : items.map(({ id, title, updated_at, message_count }) =>
              [pc.dim(id), day(updated_at), oneLine(title || 'Untitled thread', 100), `${message_count} messages`].join(
                '  ',
              ),
            ),
      )
    })

  thread
    .command('export')
    .argument('<id>', 'as `cairn thread list` prints it')
    .description('write a thread as Markdown: the branch that is shown, with its sources')
    .option('--out <file>', 'into a new file instead of the terminal')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { out?: string }>()
      const context = makeContext(options)
      const { body } = await context.api.threads.markdown.raw({ id })
      if (options.out === undefined) {
        const text = await new Response(body).text()
        return context.print({ markdown: text }, () => harmless(text))
      }
      const file = absolute(options.out)
      // Nothing is overwritten.
      await pipeline(body ? Readable.fromWeb(body as never) : [], createWriteStream(file, { flags: 'wx' })).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') throw new UsageError(`${file} is there already.`)
          throw error
        },
      )
      context.print({ file }, () => `Written to ${file}.`)
    })
}
