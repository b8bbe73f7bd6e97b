/**
 * The part of OpenAI's API that other programs know how to use: they point it here and get the models of this workspace,
 * and `cairn/memory`, which answers from what the workspace remembers. Shapes as in platform.openai.com/docs/api-reference;
 * refusals are problem documents with the statuses that its clients know.
 */
import { operation, operations } from './operation.ts'
import { count, list, nullable, oneOf, optional, type Static, shape, Type, text } from './shapes.ts'
import { Citation } from './threads.ts'

/** The model that answers from the workspace's memory. */
export const memoryModel = 'cairn/memory'

const model = text(300, 1)
/** Objects of others' making: what they hold beside these fields is let pass. */
const ToolCall = Type.Object({
  id: text(200, 1),
  type: Type.Literal('function'),
  function: Type.Object({ name: text(200, 1), arguments: Type.String() }),
})
export const CompletionMessage = Type.Object({
  role: oneOf('system', 'developer', 'user', 'assistant', 'tool'),
  /** Text, or parts of which the text is taken. */
  content: optional(nullable(Type.Union([Type.String(), list(Type.Object({ type: Type.String() }))]))),
  tool_calls: optional(list(ToolCall, { maxItems: 200 })),
  tool_call_id: optional(text(200, 1)),
})
export type CompletionMessage = Static<typeof CompletionMessage>
const Tool = Type.Object({
  type: Type.Literal('function'),
  function: Type.Object({
    name: text(200, 1),
    description: optional(Type.String({ maxLength: 20_000 })),
    parameters: optional(Type.Record(Type.String(), Type.Unknown())),
  }),
})
export type CompletionTool = Static<typeof Tool>

const Usage = shape({ prompt_tokens: count, completion_tokens: count, total_tokens: count })
export const Completion = shape({
  id: Type.String(),
  object: Type.Literal('chat.completion'),
  created: Type.Integer(),
  model: Type.String(),
  choices: list(
    shape({
      index: count,
      message: shape({
        role: Type.Literal('assistant'),
        content: nullable(Type.String()),
        refusal: Type.Null(),
        tool_calls: optional(list(ToolCall)),
      }),
      logprobs: Type.Null(),
      finish_reason: oneOf('stop', 'length', 'tool_calls', 'content_filter'),
    }),
  ),
  usage: Usage,
  /** What the numbers of an answer from memory stand for; Cairn's own addition. */
  citations: optional(list(Citation)),
})
export type Completion = Static<typeof Completion>

/** Known to OpenAI's clients, taken and not used. */
const unused = Object.fromEntries(
  [
    ...['frequency_penalty', 'presence_penalty', 'logit_bias', 'logprobs', 'top_logprobs', 'metadata', 'modalities'],
    ...['n', 'parallel_tool_calls', 'prediction', 'prompt_cache_key', 'reasoning_effort', 'response_format', 'seed'],
    ...['safety_identifier', 'service_tier', 'stop', 'store', 'tool_choice', 'top_p', 'user', 'verbosity'],
  ].map((name) => [name, optional(Type.Unknown())]),
)

export const openai = operations('openai', {
  models: operation({
    method: 'GET',
    path: '/v1/models',
    summary: 'Models of this workspace, in the form of OpenAI',
    effect: 'read',
    output: shape({
      object: Type.Literal('list'),
      data: list(
        shape({
          id: Type.String(),
          object: Type.Literal('model'),
          created: Type.Integer(),
          owned_by: Type.String(),
        }),
      ),
    }),
  }),
  complete: operation({
    method: 'POST',
    path: '/v1/chat/completions',
    summary: 'A chat completion, in the form of OpenAI, streamed or whole',
    description:
      'With the model `cairn/memory` the last question is answered from what the workspace remembers. Nothing is stored.',
    effect: 'write',
    egress: true,
    reply: ['json', 'bytes'],
    maxBytes: 8 * 1_048_576,
    body: {
      model,
      messages: list(CompletionMessage, { minItems: 1, maxItems: 2_000 }),
      stream: optional(nullable(Type.Boolean())),
      stream_options: optional(nullable(Type.Object({ include_usage: optional(Type.Boolean()) }))),
      temperature: optional(nullable(Type.Number({ minimum: 0, maximum: 2 }))),
      max_tokens: optional(nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
      max_completion_tokens: optional(nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
      tools: optional(list(Tool, { maxItems: 200 })),
      ...unused,
    },
    output: Completion,
    errors: ['MODEL_UNAVAILABLE', 'CLOUD_BLOCKED'],
  }),
  embed: operation({
    method: 'POST',
    path: '/v1/embeddings',
    summary: 'Embeddings by the model of the embed route, in the form of OpenAI',
    effect: 'write',
    egress: true,
    maxBytes: 8 * 1_048_576,
    body: {
      model,
      input: Type.Union([text(200_000, 1), list(text(200_000, 1), { minItems: 1, maxItems: 2_048 })]),
      encoding_format: optional(oneOf('float', 'base64')),
      dimensions: optional(Type.Unknown()),
      user: optional(Type.Unknown()),
    },
    output: shape({
      object: Type.Literal('list'),
      data: list(
        shape({
          object: Type.Literal('embedding'),
          index: count,
          /** Numbers, or little-endian float32 in base64. */
          embedding: Type.Union([list(Type.Number()), Type.String()]),
        }),
      ),
      model: Type.String(),
      usage: shape({ prompt_tokens: count, total_tokens: count }),
    }),
    errors: ['MODEL_UNAVAILABLE', 'CLOUD_BLOCKED'],
  }),
})
