import { basename, dirname } from 'node:path'
import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BundleImported } from '@cairn/api/bundles'
import { ApiError } from '@cairn/api/client'
import type { BrowserName, ChatsImported, HistoryImported, HistorySource } from '@cairn/api/imports'
import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { type Context, makeContext, UsageError } from '../context.ts'
import { fileToSend } from '../files.ts'
import { finish } from '../follow.ts'
import { counted, number } from '../text.ts'
import { bookmarksRead } from './bookmark.ts'
import { bundleRead, passphraseIn } from './export.ts'

const browsers = ['chrome', 'edge', 'brave', 'chromium', 'firefox'] as const
const isBrowser = (source: string): source is BrowserName => (browsers as readonly string[]).includes(source)

/** What comes out of a file, with the name that such a file mostly has. */
const files = { chats: 'conversations.json', bookmarks: 'bookmarks.html', bundle: 'cairn.zip' } as const
type FromFile = keyof typeof files
const isFromFile = (source: string): source is FromFile => source in files

type Options = {
  profile?: string
  history: boolean
  bookmarks: boolean
  wait: boolean
  json?: boolean
  workspace?: string
  dryRun?: boolean
  component?: string[]
  passphraseFile?: string
}

/**
 * `cairn import chromium`, `cairn import chats FILE`: brings in what others keep; again, it adds only what is new. Of a
 * browser that is history and bookmarks.
 */
export const addImport = (program: Command) =>
  program
    .command('import')
    .argument('<source>', [...browsers, 'jsonl', ...Object.keys(files)].join(', '))
    .argument(
      '[file]',
      'conversations.json of ChatGPT or Claude with chats, an HTML file with bookmarks, a file of cairn export with bundle',
    )
    .description(
      "bring in a browser's history and bookmarks, also while it runs; conversations with ChatGPT or Claude; a file of bookmarks; a bundle",
    )
    .option('--profile <path>', "profile folder or history file; the browser's own place otherwise")
    .option('--no-history', 'of a browser: only bookmarks')
    .option('--no-bookmarks', 'of a browser: only history')
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
      if (isBrowser(source)) return browser(context, source, options)
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

/** The history, then the bookmarks; a profile that has none of one part still brings the other. */
async function browser(context: Context, source: BrowserName, { profile, ...options }: Options): Promise<void> {
  if (!options.history && !options.bookmarks)
    throw new UsageError('Without history and bookmarks there is nothing to do.')
  const visits = options.history ? await history(context, source, profile) : null
  const marks = options.bookmarks ? await bookmarksOf(context, source, profile, visits !== null) : null
  const jobs = { ...(visits && { job_id: visits }), ...(marks && { bookmarks_job_id: marks }) }
  if (!options.wait) return context.print(jobs, () => `Importing as ${[visits, marks].filter(Boolean).join(' and ')}.`)
  const visitsDone = visits === null ? null : ((await finish(context, visits)) as HistoryImported)
  const marksDone = marks === null ? null : ((await finish(context, marks)) as BookmarksImported)
  context.print({ ...visitsDone, bookmarks: marksDone }, () =>
    [visitsDone && visitsRead(visitsDone), marksDone && bookmarksRead(marksDone)].filter(Boolean).join('\n'),
  )
}

/** Null for a profile without any, where something else is brought in: nobody has to have bookmarks. */
async function bookmarksOf({ api }: Context, source: BrowserName, profile: string | undefined, spare: boolean) {
  const named = profile === undefined ? undefined : absolute(profile)
  // The file with the history stands beside the one with the bookmarks.
  const path = named && basename(named) === 'History' ? dirname(named) : named
  try {
    return (await api.imports.bookmarks({ source, ...(path && { path }) })).job_id
  } catch (error) {
    if (spare && error instanceof ApiError && error.problem.code === 'PROFILE_NOT_READABLE') return null
    throw error
  }
}

function visitsRead({ read, created, duplicates, skipped }: HistoryImported): string {
  return `${counted(read, 'visit')} read, ${number(created)} new, ${number(duplicates)} known already${rest(skipped)}.`
}

function chatsRead({ conversations, threads, messages, duplicates, skipped }: ChatsImported): string {
  const fresh = `${counted(threads, 'new thread')}, ${counted(messages, 'new message')}`
  return `${counted(conversations, 'conversation')} read, ${fresh}, ${number(duplicates)} known already${rest(skipped)}.`
}

function rest(skipped: Record<string, number>): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${number(count)} ${reason.replaceAll('_', ' ')}`)
  return reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''
}
