import { basename } from 'node:path'
import { type ChatAnswer, type ChatFrame, mostAttachments } from '@cairn/api/chat'
import type { Citation } from '@cairn/api/threads'
import type { Command } from 'commander'
import { type Context, JobError, makeContext, UsageError } from '../context.ts'
import { fileToSend } from '../files.ts'
import { makeReader } from '../markdown.ts'
import { day, harmless, oneLine, pc, placed, speaker } from '../text.ts'

type Options = { thread?: string; model?: string; kind?: string[] } & {
  attach: string[]
  json?: boolean
  workspace?: string
}

/** `cairn ask "…"`: an answer with its sources, written as it comes. */
export const addAsk = (program: Command) =>
  program
    .command('ask')
    .argument('<question...>')
    .description('ask a question; the answer cites its sources')
    .option('--thread <id>', 'go on in a thread')
    .option('--model <name>', 'which model answers; `extract` quotes without one')
    .option('--kind <kind...>', 'answer from these kinds of source only: file, commit, visit, message, memory')
    .option('--attach <file>', 'hand a file over: PDF, HTML, Markdown or text; may be given several times', also, [])
    .action(async (words: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const message = words.join(' ').trim()
      if (!message)
        throw new UsageError('What is the question? For example: cairn ask "where is a job\'s lease renewed?"')
      const attachments = await handOver(context, options.attach)
      const input = {
        ...{ message, ...speaker },
        ...(attachments.length > 0 && { attachments }),
        ...(options.thread && { thread_id: options.thread }),
        ...(options.model && { model: options.model }),
        ...(options.kind && { sources: options.kind }),
      }
      if (context.json) return context.print(await context.api.chat.ask(input), () => '')
      const answer = await streamed(context.api.chat.ask.stream(input))
      process.stdout.write(`\n${sourcesOf(answer).join('\n')}\n`)
    })

const also = (file: string, before: string[]) => [...before, file]

/** Keeps files as documents, and answers their ids; none is sent where one cannot be read. */
async function handOver({ api }: Context, paths: readonly string[]): Promise<string[]> {
  if (paths.length > mostAttachments) throw new UsageError(`At most ${mostAttachments} files go along with a question.`)
  const files = await Promise.all(paths.map(async (path) => new File([await fileToSend(path)], basename(path))))
  const ids: string[] = []
  for (const file of files) ids.push((await api.documents.add.upload(file)).id)
  return ids
}

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
