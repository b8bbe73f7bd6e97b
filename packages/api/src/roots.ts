/** Roots: the folders of this machine that Cairn may read and index. For people only, in a personal workspace. */
import { operation, operations } from './operation.ts'
import {
  Accepted,
  count,
  Id,
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

/** `new` until its first scan has begun; `missing` and `unreadable` until the folder is back. */
export const RootState = oneOf('new', 'scanning', 'ready', 'missing', 'unreadable')
export type RootState = Static<typeof RootState>

/** How changes are noticed: at once, or every ten minutes because the system grants no more watches, or not at all. */
export const RootWatch = oneOf('live', 'periodic', 'off')
export type RootWatch = Static<typeof RootWatch>

/**
 * Files below a root by what became of them; the pending ones wait for the index. Ignored ones are not stored, only
 * counted (an ignored folder is one).
 */
export const FileCounts = shape({ indexed: count, pending: count, skipped: count, failed: count, ignored: count })
export type FileCounts = Static<typeof FileCounts>

/** The running scan: how many files were looked at. */
export const RootScan = shape({
  job_id: nullable(Id),
  files_done: count,
  files_total: count,
  /** Files per second since it began. */
  rate: Type.Number({ minimum: 0 }),
  eta_seconds: nullable(Type.Number({ minimum: 0 })),
  started_at: Time,
})
export type RootScan = Static<typeof RootScan>

export const Root = shape({
  id: Id,
  /** Absolute, links resolved. */
  path: text(4_096, 1),
  /** What stands before the paths of its files wherever they are shown; unlike any other root's. */
  name: text(255, 1),
  state: RootState,
  /** Why it is `missing` or `unreadable`, in words. */
  reason: nullable(text(500)),
  watch: RootWatch,
  watch_reason: nullable(text(500)),
  files: FileCounts,
  /** Size of the files that are indexed. */
  bytes: count,
  passages: count,
  scan: nullable(RootScan),
  scanned_at: nullable(Time),
  created_at: Time,
  updated_at: Time,
})
export type Root = Static<typeof Root>

const personal = { callers: ['people'], role: 'owner' } as const

export const roots = operations('roots', {
  list: operation({
    ...personal,
    method: 'GET',
    path: '/api/roots',
    summary: 'List the folders that Cairn may read',
    effect: 'read',
    query: paging,
    output: page(Root),
  }),
  create: operation({
    ...personal,
    method: 'POST',
    path: '/api/roots',
    summary: 'Let Cairn read and index a folder',
    description: 'Its files are found at once and followed from then on. Folders may not lie inside one another.',
    effect: 'write',
    body: {
      id: optional(Id),
      /** Absolute path of a folder on the machine that the core runs on. */
      path: text(4_096, 1),
      /** Default: the folder's own name. */
      name: optional(text(100, 1)),
    },
    output: Root,
    status: 201,
    errors: [
      'CONFLICT',
      'ROOT_EXISTS',
      'ROOT_NOT_ALLOWED',
      'ROOT_NOT_READABLE',
      'ROOT_OVERLAPS',
      'WORKSPACE_NOT_PERSONAL',
    ],
  }),
  get: operation({
    ...personal,
    method: 'GET',
    path: '/api/roots/{id}',
    summary: 'Read one folder with its counts and the progress of its scan',
    effect: 'read',
    params: { id: Id },
    output: Root,
    errors: ['ROOT_NOT_FOUND'],
  }),
  remove: operation({
    ...personal,
    method: 'DELETE',
    path: '/api/roots/{id}',
    summary: 'Stop reading a folder and forget what was indexed of it; its files stay',
    description: 'What was indexed goes in a job of its own, which may take a moment.',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['ROOT_NOT_FOUND'],
  }),
  scan: operation({
    ...personal,
    method: 'POST',
    path: '/api/roots/{id}/scan',
    summary: 'Look through a folder again',
    effect: 'write',
    params: { id: Id },
    body: {
      /** Read every file again, also those whose size and time are unchanged. */
      hash: optional(Type.Boolean()),
    },
    output: Accepted,
    status: 202,
    errors: ['ROOT_NOT_FOUND'],
  }),
})
