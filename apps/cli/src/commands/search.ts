import type { Hit } from '@cairn/api/search'
import type { Command } from 'commander'
import { makeContext, time, whole } from '../context.ts'
import { day, harmless, oneLine, pc, placed } from '../text.ts'

type Options = { kind?: string[]; limit?: number; from?: string; to?: string; json?: boolean; workspace?: string }

/** Files by their place, what has a title by that. */
const named = (source: Hit['source'], place: Hit['place']) =>
  source.kind === 'file' || !source.title ? placed(source.uri, place, source.kind) : oneLine(source.title, 100)

/** `cairn search …`: passages, best first. */
export const addSearch = (program: Command) =>
  program
    .command('search')
    .argument('<words...>')
    .description('find passages in everything that Cairn remembers')
    .option('--kind <kind...>', 'these kinds only: file, commit, visit, bookmark, message, memory, task')
    .option('--limit <n>', 'how many', whole, 10)
    .option('--from <time>', 'not older than this day or time: 2026-01-31, 2026-01-31T12:00:00Z')
    .option('--to <time>', 'older than this day or time')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const query = words.join(' ')
      const result = await context.api.search.query({
        query,
        ...(options.limit !== undefined && { limit: options.limit }),
        ...(options.kind && { kinds: options.kind }),
        ...(options.from && { from: time(options.from) }),
        ...(options.to && { to: time(options.to) }),
      })
      context.print(result, () => {
        const corrected = result.corrected.map(({ from, to }) => pc.dim(`no "${from}" here; looked for "${to}"`))
        if (result.hits.length === 0)
          return [...corrected, `Nothing found for "${query}". Try fewer words, or \`cairn add\` a folder.`]
        const width = process.stdout.columns ?? 100
        const lines = result.hits.flatMap(({ passage, source, place }, at) => [
          `${pc.cyan(`${at + 1}`)} ${named(source, place)} ${pc.dim(`${source.kind} ${day(passage.time)}`)}`,
          `   ${source.kind === 'visit' ? harmless(source.uri) : oneLine(passage.text, width - 4)}`,
        ])
        return [...corrected, ...lines]
      })
    })
