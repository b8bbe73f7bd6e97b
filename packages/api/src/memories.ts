/** Memories: short facts worth keeping, with their source and their strength. */
import { operation, operations } from './operation.ts'
import {
  Id,
  Json,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

export const MemoryScope = oneOf('workspace', 'thread', 'document', 'site')
export const Memory = shape({
  id: Id,
  scope: MemoryScope,
  /** Thread or document id, or the site's host; null for the workspace. */
  scope_ref: nullable(text(500)),
  key: text(200, 1),
  value: text(20_000, 1),
  /** Where it comes from: an address, `message:<id>`, or free words. */
  source: nullable(text(2_000)),
  strength: Type.Number(),
  /** `found_by` says who found it in a conversation: `rules`, or a model's name. */
  metadata: Json,
  /** Rises with every change; its ETag is this number in quotes. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
  last_accessed_at: nullable(Time),
})
export type Memory = Static<typeof Memory>

/** One line of what happened to a memory. */
export const MemoryAudit = shape({
  id: Id,
  action: oneOf('created', 'changed', 'removed'),
  /** The version that this made; null once it was removed. */
  version: nullable(Type.Integer()),
  person: text(200),
  agent: nullable(text(200)),
  job: nullable(Id),
  at: Time,
  /** What it said before a change, for as long as the memory is there. */
  before: nullable(shape({ key: text(200), value: text(20_000), source: nullable(text(2_000)) })),
})
export type MemoryAudit = Static<typeof MemoryAudit>

const fields = {
  scope: optional(MemoryScope),
  scope_ref: optional(nullable(text(500))),
  key: text(200, 1),
  value: text(20_000, 1),
  source: optional(nullable(text(2_000))),
  metadata: optional(Json),
}

export const memories = operations('memories', {
  list: operation({
    method: 'GET',
    path: '/api/memory',
    summary: 'List memories, newest first',
    effect: 'read',
    query: { ...paging, scope: optional(MemoryScope), scope_ref: optional(text(500)), q: optional(text(500)) },
    output: page(Memory),
  }),
  create: operation({
    method: 'POST',
    path: '/api/memory',
    summary: 'Remember something',
    description:
      'With an id of your own the call can be repeated: same id and content returns the row, other content is 409. Without one, what is said under a key that its scope has already replaces what was said before, which is kept as an earlier version.',
    effect: 'write',
    body: { id: optional(Id), ...fields },
    output: Memory,
    status: 201,
    errors: ['CONFLICT'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/memory/{id}',
    summary: 'Read one memory',
    effect: 'read',
    params: { id: Id },
    output: Memory,
    errors: ['MEMORY_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/memory/{id}',
    summary: 'Change a memory; what it said before is kept as a version',
    description: "With `If-Match` (the memory's version in quotes) it is changed only when nobody else did meanwhile.",
    effect: 'write',
    params: { id: Id },
    body: {
      key: optional(text(200, 1)),
      value: optional(text(20_000, 1)),
      source: optional(nullable(text(2_000))),
      metadata: optional(Json),
    },
    output: Memory,
    errors: ['MEMORY_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  revert: operation({
    method: 'POST',
    path: '/api/memory/{id}/revert',
    summary: 'Take back the last change of a memory',
    description:
      'It says again what it said before. One that had only just been remembered is forgotten: `memory` is null.',
    effect: 'write',
    params: { id: Id },
    output: shape({ memory: nullable(Memory) }),
    errors: ['MEMORY_NOT_FOUND'],
  }),
  audit: operation({
    method: 'GET',
    path: '/api/memory/{id}/audit',
    summary: 'What happened to a memory, newest first',
    description: 'Who made, changed or removed it and when; of one that was removed nothing is left but that.',
    effect: 'read',
    params: { id: Id },
    query: paging,
    output: page(MemoryAudit),
    errors: ['MEMORY_NOT_FOUND'],
  }),
  search: operation({
    method: 'POST',
    path: '/api/memory/search',
    summary: 'Find memories by meaning of words, best first',
    effect: 'read',
    body: { query: text(2_000, 1), limit: optional(Type.Integer({ minimum: 1, maximum: 100 })) },
    output: shape({ items: list(Memory) }),
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/memory/{id}',
    summary: 'Forget one memory',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['MEMORY_NOT_FOUND'],
  }),
})
