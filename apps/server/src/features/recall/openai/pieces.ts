/** Where the pieces of a completion come from: a model, or the workspace's memory. */
import { CairnError, fail } from '@cairn/api/errors'
import type { Scope } from '../../../kernel/scope.ts'
import type { ChatFrame } from '../../../kernel/sidecar/client.ts'
import type { Asked, Writing, Written } from '../chat/writing.ts'
import type { Piece } from './completions.ts'

export async function* fromModel(frames: AsyncIterable<ChatFrame>): AsyncGenerator<Piece> {
  for await (const frame of frames) {
    if (frame.type === 'delta') yield { kind: 'text', text: frame.text }
    if (frame.type === 'tool_call') {
      const { id, name, arguments: given } = frame
      yield { kind: 'call', id, name, arguments: typeof given === 'string' ? given : JSON.stringify(given) }
    }
    if (frame.type === 'error') yield { kind: 'broken', code: frame.code, detail: frame.message }
    if (frame.type === 'complete') {
      const { input_tokens: input, output_tokens: output } = frame.usage
      yield { kind: 'end', reason: frame.finish_reason, input, output }
    }
  }
}

/** Searches and writes as the chat does, and stores nothing. */
export async function* fromMemory(writing: Writing, scope: Scope, asked: Asked): AsyncGenerator<Piece> {
  const found = await writing.find(scope, asked)
  const pieces: Piece[] = []
  let ended = false
  let wake = Promise.withResolvers<void>()
  const push = (...more: Piece[]) => {
    pieces.push(...more)
    wake.resolve()
  }
  const say = (text: string) => push({ kind: 'text', text })
  const writingIt = writing
    .write(scope, asked, found, say, scope.signal)
    .then(
      (written) => push(...(written ? endOf(written) : [])),
      (error: unknown) => push(brokenBy(error)),
    )
    .finally(() => {
      ended = true
      wake.resolve()
    })
  for (;;) {
    const piece = pieces.shift()
    if (piece) yield piece
    else if (ended) break
    else {
      await wake.promise
      wake = Promise.withResolvers<void>()
    }
  }
  await writingIt
}

function endOf(written: Written): Piece[] {
  if (written.broken) return [{ kind: 'broken', ...written.broken }]
  const sources = written.kind === 'answer' ? sourcesOf(written) : ''
  const { input_tokens: input = 0, output_tokens: output = 0 } = written.usage ?? {}
  const end: Piece = { kind: 'end', reason: 'stop', input, output, citations: written.citations }
  return sources ? [{ kind: 'text', text: sources }, end] : [end]
}

const brokenBy = (error: unknown): Piece => {
  const { code, message } = error instanceof CairnError ? error : fail('INTERNAL_ERROR')
  return { kind: 'broken', code, detail: message }
}

/** What the numbers stand for, for programs that show nothing but the text. */
function sourcesOf({ citations }: Written): string {
  if (citations.length === 0) return ''
  const lines = citations.map(({ n, source, place }) => {
    const lines = source.kind === 'file' && place ? `:${place.start_line}-${place.end_line}` : ''
    return `[${n}] ${source.uri}${lines}`
  })
  return `\n\n${lines.join('\n')}`
}
