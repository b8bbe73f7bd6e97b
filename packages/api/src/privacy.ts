/** Privacy: erasing for good, with a receipt that says what went and proves it; and how long things are kept. */
import { operation, operations } from './operation.ts'
import {
  Accepted,
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** What a scope may be of. */
export const ErasureKind = oneOf('site', 'period', 'thread', 'tab', 'source', 'person', 'everything')
export type ErasureKind = Static<typeof ErasureKind>
/** What can be erased one by one, as search and `refer` name it. Files and commits lie on the disk and would come again. */
export const ErasableSource = oneOf('visit', 'thread', 'message', 'memory', 'task', 'bookmark', 'tab', 'document')
export type ErasableSource = Static<typeof ErasableSource>

/**
 * Exactly one of: a site with what lies below it, a period, a thread, a tab with its visits, one source, a person,
 * everything.
 */
const scope = {
  /** Host, domain or address. */
  site: optional(text(300, 1)),
  /** From this time on; from the beginning unless said. */
  from: optional(Time),
  /** Before this time; until now unless said. */
  to: optional(Time),
  thread_id: optional(Id),
  tab_id: optional(Id),
  source: optional(shape({ kind: ErasableSource, id: Id })),
  /**
   * What a person made, said or did, as far as rows say so; in their personal workspace all that it remembers. What lies
   * on the disk stays.
   */
  person: optional(Id),
  everything: optional(Type.Literal(true)),
}

const Counts = Type.Record(Type.String(), count)
export const ErasedPart = shape({ feature: text(100), counts: Counts })
export type ErasedPart = Static<typeof ErasedPart>

export const ErasurePreview = shape({
  scope: ErasureKind,
  /** By feature, what is there now; what hangs on it (words of the index, vectors, quotes) goes along and is not counted. */
  parts: list(ErasedPart),
  total: count,
})
export type ErasurePreview = Static<typeof ErasurePreview>

/** Where a proof found something. */
export const ErasureFinding = shape({
  /** `table pages`, or a file below the data folder. */
  where: text(1_000),
  times: count,
  /** Why it may be there; null when nothing explains it. */
  reason: nullable(text(500)),
})
export type ErasureFinding = Static<typeof ErasureFinding>

export const ErasureProof = shape({
  /** How many identifying texts were looked for: the site's name, titles, addresses, beginnings of texts. */
  marks: count,
  files: count,
  bytes: count,
  tables: count,
  /** Was the database's file written anew? */
  rewritten: Type.Boolean(),
  found: list(ErasureFinding),
  /** Nothing was found anywhere. */
  clean: Type.Boolean(),
})
export type ErasureProof = Static<typeof ErasureProof>

/** What was erased, when, for whom, and what a search afterwards found. It does not name what it was. */
export const Receipt = shape({
  /** Also the id of the job. */
  id: Id,
  status: oneOf('running', 'done'),
  scope: ErasureKind,
  /** SHA-256 of `salt` and the site or id: whoever knows the name can check it. Null where there is none. */
  fingerprint: nullable(text(64)),
  salt: text(64),
  /** Set where the scope is a period. */
  from: nullable(Time),
  to: nullable(Time),
  person: text(200),
  agent: nullable(text(200)),
  asked_at: Time,
  finished_at: nullable(Time),
  removed: list(ErasedPart),
  /** What could not go yet, and why. */
  left: list(shape({ part: text(100), count, reason: text(500) })),
  proof: nullable(ErasureProof),
  /** Copies of the database that were made before and are not changed: what was erased goes with them. */
  copies: list(shape({ name: text(1_000), bytes: count, made_at: Time })),
})
export type Receipt = Static<typeof Receipt>

export const RetentionRule = shape({
  /** `visits`, `jobs.succeeded`, … */
  rule: text(100, 1),
  feature: text(100),
  /** Days that it is kept; null for ever. */
  days: nullable(Type.Integer({ minimum: 1 })),
  /** What holds unless somebody says otherwise. */
  usual: nullable(Type.Integer({ minimum: 1 })),
  /** What the rule would remove now. */
  due: Counts,
})
export type RetentionRule = Static<typeof RetentionRule>

const people = { callers: ['people'] } as const

export const privacy = operations('privacy', {
  preview: operation({
    ...people,
    method: 'POST',
    path: '/api/privacy/preview',
    summary: 'See what would be erased',
    description: 'Takes exactly one scope. Nothing is changed.',
    effect: 'read',
    body: scope,
    output: ErasurePreview,
  }),
  delete: operation({
    ...people,
    method: 'POST',
    path: '/api/privacy/delete',
    summary: 'Erase for good',
    description:
      'Takes exactly one scope and `confirm: true`. A job removes rows, words of the index, vectors, quotes in answers, logs and the data of events, and then looks for it in every file and table; `GET /api/privacy/receipts/{id}` with the id of the job is the receipt. Nothing brings it back.',
    effect: 'danger',
    body: { ...scope, confirm: Type.Literal(true) },
    status: 202,
    output: Accepted,
  }),
  listReceipts: operation({
    ...people,
    method: 'GET',
    path: '/api/privacy/receipts',
    summary: 'List receipts, newest first',
    effect: 'read',
    query: paging,
    output: page(Receipt),
  }),
  getReceipt: operation({
    ...people,
    method: 'GET',
    path: '/api/privacy/receipts/{id}',
    summary: 'Read a receipt',
    effect: 'read',
    params: { id: Id },
    output: Receipt,
    errors: ['RECEIPT_NOT_FOUND'],
  }),
  retention: operation({
    ...people,
    method: 'GET',
    path: '/api/privacy/retention',
    summary: 'How long things are kept, and what each rule would remove now',
    effect: 'read',
    output: shape({ items: list(RetentionRule) }),
  }),
  setRetention: operation({
    ...people,
    method: 'PATCH',
    path: '/api/privacy/retention',
    summary: 'Say how long something is kept',
    description: 'Days, or null for ever. What is older then goes in the next night.',
    effect: 'write',
    role: 'owner',
    body: { rule: text(100, 1), days: nullable(Type.Integer({ minimum: 1, maximum: 36_500 })) },
    output: shape({ items: list(RetentionRule) }),
  }),
  applyRetention: operation({
    ...people,
    method: 'POST',
    path: '/api/privacy/retention/apply',
    summary: 'Remove now what the rules would remove in the next night',
    effect: 'danger',
    status: 202,
    output: Accepted,
  }),
})
