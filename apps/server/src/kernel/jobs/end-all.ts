/** Ends the work of a workspace, or of somebody there, before something that must not meet it: erasing. */
import { setTimeout } from 'node:timers/promises'
import { CairnError } from '@cairn/api/errors'
import { personOf, type Principal, type Scope, type Tx } from '../scope.ts'
import type { Attempt } from './attempt.ts'
import { type JobRow, jobKey } from './rows.ts'
import { openJobs } from './survey.ts'
import type { JobType } from './types.ts'

/** What was ended may have asked for more before; but whoever works on here is not waited for until they stop. */
const rounds = 5
/** A body that goes on regardless cannot write any more; it is waited for so long. Milliseconds. */
const patience = 30_000

/** A person's jobs, and those that the system does for them. */
export type Whose = { person: string; jobs: readonly string[] }

const isOf = ({ person, jobs }: Whose, { id, principal }: Pick<JobRow, 'id' | 'principal'>) =>
  jobs.includes(id) || personOf(JSON.parse(principal) as Principal) === person

export function makeEndAll(parts: {
  cancel(tx: Tx, id: string): Promise<void>
  type(name: string): JobType | undefined
  /** Those that run in this process. */
  attempts(): readonly Attempt[]
}) {
  return async function endAll(scope: Scope, whose?: Whose): Promise<number> {
    let ended = 0
    for (let round = 0; round < rounds; round++) {
      const open = (await openJobs(scope.db, scope.workspace)).filter(
        (row) =>
          row.id !== scope.job &&
          parts.type(row.type)?.definition.upkeep !== true &&
          (whose === undefined || isOf(whose, row)),
      )
      if (open.length === 0) break
      const keys = new Set(open.map(({ id }) => jobKey({ workspace: scope.workspace, id })))
      const here = () => parts.attempts().filter(({ key }) => keys.has(key))
      const before = here()
      for (const { id } of open) if (await end(scope, id)) ended += 1
      // Some may have begun meanwhile.
      const running = new Set([...before, ...here()])
      const waited = new AbortController()
      const late = setTimeout(patience, undefined, { signal: waited.signal }).catch(() => undefined)
      await Promise.race([Promise.all([...running].map(({ gone }) => gone)), late])
      waited.abort()
    }
    return ended
  }

  /** False when it has ended by itself meanwhile. */
  async function end(scope: Scope, id: string): Promise<boolean> {
    try {
      await scope.write((tx) => parts.cancel(tx, id))
      return true
    } catch (error) {
      if (error instanceof CairnError && /^JOB_(?:ALREADY_COMPLETED|NOT_FOUND)$/.test(error.code)) return false
      throw error
    }
  }
}
