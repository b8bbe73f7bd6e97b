/** One answer over an ordered list of routes: retries and fall-back until the first token, never after it. */
import { setTimeout as pause } from 'node:timers/promises'
import { CairnError } from '@cairn/api/errors'
import type { ModelMessage, TextStreamPart, ToolSet } from 'ai'
import { type Failure, timeout, toFailure } from './failures.ts'
import { languageModel } from './language-model.ts'
import { toModelMessages, toToolSet } from './messages.ts'
import type { ChatRequest, Frame, Route } from './shapes.ts'
import { usageOf } from './usage.ts'
import { type Limits, TooSlow, watched } from './watch.ts'

/** Milliseconds to wait before the second and the third try of one route. */
const BACK_OFF = [500, 2000]
/** A server that asks for a longer pause than this is left for the next route. */
const LONGEST_PAUSE = 15_000

type Prepared = { request: ChatRequest; messages: ModelMessage[]; tools: ToolSet | undefined; limits: Limits }
type Outcome = { failure: Failure; begun: boolean } | null

/**
 * Streams the frames of an answer. Routes are tried in order; a busy or unreachable one up to three times. After the
 * first token a failure ends the answer with an `error` frame. Ends silently when `signal` is aborted; throws
 * INVALID_INPUT at once where the request contradicts itself.
 */
export const chat = (request: ChatRequest, signal: AbortSignal, backOff = BACK_OFF): AsyncGenerator<Frame> =>
  overRoutes(request, toModelMessages(request.messages), signal, backOff)

async function* overRoutes(
  request: ChatRequest,
  messages: ModelMessage[],
  signal: AbortSignal,
  backOff: number[],
): AsyncGenerator<Frame> {
  const prepared: Prepared = {
    request,
    messages,
    tools: request.tools && request.tools.length > 0 ? await toToolSet(request.tools) : undefined,
    limits: {
      deadline: performance.now() + (request.timeout_ms ?? 300_000),
      first: request.first_token_timeout_ms ?? 120_000,
      stall: request.stall_timeout_ms ?? 60_000,
    },
  }
  let attempt = 0
  let last: Failure = timeout('no time was left')
  for (const route of request.routes) {
    for (let tries = 0; ; tries += 1) {
      attempt += 1
      const outcome = yield* answer(route, attempt, prepared, signal)
      if (signal.aborted || outcome === null) return
      last = outcome.failure
      const left = prepared.limits.deadline - performance.now()
      if (outcome.begun || left <= 0) return yield errorFrame(last)
      const wait = Math.max(last.retryAfter ?? 0, backOff[tries] ?? Number.POSITIVE_INFINITY)
      const again = last.retryable && last.error.code !== 'MODEL_TIMEOUT' && wait <= Math.min(LONGEST_PAUSE, left)
      if (!again) break
      await pause(wait, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
    }
  }
  yield errorFrame(last)
}

const errorFrame = ({ error, retryable }: Failure): Frame => ({
  type: 'error',
  code: error.code,
  message: error.message,
  retryable,
})

async function* answer(
  route: Route,
  attempt: number,
  prepared: Prepared,
  signal: AbortSignal,
): AsyncGenerator<Frame, Outcome> {
  const { request, messages, tools, limits } = prepared
  const cut = new AbortController()
  const metadata: Frame = { type: 'metadata', model: route.model, provider: route.provider.kind, attempt }
  let begun = false
  let written = ''
  try {
    const { streamText } = await import('ai')
    const { fullStream } = streamText({
      model: await languageModel(route),
      messages,
      allowSystemInMessages: true,
      ...(tools ? { tools } : {}),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(request.max_tokens === undefined ? {} : { maxOutputTokens: request.max_tokens }),
      maxRetries: 0,
      abortSignal: AbortSignal.any([signal, cut.signal]),
      // Errors come as parts of the stream; the SDK would print them as well.
      onError: () => undefined,
    })
    const calls = new Map<string, string>()
    for await (const part of watched(fullStream, isAlive, limits)) {
      if (part.type === 'error') return { failure: toFailure(part.error, route.provider), begun }
      if (part.type === 'abort') return { failure: timeout('it was cut off'), begun }
      if (part.type === 'tool-input-delta') calls.set(part.id, (calls.get(part.id) ?? '') + part.delta)
      const frame = frameOf(part, calls, route, request, written)
      if (!frame) continue
      if (!begun) yield metadata
      begun = true
      if (frame.type === 'delta') written += frame.text
      if (frame.type === 'tool_call') written += frame.arguments
      yield frame
      if (frame.type === 'complete') return null
    }
    return { failure: toFailure(new Error('the answer ended without an end'), route.provider), begun }
  } catch (cause) {
    if (cause instanceof CairnError && cause.code === 'INVALID_INPUT') {
      return { failure: { error: cause, retryable: false, retryAfter: null }, begun }
    }
    return { failure: cause instanceof TooSlow ? cause.failure : toFailure(cause, route.provider), begun }
  } finally {
    cut.abort()
  }
}

type Part = TextStreamPart<ToolSet>

/** What counts as a token: text, thoughts and the arguments of a call. */
const isAlive = (part: Part) =>
  part.type === 'text-delta' ||
  part.type === 'reasoning-delta' ||
  part.type === 'tool-input-start' ||
  part.type === 'tool-input-delta' ||
  part.type === 'tool-call'

const frameOf = (
  part: Part,
  calls: Map<string, string>,
  { provider, model }: Route,
  request: ChatRequest,
  written: string,
): Frame | null => {
  if (part.type === 'text-delta') return part.text === '' ? null : { type: 'delta', text: part.text }
  if (part.type === 'tool-call') {
    const input =
      calls.get(part.toolCallId) || (typeof part.input === 'string' ? part.input : JSON.stringify(part.input))
    return { type: 'tool_call', id: part.toolCallId, name: part.toolName, arguments: input || '{}' }
  }
  if (part.type !== 'finish') return null
  const { inputTokens, inputTokenDetails, outputTokens } = part.totalUsage
  const counted = { input: inputTokens, cached: inputTokenDetails?.cacheReadTokens, output: outputTokens }
  const input = request.messages.map((message) => message.content ?? '').join('\n')
  return {
    type: 'complete',
    finish_reason: part.finishReason.replaceAll('-', '_'),
    usage: usageOf(provider, model, counted, { input, output: written }),
    model,
  }
}
