/** Reads a workspace's events in the order of their numbers. */
import type { Scope } from '../scope.ts'
import { toCloudEvent } from './append.ts'
import type { EventTables } from './chain.ts'
import type { CloudEvent } from './event.ts'

/** Events after number `after`, at most `limit`, the oldest first. */
export async function readEvents(
  scope: Pick<Scope, 'workspace' | 'db'>,
  after: number,
  limit: number,
): Promise<CloudEvent[]> {
  const rows = await scope.db
    .withTables<EventTables>()
    .selectFrom('event')
    .selectAll()
    .where('workspace', '=', scope.workspace)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(toCloudEvent)
}

/** Number of the newest event; 0 when there is none. */
export async function headOf(scope: Pick<Scope, 'workspace' | 'db'>): Promise<number> {
  const row = await scope.db
    .withTables<EventTables>()
    .selectFrom('event_head')
    .select('seq')
    .where('workspace', '=', scope.workspace)
    .executeTakeFirst()
  return row?.seq ?? 0
}

/** Is `type` one of `patterns`: the type itself, `memory.*`, or `*`? */
export const matches = (patterns: readonly string[], type: string) =>
  patterns.some(
    (pattern) =>
      pattern === type || pattern === '*' || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  )

/** Number and hash of the last event: what `cairn verify --at` takes. Undefined while there is none. */
export async function checkpointOf(
  scope: Pick<Scope, 'workspace' | 'db'>,
): Promise<{ sequence: number; hash: string } | undefined> {
  const row = await scope.db
    .withTables<EventTables>()
    .selectFrom('event_head')
    .select(['seq', 'hash'])
    .where('workspace', '=', scope.workspace)
    .executeTakeFirst()
  return row && { sequence: row.seq, hash: row.hash }
}
