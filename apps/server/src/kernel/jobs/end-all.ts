/** Ends the work of a workspace before something that must not meet it: erasing everything. */
import { setTimeout } from 'node:timers/promises'
import { CairnError } from '@cairn/api/errors'
import type { Scope, Tx } from '../scope.ts'
import type { Attempt } from './attempt.ts'
import { jobKey } from './rows.ts'
import { openJobs } from './survey.ts'
import type { JobType } from './types.ts'

/** What was ended may have asked for more before; but whoever works on here is not waited for until they stop. */
const rounds = 5
/** A body that goes on regardless cannot write any more; it is waited for so long. Milliseconds. */
const patience = 30_000

export function makeEndAll(parts: {
  cancel(tx: Tx, id: string): Promise<void>
  type(name: string): JobType | undefined
  /** Those that run in this process. */
  attempts(): readonly Attempt[]
}) {
  return async function endAll(scope: Scope): Promise<number> {
    let ended = 0
    for (let round = 0; round < rounds; round++) {
      const open = (await openJobs(scope.db, scope.workspace)).filter(
        ({ id, type }) => id !== scope.job && parts.type(type)?.definition.upkeep !== true,
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
