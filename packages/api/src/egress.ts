/** Every request that left the machine: when, where to, why, who, how much. */
import { operation, operations } from './operation.ts'
import { count, Id, nullable, optional, page, paging, type Static, shape, Time, text } from './shapes.ts'

export const Egress = shape({
  id: Id,
  at: Time,
  purpose: text(60),
  host: text(300),
  person: text(200),
  agent: nullable(text(200)),
  job: nullable(Id),
  bytes_sent: count,
  bytes_received: nullable(count),
  /** `sent` until it is known how it went. */
  outcome: text(60),
})
export type Egress = Static<typeof Egress>

export const egress = operations('egress', {
  list: operation({
    method: 'GET',
    path: '/api/egress',
    summary: 'What left this machine, newest first',
    effect: 'read',
    callers: ['people'],
    query: { ...paging, host: optional(text(300)), purpose: optional(text(60)) },
    output: page(Egress),
  }),
})
