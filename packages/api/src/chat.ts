/** Chat: ask a question, get an answer with citations; written by a model, or quoted where there is none. */
import { operation, operations } from './operation.ts'
import { Place, SourceRef } from './search.ts'
import {
  count,
  Id,
  Languages,
  list,
  nullable,
  oneOf,
  optional,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'
import { Citation, Message } from './threads.ts'

/** Most documents that one question takes along. */
export const mostAttachments = 10

/** What the model has used; null where none was asked. */
export const ChatUsage = shape({
  input_tokens: count,
  output_tokens: count,
  cost_usd: nullable(Type.Number()),
})
export type ChatUsage = Static<typeof ChatUsage>

export const ChatAnswer = shape({
  thread_id: Id,
  user_message_id: Id,
  message: Message,
  citations: list(Citation),
  usage: nullable(ChatUsage),
  job_id: Id,
})
export type ChatAnswer = Static<typeof ChatAnswer>

/** Frames of a streamed answer (`Accept: text/event-stream`): `metadata`, `delta`…, then `complete` or `error`. */
export const ChatMetadata = shape({
  thread_id: Id,
  user_message_id: Id,
  /** The id that the answer will have. */
  message_id: Id,
  job_id: Id,
  /** The passages that the answer can cite, by their numbers. */
  citations: list(Citation),
})
export const ChatDelta = shape({ text: Type.String() })
export const ChatError = shape({
  code: Type.String(),
  detail: Type.String(),
  /** What had been written by then, as it was stored; null when nothing was. */
  message: nullable(Message),
})
export type ChatFrame =
  | { event: 'metadata'; data: Static<typeof ChatMetadata> }
  | { event: 'delta'; data: Static<typeof ChatDelta> }
  | { event: 'complete'; data: ChatAnswer }
  | { event: 'error'; data: Static<typeof ChatError> }

const ContextPassage = shape({
  n: Type.Integer({ minimum: 1 }),
  source: SourceRef,
  place: nullable(Place),
  time: nullable(Time),
  text: Type.String(),
  /** Is it of a document that was attached, to the question or earlier on its branch? */
  attached: Type.Boolean(),
})
const madeFrom = {
  thread_id: Id,
  kind: oneOf('answer', 'extract'),
  model: nullable(Type.String()),
  /** What was searched for. */
  query: Type.String(),
  passages: list(ContextPassage),
  /** The messages that the model is sent, word for word; empty for an extract. */
  messages: list(shape({ role: Type.String(), content: Type.String() })),
}

/** Exactly what the last answer of a thread was made from. */
export const ChatContext = shape({
  ...madeFrom,
  /** The answer that was made from it. */
  message_id: Id,
  created_at: Time,
})
export type ChatContext = Static<typeof ChatContext>

/** What an answer would be made from. */
export const ChatPreview = shape(madeFrom)
export type ChatPreview = Static<typeof ChatPreview>

const how = {
  /** One of the models of the chat route; `extract` to quote without one. */
  model: optional(text(200, 1)),
  /** Kinds of source to answer from: `file`, `visit`, `message`, …; all unless said. */
  sources: optional(list(text(50, 1), { minItems: 1, maxItems: 20 })),
  /** IANA time zone of the person, as `Europe/Berlin`: the days that sources are from, and what "tomorrow" means. */
  zone: optional(text(60, 1)),
}
/** Ids of documents that are asked before everything else, and have a place among the sources of the answer. */
const attachments = optional(list(Id, { maxItems: mostAttachments }))
const asked = {
  message: text(200_000, 1),
  attachments,
  ...how,
  /**
   * A question of this thread that this one takes the place of: both stay, as branches. Its attachments are taken over
   * unless other ones are named.
   */
  replaces: optional(Id),
  /** Which words are read as dates besides English ones. */
  languages: optional(Languages),
  /** A task that the question is about: without a thread, its thread is taken, or a new one becomes its thread. */
  task_id: optional(Id),
}
const common = {
  method: 'POST',
  effect: 'write',
  egress: true,
  idempotent: true,
  reply: ['json', 'events'],
  output: ChatAnswer,
  maxBytes: 2_097_152,
} as const

export const chat = operations('chat', {
  ask: operation({
    ...common,
    path: '/api/chat',
    summary: 'Ask, in a thread or in a new one',
    description:
      'Stores the question, searches, answers with citations and stores the answer. JSON, or frames by `Accept: text/event-stream`.',
    body: {
      thread_id: optional(Id),
      /** The tab that it is about: its thread is used, or the thread is bound to it. */
      tab_id: optional(Id),
      ...asked,
    },
    errors: ['TAB_NOT_FOUND', 'THREAD_NOT_FOUND', 'TASK_NOT_FOUND', 'DOCUMENT_NOT_FOUND', 'THREAD_BUSY'],
  }),
  send: operation({
    ...common,
    path: '/api/chat/{thread_id}/message',
    summary: 'Ask in a thread',
    params: { thread_id: Id },
    body: asked,
    errors: ['THREAD_NOT_FOUND', 'TASK_NOT_FOUND', 'DOCUMENT_NOT_FOUND', 'THREAD_BUSY'],
  }),
  regenerate: operation({
    ...common,
    path: '/api/chat/{thread_id}/regenerate',
    summary: 'Answer a question of a thread anew',
    description: 'The earlier answers stay, as branches. Without a message it is the last question that is shown.',
    params: { thread_id: Id },
    body: { message_id: optional(Id), ...how },
    errors: ['THREAD_NOT_FOUND', 'CONTEXT_NOT_FOUND', 'THREAD_BUSY'],
  }),
  context: operation({
    method: 'GET',
    path: '/api/chat/{thread_id}/context',
    summary: 'Exactly what the last answer of a thread was made from',
    effect: 'read',
    params: { thread_id: Id },
    output: ChatContext,
    errors: ['THREAD_NOT_FOUND', 'CONTEXT_NOT_FOUND'],
  }),
  preview: operation({
    method: 'POST',
    path: '/api/chat/{thread_id}/context',
    summary: 'What an answer to a question would be made from, without asking',
    effect: 'read',
    params: { thread_id: Id },
    body: { message: asked.message, attachments, ...how },
    output: ChatPreview,
    maxBytes: 2_097_152,
    errors: ['THREAD_NOT_FOUND', 'DOCUMENT_NOT_FOUND'],
  }),
  schema: operation({
    method: 'GET',
    path: '/api/chat/schema',
    summary: 'JSON Schemas of the request, the answer and the frames',
    effect: 'read',
    reach: 'installation',
    output: shape({
      request: Type.Unknown(),
      answer: Type.Unknown(),
      frames: shape({
        metadata: Type.Unknown(),
        delta: Type.Unknown(),
        complete: Type.Unknown(),
        error: Type.Unknown(),
      }),
    }),
  }),
})
