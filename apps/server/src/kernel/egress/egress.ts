/**
 * Every request that leaves the machine is written down before it is made: when, where to, why, for whom, how much.
 * Loopback is not egress, but it is written down all the same when a model answers there.
 */
import type { Db } from '../database/dialect.ts'
import { newestFirst } from '../database/pages.ts'
import { newId } from '../ids.ts'
import type { Scope, Tx } from '../scope.ts'

export type EgressRow = {
  workspace: string
  id: string
  at: number
  purpose: string
  host: string
  person: string
  agent: string | null
  job: string | null
  bytes_sent: number
  bytes_received: number | null
  outcome: string
}
type Tables = { egress: EgressRow }
export type Departure = { purpose: string; host: string; bytes: number }
export type Ticket = { workspace: string; id: string }
type Result = { bytes: number | null; outcome: string }

export type EgressLog = ReturnType<typeof makeEgress>

export function makeEgress() {
  const table = (db: Db) => db.withTables<Tables>()
  async function settled(db: Db, ticket: Ticket, result: Result): Promise<void> {
    await table(db)
      .updateTable('egress')
      .set({ bytes_received: result.bytes, outcome: result.outcome })
      .where('workspace', '=', ticket.workspace)
      .where('id', '=', ticket.id)
      .execute()
  }
  return {
    /** Writes the row; only then may the request be made. */
    record: (scope: Scope, departure: Departure): Promise<Ticket> =>
      scope.write(async (tx) => {
        const id = newId()
        const { person, agent } = tx.principal
        const { purpose, host, bytes } = departure
        await table(tx.db)
          .insertInto('egress')
          .values({
            workspace: tx.workspace,
            id,
            at: tx.now,
            purpose,
            host,
            person,
            agent,
            job: tx.job,
            bytes_sent: bytes,
            bytes_received: null,
            outcome: 'sent',
          })
          .execute()
        return { workspace: tx.workspace, id }
      }),
    /** How it went: `ok`, or a code of the refusal. */
    settle: (scope: Scope, ticket: Ticket, result: Result): Promise<void> =>
      scope.write((tx) => settled(tx.db, ticket, result)),
    /** The same in a transaction that writes what came of it. */
    settleIn: (tx: Pick<Tx, 'db'>, ticket: Ticket, result: Result): Promise<void> => settled(tx.db, ticket, result),
    /** Newest first; one row more than `limit` tells that there is another page. */
    list: (
      scope: Pick<Scope, 'workspace' | 'db'>,
      filter: {
        before: readonly [number, string] | null
        limit: number
        host?: string | undefined
        purpose?: string | undefined
      },
    ): Promise<EgressRow[]> => {
      let query = table(scope.db).selectFrom('egress').selectAll().where('workspace', '=', scope.workspace)
      if (filter.host !== undefined) query = query.where('host', '=', filter.host)
      if (filter.purpose !== undefined) query = query.where('purpose', '=', filter.purpose)
      return newestFirst(query, 'at', { limit: filter.limit + 1, after: filter.before }).execute()
    },
  }
}
