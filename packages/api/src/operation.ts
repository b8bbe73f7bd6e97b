/**
 * An operation is one thing that can be asked of Cairn, declared once as plain data. The HTTP route, the OpenAPI
 * document, the typed client, the MCP and agent tools, the workflow function and `cairn call` all come from it.
 */
import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** What a call does to the world: nothing, a change that can be undone, a change that cannot. */
export type Effect = 'read' | 'write' | 'danger'
export type Caller = 'people' | 'agents'
/** A member's role in a workspace, weakest first. */
export type Role = 'viewer' | 'editor' | 'owner'
export type Reply = 'json' | 'text' | 'events' | 'socket' | 'bytes' | 'redirect'
export type Input = 'json' | 'upload' | 'raw'
export type Properties = Record<string, TSchema>
/** `public` needs no login; `installation` needs a login and no workspace; `workspace` needs membership. */
export type Reach = 'public' | 'installation' | 'workspace'

/** What a feature's api file writes down. */
export type Declaration<
  P extends Properties = Properties,
  Q extends Properties = Properties,
  B extends Properties = Properties,
  O extends TSchema = TSchema,
> = {
  method: Method
  /** Path as OpenAPI writes it: `/api/memory/{id}`. */
  path: string
  summary: string
  description?: string
  effect: Effect
  /** Who may call at all; both unless said. */
  callers?: readonly Caller[]
  /** Can it make a request leave the machine? */
  egress?: boolean
  reach?: Reach
  /** The least role; a viewer reads, an editor writes, an owner endangers, unless said. */
  role?: Role
  params?: P
  query?: Q
  body?: B
  /** Schema of a `json` reply, or of one frame's data of an `events` reply. */
  output: O
  status?: 200 | 201 | 202 | 204 | 302
  input?: Input
  /** Kinds of reply that `Accept` may choose from; the first is the default. */
  reply?: readonly Reply[]
  /** Honours `Idempotency-Key` for 24 hours. */
  idempotent?: boolean
  /** Largest body in bytes. */
  maxBytes?: number
  /** Codes a caller should expect beside the general ones. */
  errors?: readonly ErrorCode[]
}

/** A declaration with every default filled in and its id and permission given by its feature. */
export type Operation<D extends Declaration = Declaration> = Required<Omit<D, 'description'>> & {
  id: string
  feature: string
  /** Scope that a key, an agent or a run must hold: `memories:read`, `memories:write`, `memories:danger`. */
  permission: string
  description: string
}

type Declared<D, K extends string> = D extends { [X in K]: infer P extends Properties } ? P : Record<never, never>
type OptionalKeys<T> = { [K in keyof T]: T[K] extends { '~optional': unknown } ? K : never }[keyof T]
type Valued<T> = { [K in Exclude<keyof T, OptionalKeys<T>>]: T[K] extends TSchema ? Static<T[K]> : never } & {
  [K in OptionalKeys<T>]?: T[K] extends TSchema ? Static<T[K]> : never
}
/** All inputs of an operation in one flat object: path parameters, query and body fields (names never clash). */
export type InputOf<D> = Valued<Declared<D, 'params'> & Declared<D, 'query'> & Declared<D, 'body'>>
export type OutputOf<D> = D extends { output: infer O extends TSchema } ? Static<O> : never

type Declarations = Record<string, Declaration>
export type Operations<T extends Declarations> = { [K in keyof T]: Filled<T[K]> }
/** An operation that still knows the exact types of its declaration. */
export type Filled<D extends Declaration> = Omit<Operation, 'params' | 'query' | 'body' | 'output'> & {
  params: Declared<D, 'params'>
  query: Declared<D, 'query'>
  body: Declared<D, 'body'>
  output: D['output']
}

const leastRole: Record<Effect, Role> = { read: 'viewer', write: 'editor', danger: 'owner' }

/** Checks one declaration and keeps its literal types; returns it unchanged. */
export const operation = <const D extends Declaration>(declaration: D): D => declaration

/** Names the operations of one feature: `operations('memories', { list, … })` gives them the ids `memories.list`, …. */
export function operations<const T extends Declarations>(feature: string, declared: T): Operations<T> {
  const filled: Record<string, Operation> = {}
  for (const [name, given] of Object.entries(declared)) filled[name] = fill(feature, name, given)
  return filled as unknown as Operations<T>
}

function fill(feature: string, name: string, given: Declaration): Operation {
  return {
    callers: ['people', 'agents'],
    egress: false,
    reach: 'workspace',
    role: leastRole[given.effect],
    params: {},
    query: {},
    body: {},
    status: 200,
    input: 'json',
    reply: ['json'],
    idempotent: false,
    maxBytes: 1_048_576,
    errors: [],
    description: '',
    ...given,
    id: `${feature}.${name}`,
    feature,
    permission: `${feature}:${given.effect}`,
  }
}
