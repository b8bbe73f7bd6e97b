/** The shape of your memory at a glance. */
import { operation, operations } from './operation.ts'
import { count, oneOf, type Static, shape, Time, Type, text } from './shapes.ts'

export const Overview = shape({
  /** Rows by feature: `history`, `threads`, `memories`, `files`, …. */
  counts: Type.Record(Type.String(), count),
  /** Bytes by part; measured at most every five minutes. */
  storage: Type.Record(Type.String(), count),
  storage_at: Time,
  jobs: Type.Record(Type.String(), count),
  index: shape({ passages: count, pending: count, failed: count }),
  sidecar: oneOf('starting', 'up', 'down', 'off'),
  version: text(40),
})
export type Overview = Static<typeof Overview>

export const overview = operations('overview', {
  get: operation({
    method: 'GET',
    path: '/api/overview',
    summary: 'Counts, storage, jobs and index health',
    effect: 'read',
    output: Overview,
  }),
})
