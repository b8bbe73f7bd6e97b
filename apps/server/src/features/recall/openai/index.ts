/**
 * OpenAI's API over the models and the memory of a workspace, for programs that speak it.
 * Tables: none. Events: none; calls of models are in the egress log and in their use.
 * Invariant: what comes in by this door obeys the same routes, `no_cloud`, rights and masking as everything else.
 */
import { Readable } from 'node:stream'
import { fail } from '@cairn/api/errors'
import { memoryModel, openai as operations } from '@cairn/api/openai'
import type { InputOf } from '@cairn/api/operation'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer, type Call } from '../../../kernel/gate/call.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { maskSecrets } from '../../../kernel/masking.ts'
import { encodeVector } from '../../../kernel/sidecar/client.ts'
import type { Models } from '../../ground/models/index.ts'
import type { Chat } from '../chat/index.ts'
import { type About, chunks, contentOf, type Piece, refusalOf, toMessages, toTools, whole } from './completions.ts'
import { fromMemory, fromModel } from './pieces.ts'

type Asked = InputOf<typeof operations.complete>

export function makeOpenAi(kernel: Pick<Kernel, 'clock'>, models: Models, chat: Pick<Chat, 'writing'>) {
  async function complete(call: Call<Asked>) {
    const { input } = call
    const about: About = {
      id: `chatcmpl-${newId()}`,
      created: Math.floor(kernel.clock.now() / 1000),
      model: input.model,
    }
    const pieces = await begun(input.model === memoryModel ? memory(call) : await model(call))
    if (!input.stream) return whole(about, pieces)
    const lines = chunks(about, pieces, input.stream_options?.include_usage === true)
    return answer.bytes(Readable.from(lines, { objectMode: false }), 'text/event-stream; charset=utf-8', null, {
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
  }

  /** The last message of the user is the question, what was said before it the conversation. */
  function memory(call: Call<Asked>) {
    const { messages } = call.input
    const at = messages.findLastIndex(({ role }) => role === 'user')
    const question = at < 0 ? '' : contentOf(messages[at] as (typeof messages)[number])
    if (question.trim() === '') {
      throw fail('INVALID_INPUT', {}, [{ path: '/messages', message: 'must hold a question of the user' }])
    }
    const turns = messages.slice(0, at).flatMap((message) => {
      const { role } = message
      return role === 'user' || role === 'assistant' ? [{ role, content: contentOf(message) }] : []
    })
    return fromMemory(chat.writing, call, { question: question.toWellFormed(), turns })
  }

  async function model(call: Call<Asked>) {
    const { input } = call
    const max_tokens = input.max_completion_tokens ?? input.max_tokens
    const ask = {
      model: input.model,
      messages: toMessages(input.messages),
      ...(input.tools && { tools: toTools(input.tools) }),
      ...(typeof input.temperature === 'number' && { temperature: input.temperature }),
      ...(typeof max_tokens === 'number' && { max_tokens }),
    }
    const frames = await models.chat(call, ask, call.signal)
    if (frames) return fromModel(frames)
    throw fail('INVALID_INPUT', {}, [{ path: '/model', message: `must be ${memoryModel}: no model is set up` }])
  }

  async function embed(call: Call<InputOf<typeof operations.embed>>) {
    const { model, input, encoding_format } = call.input
    const routes = await models.route(call, 'embed')
    if (!routes?.some((route) => route.model === model)) {
      const names = [...new Set(routes?.map((route) => route.model))].join(', ')
      const message = names ? `must be ${names}` : 'is not set up: no route leads to a model that embeds'
      throw fail('INVALID_INPUT', {}, [{ path: '/model', message }])
    }
    const embedded = await models.embed(call, [input].flat().map(maskSecrets), 'passage', call.signal)
    const { vectors = [], usage } = embedded ?? {}
    const tokens = usage?.tokens ?? 0
    return {
      object: 'list' as const,
      data: vectors.map((vector, index) => ({
        object: 'embedding' as const,
        index,
        embedding: encoding_format === 'base64' ? encodeVector(vector) : [...vector],
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }
  }

  const feature: Feature = {
    name: 'openai',
    tables: [],
    operations: handle(operations, {
      models: async (call) => {
        const routes = [...((await models.route(call, 'chat')) ?? []), ...((await models.route(call, 'embed')) ?? [])]
        const owners = new Map(routes.map((route) => [route.model, route.provider]))
        const all: [string, string][] = [[memoryModel, 'cairn'], ...owners]
        return {
          object: 'list' as const,
          data: all.map(([id, owned_by]) => ({ id, object: 'model' as const, created: 0, owned_by })),
        }
      },
      complete,
      embed,
    }),
  }
  return { feature }
}

/** Waits for the first piece, so that what fails before it is a refusal and not half a stream. */
async function begun(pieces: AsyncGenerator<Piece>): Promise<AsyncGenerator<Piece>> {
  const first = await pieces.next()
  if (!first.done && first.value.kind === 'broken') throw refusalOf(first.value)
  return (async function* () {
    if (!first.done) yield first.value
    yield* pieces
  })()
}
