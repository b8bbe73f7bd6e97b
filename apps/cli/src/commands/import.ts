import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BundleImported } from '@cairn/api/bundles'
import type { ChatsImported, HistoryImported, HistorySource } from '@cairn/api/imports'
import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { type Context, makeContext, UsageError } from '../context.ts'
import { fileToSend } from '../files.ts'
import { finish } from '../follow.ts'
import { number } from '../text.ts'
import { bookmarksRead } from './bookmark.ts'
import { bundleRead, passphraseIn } from './export.ts'

const browsers = ['chrome', 'edge', 'brave', 'chromium', 'firefox'] as const

/** What comes out of a file, with the name that such a file mostly has. */
const files = { chats: 'conversations.json', bookmarks: 'bookmarks.html', bundle: 'cairn.zip' } as const
type FromFile = keyof typeof files
const isFromFile = (source: string): source is FromFile => source in files

type Options = {
  profile?: string
  wait: boolean
  json?: boolean
  workspace?: string
  dryRun?: boolean
  component?: string[]
  passphraseFile?: string
}

/** `cairn import chromium`, `cairn import chats FILE`: brings in what others keep; again, it adds only what is new. */
export const addImport = (program: Command) =>
  program
    .command('import')
    .argument('<source>', [...browsers, 'jsonl', ...Object.keys(files)].join(', '))
    .argument(
      '[file]',
      'conversations.json of ChatGPT or Claude with chats, an HTML file with bookmarks, a file of cairn export with bundle',
    )
    .description(
      "bring in a browser's history, also while it runs; conversations with ChatGPT or Claude; bookmarks; a bundle",
    )
    .option('--profile <path>', "profile folder or history file; the browser's own place otherwise")
    .option('--dry-run', 'of a bundle: only say what would happen')
    .option('--component <name...>', 'of a bundle: only these parts')
    .option('--passphrase-file <file>', 'of a bundle: the passphrase it was written with')
    .option('--no-wait', 'do not wait for the end')
    .action(async (source: string, file: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const known = [...browsers, 'jsonl', ...Object.keys(files)]
      if (!known.includes(source))
        throw new UsageError(
          `Cairn imports from ${known.slice(0, -1).join(', ')} and ${known.at(-1)}, not from ${source}.`,
        )
      if (isFromFile(source) && file === undefined)
        throw new UsageError(`Which file? Try: cairn import ${source} ${files[source]}`)
      if (!isFromFile(source) && file !== undefined)
        throw new UsageError(`The place of a history is named by --profile: cairn import ${source} --profile ${file}`)
      const context = makeContext(options)
      const job = await begin(context, source, file, options)
      if (!options.wait) return context.print({ job_id: job }, () => `Importing as job ${job}.`)
      const result = await finish(context, job)
      context.print(result, () => {
        if (source === 'bundle') return bundleRead(result as BundleImported)
        if (source === 'bookmarks') return bookmarksRead(result as BookmarksImported)
        return source === 'chats' ? chatsRead(result as ChatsImported) : visitsRead(result as HistoryImported)
      })
    })

async function begin(context: Context, source: string, file: string | undefined, options: Options) {
  const { api } = context
  if (file === undefined) return history(context, source, options.profile)
  const content = await fileToSend(file)
  if (source === 'bundle') {
    const passphrase = await passphraseIn(options.passphraseFile)
    const asked = {
      ...(options.dryRun && { dry_run: true }),
      ...(options.component && { components: options.component }),
      ...(passphrase !== undefined && { passphrase }),
    }
    return (await api.bundles.import.upload(content, asked)).job_id
  }
  return (await (source === 'chats' ? api.imports.chats : api.bookmarks.import).upload(content)).job_id
}

async function history({ api }: Context, source: string, profile: string | undefined): Promise<string> {
  const path = profile === undefined ? {} : { path: absolute(profile) }
  return (await api.imports.history({ source: source as HistorySource, ...path })).job_id
}

function visitsRead({ read, created, duplicates, skipped }: HistoryImported): string {
  return `${number(read)} visits read, ${number(created)} new, ${number(duplicates)} known already${rest(skipped)}.`
}

function chatsRead({ conversations, threads, messages, duplicates, skipped }: ChatsImported): string {
  const fresh = `${number(threads)} new threads, ${number(messages)} new messages`
  return `${number(conversations)} conversations read, ${fresh}, ${number(duplicates)} known already${rest(skipped)}.`
}

function rest(skipped: Record<string, number>): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${number(count)} ${reason.replaceAll('_', ' ')}`)
  return reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''
}
