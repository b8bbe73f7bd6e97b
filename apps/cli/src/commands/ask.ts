import type { ChatAnswer, ChatFrame } from '@cairn/api/chat'
import type { Citation } from '@cairn/api/threads'
import type { Command } from 'commander'
import { JobError, makeContext, UsageError } from '../context.ts'
import { makeReader } from '../markdown.ts'
import { day, harmless, oneLine, pc, placed } from '../text.ts'

type Options = { thread?: string; model?: string; kind?: string[]; json?: boolean; workspace?: string }

/** `cairn ask "…"`: an answer with its sources, written as it comes. */
export const addAsk = (program: Command) =>
  program
    .command('ask')
    .argument('<question...>')
    .description('ask a question; the answer cites its sources')
    .option('--thread <id>', 'go on in a thread')
    .option('--model <name>', 'which model answers; `extract` quotes without one')
    .option('--kind <kind...>', 'answer from these kinds of source only: file, commit, visit, message, memory')
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const message = words.join(' ').trim()
      if (!message)
        throw new UsageError('What is the question? For example: cairn ask "where is a job\'s lease renewed?"')
      const input = {
        message,
        ...(options.thread && { thread_id: options.thread }),
        ...(options.model && { model: options.model }),
        ...(options.kind && { sources: options.kind }),
      }
      if (context.json) return context.print(await context.api.chat.ask(input), () => '')
      const answer = await streamed(context.api.chat.ask.stream(input))
      process.stdout.write(`\n${sourcesOf(answer).join('\n')}\n`)
    })

async function streamed(frames: AsyncIterable<{ event: string; data: unknown }>): Promise<ChatAnswer> {
  let wrote = false
  const reader = makeReader((text) => void process.stdout.write(text))
  for await (const given of frames) {
    const frame = given as ChatFrame
    if (frame.event === 'delta') {
      wrote = true
      reader.add(frame.data.text)
    }
    if (frame.event === 'error') {
      reader.end()
      throw new JobError(frame.data.code, frame.data.detail)
    }
    if (frame.event !== 'complete') continue
    if (!wrote) reader.add(frame.data.message.content)
    reader.end()
    return frame.data
  }
  reader.end()
  throw new Error('The answer broke off. Ask again; the question is stored.')
}

function sourcesOf({ message, citations }: ChatAnswer): string[] {
  const by = message.model
    ? `written by ${message.model} from these sources`
    : 'an extract: quoted from these sources, no model was asked'
  if (citations.length === 0) return []
  return [pc.dim(by), ...citations.map((citation) => `${pc.cyan(`[${citation.n}]`)} ${nameOf(citation)}`)]
}

/** A visit by when it was and what was read; everything else by its place. */
function nameOf({ source, place, time }: Citation): string {
  const { kind, title, uri } = source
  if (kind === 'visit')
    return [time && day(time), title && oneLine(title, 100), pc.dim(harmless(uri))].filter(Boolean).join('  ')
  return `${placed(uri, place, kind)}${title && !uri.endsWith(title) ? pc.dim(`  ${oneLine(title, 100)}`) : ''}`
}
