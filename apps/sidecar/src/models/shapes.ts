/** What `POST /chat` takes and streams. */
import type { ErrorCode } from '@cairn/api/errors'
import { list, nullable, oneOf, optional, type Static, shape, Type } from '@cairn/api/shapes'
import { Provider } from './provider.ts'
import type { Usage } from './usage.ts'

const milliseconds = Type.Integer({ minimum: 1, maximum: 3_600_000 })
const Name = Type.String({ minLength: 1, maxLength: 200 })

/** A call as this room streams it, or as OpenAI's protocol nests it; `arguments` is JSON text in both. */
export const ToolCall = Type.Union([
  shape({ id: Name, name: Name, arguments: Type.String() }),
  shape({ id: Name, type: oneOf('function'), function: shape({ name: Name, arguments: Type.String() }) }),
])
export type ToolCall = Static<typeof ToolCall>

export const Message = shape({
  role: oneOf('system', 'user', 'assistant', 'tool'),
  content: nullable(Type.String()),
  tool_calls: optional(list(ToolCall, { maxItems: 200 })),
  tool_call_id: optional(Name),
})
export type Message = Static<typeof Message>

export const Tool = shape({
  name: Name,
  description: optional(Type.String({ maxLength: 20_000 })),
  /** JSON Schema of the arguments. */
  parameters: optional(Type.Record(Type.String(), Type.Unknown())),
})
export type Tool = Static<typeof Tool>

export const ChatRequest = shape({
  routes: list(shape({ provider: Provider, model: Type.String({ minLength: 1, maxLength: 300 }) }), {
    minItems: 1,
    maxItems: 10,
  }),
  messages: list(Message, { minItems: 1, maxItems: 2000 }),
  tools: optional(list(Tool, { maxItems: 200 })),
  temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
  max_tokens: optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  /** Whole answer, all attempts together; 5 minutes unless said. */
  timeout_ms: optional(milliseconds),
  /** One attempt's first token; 2 minutes unless said (a local model may have to be loaded first). */
  first_token_timeout_ms: optional(milliseconds),
  /** Silence between two tokens; 1 minute unless said. */
  stall_timeout_ms: optional(milliseconds),
})
export type ChatRequest = Static<typeof ChatRequest>
export type Route = ChatRequest['routes'][number]

/** One line of the answer. `metadata` comes once, with the first token, and names the route that answers. */
export type Frame =
  | { type: 'metadata'; model: string; provider: Provider['kind']; attempt: number }
  | { type: 'delta'; text: string }
  | { type: 'tool_call'; id: string; name: string; arguments: string }
  | { type: 'complete'; finish_reason: string; usage: Usage; model: string }
  | { type: 'error'; code: ErrorCode; message: string; retryable: boolean }
