/** The one event log: read it, follow it, audit it. */
import { operation, operations } from './operation.ts'
import { count, Id, Json, list, Nothing, nullable, optional, type Static, shape, Time, Type, text } from './shapes.ts'

/** CloudEvents 1.0, structured mode, with the extensions `workspace`, `sequence`, `actor` and `job`. */
export const Event = shape({
  specversion: Type.Literal('1.0'),
  id: Id,
  source: text(200),
  type: text(100),
  subject: text(500),
  time: Time,
  datacontenttype: Type.Literal('application/json'),
  data: Json,
  workspace: Id,
  sequence: count,
  actor: text(200),
  job: nullable(Id),
})
export type Event = Static<typeof Event>

export const events = operations('events', {
  follow: operation({
    method: 'GET',
    path: '/api/events',
    summary: 'Read the event log, or follow it as server-sent events',
    description:
      'As JSON: the events after a number. As text/event-stream: the same, then every new one as it is committed; ' +
      'reconnect with Last-Event-ID. A frame `resync` says that the number is beyond the log: read anew what you show.',
    effect: 'read',
    query: {
      after: optional(count),
      limit: optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      types: optional(list(text(100, 1), { maxItems: 50 })),
    },
    output: shape({ items: list(Event), last: count }),
    reply: ['json', 'events'],
  }),
  socket: operation({
    method: 'GET',
    path: '/api/ws',
    summary: 'Follow events, job progress and the state of the AI process over a WebSocket',
    description:
      'Send {"type":"subscribe","topics":["memory.*","*"],"after":12}; receive {"type":"event","event":…}, ' +
      '{"type":"progress","job":…}, {"type":"sidecar","state":…} and {"type":"resync","last":…} when you fell behind or asked for what is beyond the log: read anew what you show.',
    effect: 'read',
    output: Nothing,
    reply: ['socket'],
  }),
  audit: operation({
    method: 'GET',
    path: '/api/audit',
    summary: 'Check the hash chain of the event log',
    effect: 'read',
    role: 'owner',
    callers: ['people'],
    output: shape({
      valid: Type.Boolean(),
      checked: count,
      head: shape({ sequence: count, hash: text(64) }),
      fault: nullable(shape({ sequence: count, reason: text(300) })),
    }),
  }),
})
