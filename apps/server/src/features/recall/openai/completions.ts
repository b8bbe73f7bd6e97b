/** Answers of models in the form of OpenAI's chat completions, whole or as server-sent chunks. */
import { type ErrorCode, errors, fail } from '@cairn/api/errors'
import type { Completion, CompletionMessage, CompletionTool } from '@cairn/api/openai'
import type { Citation } from '@cairn/api/threads'
import type { ChatMessage } from '../../../kernel/sidecar/client.ts'

/** What comes out of a model or out of memory, piece by piece; `end` or `broken` is the last. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'call'; id: string; name: string; arguments: string }
  | { kind: 'end'; reason: string; input: number; output: number; citations?: Citation[] }
  | { kind: 'broken'; code: string; detail: string }
export type About = { id: string; created: number; model: string }

/** The text of a message, whatever form its content has; pictures and the like are left out. */
export function contentOf({ content }: CompletionMessage): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('\n')
}

/** Messages as the sidecar takes them. */
export const toMessages = (messages: readonly CompletionMessage[]): ChatMessage[] =>
  messages.map((message) => ({
    role: message.role === 'developer' ? 'system' : message.role,
    content: contentOf(message),
    ...(message.tool_calls && { tool_calls: message.tool_calls }),
    ...(message.tool_call_id && { tool_call_id: message.tool_call_id }),
  }))

export const toTools = (tools: readonly CompletionTool[]) =>
  tools.map(({ function: { name, description = '', parameters = {} } }) => ({ name, description, parameters }))

type Finish = Completion['choices'][number]['finish_reason']
const finishes: readonly string[] = ['stop', 'length', 'tool_calls', 'content_filter']
const finishOf = (reason: string): Finish => (finishes.includes(reason) ? (reason as Finish) : 'stop')

/** The whole answer. Throws what broke it. */
export async function whole(about: About, pieces: AsyncIterable<Piece>): Promise<Completion> {
  let content = ''
  const calls: Extract<Piece, { kind: 'call' }>[] = []
  for await (const piece of pieces) {
    if (piece.kind === 'text') content += piece.text
    if (piece.kind === 'call') calls.push(piece)
    if (piece.kind === 'broken') throw refusalOf(piece)
    if (piece.kind === 'end') return completion(about, content, calls, piece)
  }
  throw fail('MODEL_UNAVAILABLE', { reason: 'the answer has no end' })
}

export const refusalOf = ({ code, detail }: { code: string; detail: string }) =>
  code in errors ? fail(code as ErrorCode, { reason: detail }) : fail('MODEL_UNAVAILABLE', { reason: detail })

function completion(
  { id, created, model }: About,
  content: string,
  calls: Extract<Piece, { kind: 'call' }>[],
  end: Extract<Piece, { kind: 'end' }>,
): Completion {
  const message = {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    refusal: null,
  } as const
  const tool_calls = calls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
  }))
  const finish_reason = finishOf(end.reason)
  return {
    ...{ id, object: 'chat.completion', created, model },
    choices: [
      { index: 0, message: { ...message, ...(calls.length > 0 && { tool_calls }) }, logprobs: null, finish_reason },
    ],
    usage: usageOf(end),
    ...(end.citations && { citations: end.citations }),
  }
}

const usageOf = ({ input, output }: { input: number; output: number }) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
})

/** The answer as lines of server-sent events, closed by `[DONE]`. What breaks in the middle is told as an error. */
export async function* chunks(about: About, pieces: AsyncIterable<Piece>, withUsage: boolean): AsyncGenerator<string> {
  const { id, created, model } = about
  const chunk = (delta: object, finish_reason: Finish | null, more: object = {}) =>
    line({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      ...more,
    })
  let first: object = { role: 'assistant' }
  let calls = 0
  for await (const piece of pieces) {
    if (piece.kind === 'text') yield chunk({ ...first, content: piece.text }, null)
    if (piece.kind === 'call') {
      const called = { name: piece.name, arguments: piece.arguments }
      const tool_calls = [{ index: calls, id: piece.id, type: 'function', function: called }]
      calls += 1
      yield chunk({ ...first, tool_calls }, null)
    }
    first = {}
    if (piece.kind === 'broken') {
      const { message } = refusalOf(piece)
      yield line({ error: { message, type: 'server_error', code: piece.code, param: null } })
    }
    if (piece.kind === 'end') {
      yield chunk({}, finishOf(piece.reason), piece.citations ? { citations: piece.citations } : {})
      if (withUsage) {
        yield line({ id, object: 'chat.completion.chunk', created, model, choices: [], usage: usageOf(piece) })
      }
    }
  }
  yield 'data: [DONE]\n\n'
}

const line = (data: object) => `data: ${JSON.stringify(data)}\n\n`
