/** Threads and messages: conversations and their turns, with what their answers cite. */
import { operation, operations } from './operation.ts'
import { Place, SourceRef } from './search.ts'
import {
  count,
  Id,
  Json,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  removedOrGoing,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** Largest content of a message in bytes of UTF-8. */
export const maxContentBytes = 5 * 1_048_576

export const MessageRole = oneOf('user', 'assistant', 'system', 'tool')
export type MessageRole = Static<typeof MessageRole>
/** `answer` was written by a model, `extract` is quoted without one, `plain` is everything else. */
export const MessageKind = oneOf('plain', 'answer', 'extract')
export type MessageKind = Static<typeof MessageKind>

/** What the `[n]` in an answer stands for. */
export const Citation = shape({
  n: Type.Integer({ minimum: 1 }),
  source: SourceRef,
  place: nullable(Place),
  quote: Type.String(),
  /** When it was written, visited or said. */
  time: nullable(Time),
})
export type Citation = Static<typeof Citation>

/** A document that somebody gave along with what they said. It may be gone by now: then the title is what is left. */
export const Attachment = shape({ id: Id, title: Type.String() })
export type Attachment = Static<typeof Attachment>

export const Thread = shape({
  id: Id,
  title: text(500),
  description: text(5_000),
  /** What made it: `api`, `chat`, an import. */
  origin: text(100),
  message_count: count,
  /** Last message of the path that is shown; null while there is none. */
  head_id: nullable(Id),
  /** Its ETag is this number in quotes; send it as `If-Match` to change only what you have seen. */
  version: Type.Integer({ minimum: 1 }),
  metadata: Json,
  created_at: Time,
  updated_at: Time,
  last_user_message_at: nullable(Time),
  last_assistant_message_at: nullable(Time),
})
export type Thread = Static<typeof Thread>

export const Message = shape({
  id: Id,
  thread_id: Id,
  parent_id: nullable(Id),
  /** Position in the thread, from 1. */
  turn: Type.Integer({ minimum: 1 }),
  role: MessageRole,
  kind: MessageKind,
  /** `partial` when the writing was cut off. */
  state: oneOf('complete', 'partial'),
  content: Type.String(),
  tokens: nullable(count),
  model: nullable(Type.String()),
  cost_usd: nullable(Type.Number()),
  citations: list(Citation),
  attachments: list(Attachment),
  metadata: Json,
  created_at: Time,
})
export type Message = Static<typeof Message>

/** Which of the messages that follow one and the same message this is: an edited question, an answer given anew. */
export const Branch = shape({
  /** From 1, in the order they were written. */
  at: Type.Integer({ minimum: 1 }),
  of: Type.Integer({ minimum: 1 }),
  previous: nullable(Id),
  next: nullable(Id),
})
export type Branch = Static<typeof Branch>

export const PathMessage = shape({ ...Message.properties, branch: Branch })
export type PathMessage = Static<typeof PathMessage>

/**
 * `cites`: an answer rests on it. `relates`: a task or memory that an answer was made from and does not cite.
 * `remembers`: was remembered from the thread. `plans`: is to be done because of it. `attaches`: was given along with a
 * message of it.
 */
export const linkRelations = ['cites', 'relates', 'remembers', 'plans', 'attaches'] as const
export const LinkRelation = oneOf(...linkRelations)
export type LinkRelation = Static<typeof LinkRelation>

/** Something that a thread has to do with. */
export const ThreadLink = shape({
  kind: Type.String(),
  id: Type.String(),
  title: Type.String(),
  uri: Type.String(),
  relation: LinkRelation,
  /** The message that made the link, where one did. */
  message_id: nullable(Id),
  created_at: Time,
})
export type ThreadLink = Static<typeof ThreadLink>

/** The same link, from the other side. */
export const LinkedThread = shape({
  thread: shape({ id: Id, title: Type.String() }),
  relation: LinkRelation,
  message_id: nullable(Id),
  created_at: Time,
})
export type LinkedThread = Static<typeof LinkedThread>

const content = text(maxContentBytes, 1)
const title = text(500)

export const threads = operations('threads', {
  list: operation({
    method: 'GET',
    path: '/api/hydraflow/threads',
    summary: 'List threads, the last active first',
    effect: 'read',
    query: { ...paging, q: optional(text(500)) },
    output: page(Thread),
  }),
  create: operation({
    method: 'POST',
    path: '/api/hydraflow/threads',
    summary: 'Start a thread',
    description:
      'With an id of your own the call can be repeated: same id and content returns the row, other content is 409.',
    effect: 'write',
    body: {
      id: optional(Id),
      title: optional(title),
      description: optional(text(5_000)),
      origin: optional(text(100, 1)),
      metadata: optional(Json),
    },
    output: Thread,
    status: 201,
    errors: ['CONFLICT'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/hydraflow/threads/{id}',
    summary: 'Read one thread',
    effect: 'read',
    params: { id: Id },
    output: Thread,
    errors: ['THREAD_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/hydraflow/threads/{id}',
    summary: 'Rename or describe a thread',
    description: "With `If-Match` (the thread's version in quotes) it is changed only when nobody else did meanwhile.",
    effect: 'write',
    params: { id: Id },
    body: { title: optional(title), description: optional(text(5_000)), metadata: optional(Json) },
    output: Thread,
    errors: ['THREAD_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/hydraflow/threads/{id}',
    summary: 'Delete a thread with its messages and what was remembered for it',
    effect: 'write',
    params: { id: Id },
    output: removedOrGoing(Type.Record(Type.String(), count)),
    errors: ['THREAD_NOT_FOUND', 'PRECONDITION_FAILED', 'JOB_FAILED'],
  }),
  messages: operation({
    method: 'GET',
    path: '/api/hydraflow/threads/{thread_id}/messages',
    summary: 'List all messages of a thread by turn, those of every branch',
    effect: 'read',
    params: { thread_id: Id },
    query: {
      ...paging,
      /** `asc` from the first turn, `desc` from the last. */
      order: optional(oneOf('asc', 'desc')),
      role: optional(MessageRole),
      /** Only messages that hold this text, letter case aside. */
      q: optional(text(500)),
    },
    output: page(Message),
    errors: ['THREAD_NOT_FOUND'],
  }),
  path: operation({
    method: 'GET',
    path: '/api/hydraflow/threads/{thread_id}/path',
    summary: 'List the messages of the branch that is shown, the last first',
    description:
      'Every message says which of how many it is at its place, and which stand beside it. A page around a message is of the branch that goes through it, the shown one where it can be. As a `cursor`, `next_cursor` leads to earlier messages and `newer_cursor` to later ones, from any page.',
    effect: 'read',
    params: { thread_id: Id },
    query: {
      ...paging,
      /** A message to have in the middle of the page. */
      around: optional(Id),
      /** Where to begin without one; at the `end` unless said. */
      from: optional(oneOf('start', 'end')),
    },
    output: shape({
      ...page(PathMessage).properties,
      /** Null on the page that holds the last message. */
      newer_cursor: nullable(Type.String()),
      /** Is it the branch that is shown? */
      shown: Type.Boolean(),
    }),
    errors: ['THREAD_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  }),
  branch: operation({
    method: 'POST',
    path: '/api/hydraflow/threads/{thread_id}/branch',
    summary: 'Show the branch that goes through a message, to its newest end',
    effect: 'write',
    params: { thread_id: Id },
    body: { message_id: Id },
    output: Thread,
    errors: ['THREAD_NOT_FOUND'],
  }),
  markdown: operation({
    method: 'GET',
    path: '/api/hydraflow/threads/{id}/markdown',
    summary: 'Export a thread as Markdown: the branch that is shown, with its sources',
    effect: 'read',
    params: { id: Id },
    reply: ['bytes'],
    output: Type.String(),
    errors: ['THREAD_NOT_FOUND'],
  }),
  addMessage: operation({
    method: 'POST',
    path: '/api/hydraflow/threads/{thread_id}/messages',
    summary: 'Write a message into a thread, without asking for an answer',
    description:
      'Without `parent_id` it follows the end of the branch that is shown. With one, or with null, it begins a branch of its own, which is shown from then on.',
    effect: 'write',
    params: { thread_id: Id },
    body: {
      id: optional(Id),
      role: MessageRole,
      content,
      parent_id: optional(nullable(Id)),
      tokens: optional(nullable(count)),
      model: optional(nullable(text(200))),
      cost_usd: optional(nullable(Type.Number({ minimum: 0 }))),
      metadata: optional(Json),
      citations: optional(list(Citation, { maxItems: 200 })),
    },
    output: Message,
    status: 201,
    /** Room for the escapes of JSON around the content. */
    maxBytes: 3 * maxContentBytes,
    errors: ['THREAD_NOT_FOUND', 'CONFLICT'],
  }),
  links: operation({
    method: 'GET',
    path: '/api/hydraflow/threads/{thread_id}/links',
    summary: 'What a thread cites, what was remembered from it and what it led to do, newest first',
    effect: 'read',
    params: { thread_id: Id },
    query: paging,
    output: page(ThreadLink),
    errors: ['THREAD_NOT_FOUND'],
  }),
  linked: operation({
    method: 'GET',
    path: '/api/hydraflow/links',
    summary: 'Which threads have to do with a task, a memory or any other source, newest first',
    effect: 'read',
    query: { ...paging, kind: text(50, 1), id: text(2_000, 1) },
    output: page(LinkedThread),
  }),
  search: operation({
    method: 'GET',
    path: '/api/hydraflow/messages',
    summary: 'Find messages over all threads, best first',
    effect: 'read',
    query: { q: text(2_000, 1), limit: optional(Type.Integer({ minimum: 1, maximum: 100 })) },
    output: shape({
      items: list(shape({ message: Message, thread: shape({ id: Id, title: Type.String() }), score: Type.Number() })),
    }),
  }),
})
