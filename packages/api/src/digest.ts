/** What waits for a person, and what was done while they were away. */
import { Job } from './jobs.ts'
import { operation, operations } from './operation.ts'
import { Branch } from './repos.ts'
import { Id, list, optional, type Static, shape, Time, Type, text } from './shapes.ts'
import { Task } from './tasks.ts'

/** The first of a list; `more` says that it goes on. */
const firstOf = <T extends Type.TSchema>(item: T) => shape({ items: list(item), more: Type.Boolean() })

export const StaleBranch = shape({ repo_id: Id, repo: text(255), branch: Branch })
export type StaleBranch = Static<typeof StaleBranch>

export const Digest = shape({
  at: Time,
  /** From when on jobs count. */
  since: Time,
  /** Open tasks whose time is over, the oldest first. */
  overdue: firstOf(Task),
  /** Open tasks due today or on one of the three days after, the soonest first. */
  due_soon: firstOf(Task),
  /** Jobs made since then that failed, newest first. */
  failed_jobs: firstOf(Job),
  /** Jobs made since then that succeeded, newest first, without housekeeping. */
  results: firstOf(Job),
  /**
   * Local branches of registered repositories whose newest commit is older than a day, and that hold commits which their
   * upstream lacks, or have none and are not checked out. The newest first, out of the 50 repositories that were
   * registered last and 100 branches of each.
   */
  stale_branches: firstOf(StaleBranch),
  /** Repositories that could not be read, and the code of the error. */
  unread: list(shape({ repo_id: Id, repo: text(255), code: text(100) })),
})
export type Digest = Static<typeof Digest>

export const digest = operations('digest', {
  get: operation({
    method: 'GET',
    path: '/api/digest',
    summary: 'What is overdue, due soon, stale or failed, and what was done meanwhile',
    effect: 'read',
    query: {
      /** From when on jobs count; 24 hours ago unless said. */
      since: optional(Time),
      /** IANA name, as `Europe/Berlin`, of the clocks that days go by; UTC unless said. */
      time_zone: optional(text(60, 1)),
      limit: optional(Type.Integer({ minimum: 1, maximum: 50, description: 'of each list; default 10' })),
    },
    output: Digest,
  }),
})
