import { writeFile } from 'node:fs/promises'
import type { Bookmark, BookmarksImported } from '@cairn/api/bookmarks'
import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { type Context, makeContext, whole } from '../context.ts'
import { fileToSend } from '../files.ts'
import { finish } from '../follow.ts'
import { counted, number, oneLine, pc } from '../text.ts'

type Common = { json?: boolean; workspace?: string; folder?: string }

/** `cairn bookmark add|list|import|export`: addresses worth keeping. */
export function addBookmark(program: Command): void {
  const bookmark = program.command('bookmark').description('addresses worth keeping: add, list, import, export')

  bookmark
    .command('add')
    .argument('<address>', 'with its scheme: https://example.com')
    .argument('[title...]', 'what it is called')
    .description('keep an address')
    .option('--tag <tag...>', 'one or more words')
    .option('--folder <id>', 'folder it belongs in')
    .action(async (url: string, title: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { tag?: string[] }>()
      const context = makeContext(options)
      const made = await context.api.bookmarks.create({
        ...{ url, title: title.join(' '), folder_id: options.folder ?? null },
        ...(options.tag && { tags: options.tag }),
      })
      context.print(made, () => lineOf(made))
    })

  bookmark
    .command('list')
    .argument('[words...]', 'all of them in title, address or tags')
    .description('bookmarks, newest first')
    .option('--tag <tag>', 'with this tag')
    .option('--folder <id>', 'right in this folder, in its order; `top` for those outside of folders')
    .option('--limit <n>', 'how many', whole, 50)
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { tag?: string; limit: number }>()
      const context = makeContext(options)
      const { items, next_cursor } = await context.api.bookmarks.list({
        limit: options.limit,
        ...(words.length > 0 && { q: words.join(' ') }),
        ...(options.tag && { tag: options.tag }),
        ...(options.folder && { folder_id: options.folder }),
      })
      context.print({ items, next_cursor }, () => (items.length > 0 ? items.map(lineOf) : 'No bookmarks.'))
    })

  bookmark
    .command('import')
    .argument('<file>', 'as a browser exports it (HTML)')
    .description('bring in a file of bookmarks; doing it again adds only what is new')
    .option('--folder <id>', 'folder that all of it comes into')
    .option('--no-wait', 'do not wait for the end')
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common & { wait: boolean }>()
      const context = makeContext(options)
      const { job_id } = await context.api.bookmarks.import.upload(await fileToSend(file), folderOf(options))
      if (!options.wait) return context.print({ job_id }, () => `Importing as job ${job_id}.`)
      const done = (await finish(context, job_id)) as BookmarksImported
      context.print(done, () => bookmarksRead(done))
    })

  bookmark
    .command('export')
    .argument('[file]', 'where it is written; standard output otherwise')
    .description('write all bookmarks as a file that every browser takes')
    .option('--folder <id>', 'only this folder')
    .action(async (file: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Common>()
      const context = makeContext(options)
      const { body } = await context.api.bookmarks.export.raw(folderOf(options))
      if (body) await write(context, body, file)
    })
}

const folderOf = ({ folder }: Common) => (folder ? { folder_id: folder } : {})

async function write(context: Context, body: ReadableStream<Uint8Array>, file: string | undefined): Promise<void> {
  if (file === undefined) {
    for await (const piece of body) process.stdout.write(piece)
    return
  }
  await writeFile(absolute(file), body)
  context.print({ file: absolute(file) }, () => `Written to ${absolute(file)}.`)
}

/** What an import of bookmarks did, in words. */
export function bookmarksRead({ read, created, known, folders, skipped, flattened }: BookmarksImported): string {
  const rest = Object.entries(skipped).map(([reason, count]) => `${number(count)} ${reason}`)
  const parts = [
    `${counted(read, 'bookmark')} read, ${number(created)} new, ${number(known)} known already, ${counted(folders, 'new folder')}`,
    rest.length > 0 ? `left out: ${rest.join(', ')}` : '',
    flattened > 0 ? `${counted(flattened, 'folder')} hung too deep, what was in there is in the folder above` : '',
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}

const lineOf = ({ id, title, url, tags }: Bookmark) =>
  [pc.dim(id), oneLine(title, 80), oneLine(url, 200), tags.map((tag) => `#${oneLine(tag, 50)}`).join(' ')]
    .filter(Boolean)
    .join('  ')
