/** One answer over an ordered list of routes: retries and fall-back until the first token, never after it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { CairnError } from '@cairn/api/errors'
import { type Failure, timeout, toFailure } from './failures.ts'
import { languageModel } from './language-model.ts'
import { toPrompt, toTools } from './messages.ts'
import type { ChatRequest, Frame, Route } from './shapes.ts'
import { usageOf } from './usage.ts'
import { type Limits, TooSlow, watched } from './watch.ts'

/** Milliseconds to wait before the second and the third try of one route. */
const BACK_OFF = [500, 2000]
/** A server that asks for a longer pause than this is left for the next route. */
const LONGEST_PAUSE = 15_000

type Prepared = { request: ChatRequest; options: LanguageModelV4CallOptions; limits: Limits }
type Outcome = { failure: Failure; begun: boolean } | null

/**
 * Streams the frames of an answer. Routes are tried in order; a busy or unreachable one up to three times. After the
 * first token a failure ends the answer with an `error` frame. Ends silently when `signal` is aborted; throws
 * INVALID_INPUT at once where the request contradicts itself.
 */
export const chat = (request: ChatRequest, signal: AbortSignal, backOff = BACK_OFF): AsyncGenerator<Frame> =>
  overRoutes(request, optionsOf(request), signal, backOff)

async function* overRoutes(
  request: ChatRequest,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
  backOff: number[],
): AsyncGenerator<Frame> {
  const prepared: Prepared = {
    request,
    options,
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

const optionsOf = ({ messages, tools = [], temperature, max_tokens }: ChatRequest): LanguageModelV4CallOptions => ({
  prompt: toPrompt(messages),
  ...(tools.length > 0 && { tools: toTools(tools), toolChoice: { type: 'auto' } }),
  ...(temperature !== undefined && { temperature }),
  ...(max_tokens !== undefined && { maxOutputTokens: max_tokens }),
})

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
  const { request, options, limits } = prepared
  const cut = new AbortController()
  const metadata: Frame = { type: 'metadata', model: route.model, provider: route.provider.kind, attempt }
  let begun = false
  let written = ''
  try {
    const parts = partsOf(route, { ...options, abortSignal: AbortSignal.any([signal, cut.signal]) })
    for await (const part of watched(parts, isAlive, limits)) {
      if (part.type === 'error') return { failure: toFailure(part.error, route.provider), begun }
      if (part.type === 'finish' && part.finishReason.unified === 'interrupted') break
      const frame = frameOf(part, route, request, written)
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

type Part = LanguageModelV4StreamPart

/** The request is part of the stream, so that its limits hold for both. */
async function* partsOf(route: Route, options: LanguageModelV4CallOptions): AsyncGenerator<Part> {
  const model = await languageModel(route)
  const { stream } = await model.doStream(options)
  yield* stream
}

/** What counts as a token: text, thoughts and the arguments of a call. */
const isAlive = (part: Part) =>
  part.type === 'text-delta' ||
  part.type === 'reasoning-delta' ||
  part.type === 'tool-input-start' ||
  part.type === 'tool-input-delta' ||
  part.type === 'tool-call'

const frameOf = (part: Part, { provider, model }: Route, request: ChatRequest, written: string): Frame | null => {
  if (part.type === 'text-delta') return part.delta === '' ? null : { type: 'delta', text: part.delta }
  if (part.type === 'tool-call')
    return { type: 'tool_call', id: part.toolCallId, name: part.toolName, arguments: part.input || '{}' }
  if (part.type !== 'finish') return null
  const { inputTokens, outputTokens } = part.usage
  const counted = { input: inputTokens.total, cached: inputTokens.cacheRead, output: outputTokens.total }
  const input = request.messages.map((message) => message.content ?? '').join('\n')
  return {
    type: 'complete',
    finish_reason: part.finishReason.unified.replaceAll('-', '_'),
    usage: usageOf(provider, model, counted, { input, output: written }),
    model,
  }
}
