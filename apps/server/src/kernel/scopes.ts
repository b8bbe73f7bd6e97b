/** Makes scopes: what the gate and the job runner hand out once they know who is asking. */
import type { Clock } from './clock.ts'
import type { Database } from './database/database.ts'
import type { Db } from './database/dialect.ts'
import { append } from './events/append.ts'
import type { CloudEvent } from './events/event.ts'
import type { NewJob } from './jobs/definition.ts'
import type { NewEvent, Principal, Scope, Tx } from './scope.ts'

/** Who writes, when and for which job; `after` runs once the transaction is committed. */
export type WriteContext = Pick<Tx, 'workspace' | 'principal' | 'job' | 'now' | 'event' | 'after'>

export type ScopeParts = {
  database: Database
  clock: Clock
  /** Told of events after their COMMIT, in the order of their numbers within a transaction. */
  events: { publish(events: readonly CloudEvent[]): void }
  /** Writes a job's row with `db` and returns its id. */
  enqueue(db: Db, context: WriteContext, job: NewJob): Promise<string>
  /** Notes with `db` that these rows are to be indexed again. */
  reindex(db: Db, context: WriteContext, kind: string, ids: readonly string[], wait?: number): Promise<void>
  /** Told of an `after` action that threw; the write itself has happened. */
  broken(error: unknown): void
}

export type ScopeRequest = {
  workspace: string
  principal: Principal
  job?: string | null
  signal?: AbortSignal
  /** Runs first in each transaction; what it throws refuses the write (job fencing). */
  guard?: (db: Db) => Promise<void>
}

export type MakeScope = (request: ScopeRequest) => Scope

/** Who did it, as events name it: an agent by its own name, else the person; the system as `system`. */
export const actorOf = (principal: Pick<Principal, 'kind' | 'person' | 'agent'>) => {
  if (principal.kind === 'system') return 'system'
  return principal.agent === null ? `person:${principal.person}` : `agent:${principal.agent}`
}

export function makeScopes(parts: ScopeParts): MakeScope {
  const { database, clock, events } = parts

  return function scope(request) {
    const { workspace, principal, guard } = request
    const job = request.job ?? null
    const signal = request.signal ?? new AbortController().signal
    const actor = actorOf(principal)

    async function write<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
      let actions: (() => void)[] = []
      let appended: CloudEvent[] = []
      const result = await database.transaction(async (db) => {
        // A body may run again (deadlock): what an earlier attempt left is forgotten.
        const noted: NewEvent[] = []
        actions = []
        const context: WriteContext = {
          workspace,
          principal,
          job,
          now: clock.now(),
          event: (event) => void noted.push(event),
          after: (action) => void actions.push(action),
        }
        if (guard) await guard(db)
        const value = await body({
          ...context,
          db,
          enqueue: (wanted) => parts.enqueue(db, context, wanted),
          reindex: (kind, ids, wait) => parts.reindex(db, context, kind, ids, wait),
        })
        const envelope = { workspace, actor, job, now: context.now }
        appended = await append(db, database.name, envelope, noted)
        return value
      })
      settle(appended, actions)
      return result
    }

    async function writeApart<T>(module: URL, name: string, argument: unknown): Promise<T> {
      let actions: (() => void)[] = []
      const now = clock.now()
      const contextTo = (noted: NewEvent[]): WriteContext => ({
        workspace,
        principal,
        job,
        now,
        event: (event) => void noted.push(event),
        after: (action) => void actions.push(action),
      })
      const { value, events: appended } = await database.apart.write({
        module,
        name,
        argument,
        workspace,
        principal,
        actor,
        job,
        now,
        signal,
        asked: {
          async begin(db) {
            actions = []
            if (guard) await guard(db)
          },
          async enqueue(db, wanted) {
            const events: NewEvent[] = []
            return { id: await parts.enqueue(db, contextTo(events), wanted), events }
          },
          async reindex(db, kind, ids, wait) {
            const events: NewEvent[] = []
            await parts.reindex(db, contextTo(events), kind, ids, wait)
            return events
          },
        },
      })
      settle(appended, actions)
      return value as T
    }

    function settle(appended: readonly CloudEvent[], actions: readonly (() => void)[]) {
      for (const action of [() => events.publish(appended), ...actions]) {
        try {
          action()
        } catch (error) {
          parts.broken(error)
        }
      }
    }

    return {
      workspace,
      principal,
      job,
      db: database.db,
      signal,
      write,
      apart: {
        async read<T>(module: URL, name: string, argument: unknown) {
          return (await database.apart.read({ module, name, argument, workspace, signal })) as T
        },
        write: writeApart,
      },
    }
  }
}
