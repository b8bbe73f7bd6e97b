/** Models: who provides them, which one does what, what is reachable, and what it has used. */
import { operation, operations } from './operation.ts'
import { count, Id, list, nullable, oneOf, optional, Removed, type Static, shape, Time, Type, text } from './shapes.ts'

export const ProviderKind = oneOf('openai-compatible', 'openai', 'anthropic', 'google', 'ollama', 'onnx')
export type ProviderKind = Static<typeof ProviderKind>
/** What a model is asked for. */
export const ModelTask = oneOf('chat', 'embed')
export type ModelTask = Static<typeof ModelTask>

/**
 * Where no model is ever asked: link-local addresses, among them those at which clouds hand out the credentials of the
 * machine (https://cloud.google.com/compute/docs/metadata/querying-metadata,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html), and the names of the latter.
 */
export const neverAsked = {
  names: ['metadata', 'metadata.goog', 'metadata.google.internal', 'instance-data', 'instance-data.ec2.internal'],
  ipv4: [
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
  ],
  ipv6: [
    ['fe80::', 10],
    ['fd00:ec2::', 32],
    ['fd20:ce::254', 128],
    ['64:ff9b::a9fe:0', 112],
  ],
} as const

/** Someone who answers: a server that speaks one of the known protocols, or a folder of local models. */
export const Provider = shape({
  id: Id,
  name: text(100, 1),
  kind: ProviderKind,
  /** Null where the kind has a well-known address. */
  base_url: nullable(text(2_000)),
  /** Folder of local ONNX models; null for every other kind. */
  folder: nullable(text(4_000)),
  /** The key itself never leaves the server. */
  has_key: Type.Boolean(),
  /** Does it answer on this machine? Only such providers are asked in a workspace with `no_cloud`. */
  local: Type.Boolean(),
  /** Its ETag is this number in quotes. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
})
export type Provider = Static<typeof Provider>

export const ModelRoute = shape({ provider_id: Id, model: text(200, 1) })
export type ModelRoute = Static<typeof ModelRoute>

/** For each task, whom to ask, in this order: the next one is asked when one fails before its first word. */
export const Routes = shape({
  chat: list(ModelRoute, { maxItems: 10 }),
  /** All of one model, since vectors of two models cannot be compared. */
  embed: list(ModelRoute, { maxItems: 10 }),
  /** The workspace's flag: nothing is sent to a model off this machine, whatever the routes say. */
  no_cloud: Type.Boolean(),
  version: count,
  updated_at: nullable(Time),
})
export type Routes = Static<typeof Routes>

/** One provider as it answers now. */
export const Reachability = shape({
  provider_id: Id,
  name: Type.String(),
  kind: ProviderKind,
  reachable: Type.Boolean(),
  models: list(shape({ id: Type.String() })),
  error: nullable(shape({ code: Type.String(), message: Type.String() })),
})
export type Reachability = Static<typeof Reachability>

export const UsageRow = shape({
  /** `2026-11-21`, in the time zone asked for. */
  day: Type.String(),
  model: Type.String(),
  task: ModelTask,
  calls: count,
  failed: count,
  input_tokens: count,
  output_tokens: count,
  /** Sum over the calls with a known price. */
  cost_usd: Type.Number(),
  /** Calls whose price is not known. */
  unpriced: count,
})
export type UsageRow = Static<typeof UsageRow>

const people = ['people'] as const
const settable = {
  /** A stored key does not follow to another host: send it again with the new address. */
  base_url: optional(nullable(text(2_000))),
  folder: optional(nullable(text(4_000))),
  /** Kept encrypted, never returned; null takes it away. */
  api_key: optional(nullable(Type.String({ minLength: 1, maxLength: 4_000, pattern: '^[\\x21-\\x7e]+$' }))),
}

export const models = operations('models', {
  list: operation({
    method: 'GET',
    path: '/api/models',
    summary: 'What every configured provider offers now, each with its error',
    effect: 'read',
    egress: true,
    output: shape({ items: list(Reachability) }),
  }),
  routes: operation({
    method: 'GET',
    path: '/api/models/routes',
    summary: 'Which model does what, with its fallbacks',
    effect: 'read',
    callers: people,
    output: Routes,
  }),
  setRoutes: operation({
    method: 'PUT',
    path: '/api/models/routes',
    summary: 'Set which model does what',
    description: 'With `If-Match` (the version in quotes) it is changed only when nobody else did meanwhile.',
    effect: 'write',
    role: 'owner',
    callers: people,
    body: { chat: Routes.properties.chat, embed: Routes.properties.embed },
    output: Routes,
    errors: ['PRECONDITION_FAILED'],
  }),
  providers: operation({
    method: 'GET',
    path: '/api/models/providers',
    summary: 'List the configured providers',
    effect: 'read',
    callers: people,
    output: shape({ items: list(Provider) }),
  }),
  addProvider: operation({
    method: 'POST',
    path: '/api/models/providers',
    summary: 'Add a provider of models',
    effect: 'write',
    role: 'owner',
    callers: people,
    body: { id: optional(Id), name: text(100, 1), kind: ProviderKind, ...settable },
    output: Provider,
    status: 201,
    errors: ['CONFLICT'],
  }),
  updateProvider: operation({
    method: 'PATCH',
    path: '/api/models/providers/{id}',
    summary: 'Change a provider or its key',
    effect: 'write',
    role: 'owner',
    callers: people,
    params: { id: Id },
    body: { name: optional(text(100, 1)), ...settable },
    output: Provider,
    errors: ['PROVIDER_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  removeProvider: operation({
    method: 'DELETE',
    path: '/api/models/providers/{id}',
    summary: 'Remove a provider, its key and the routes that lead to it',
    effect: 'write',
    role: 'owner',
    callers: people,
    params: { id: Id },
    output: Removed,
    errors: ['PROVIDER_NOT_FOUND'],
  }),
  detect: operation({
    method: 'POST',
    path: '/api/models/detect',
    summary: 'Look for an Ollama on this machine, at its well-known port',
    description: 'Asks 127.0.0.1:11434 once. Nothing is stored: add what was found as a provider.',
    effect: 'write',
    role: 'owner',
    callers: people,
    egress: true,
    output: shape({
      found: list(shape({ kind: ProviderKind, base_url: Type.String(), models: list(shape({ id: Type.String() })) })),
    }),
  }),
  usage: operation({
    method: 'GET',
    path: '/api/models/usage',
    summary: 'Tokens and cost by day, model and task, the newest day first',
    effect: 'read',
    query: {
      from: optional(Time),
      to: optional(Time),
      /** IANA name, as `Europe/Berlin`; UTC unless said. */
      time_zone: optional(text(60, 1)),
    },
    output: shape({ items: list(UsageRow), total: Type.Omit(UsageRow, ['day', 'model', 'task']) }),
  }),
})
