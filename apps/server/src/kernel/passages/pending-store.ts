/** The list of what is to be indexed, and what is known of sources. */
import { sql } from 'kysely'
import { among, dialectOf } from '../database/lists.ts'
import type { Db } from '../database/dialect.ts'
import { type PassageTables, type PendingRow, type SourceRow, tables } from './rows.ts'

type Held = Pick<SourceRow, 'id' | 'hash' | 'version' | 'chunked'>

/** Marks sources as changed; a failed one is `due` again. */
export async function markPending(
  db: Db,
  workspace: string,
  kind: string,
  ids: readonly string[],
  { now, due }: { now: number; due: number },
): Promise<void> {
  // One order for all writers, so that none waits for another in a ring.
  const sorted = [...new Set(ids)].sort()
  await sql`
    insert into passage_pending (workspace, kind, id, since, change, attempts, error, next_attempt)
    select ${workspace}, ${kind}, value, cast(${now} as bigint), 1, 0, null, cast(${due} as bigint)
    from ${among(dialectOf(db), sorted)} as marked where true
    on conflict (workspace, kind, id) do update set change = passage_pending.change + 1, attempts = 0, error = null,
      next_attempt = excluded.next_attempt`.execute(db)
}

/** Sources that are due, those that changed last first: what a person has just saved does not wait behind a folder. */
export const due = (db: Db, workspace: string, now: number, limit: number): Promise<PendingRow[]> =>
  tables(db)
    .selectFrom('passage_pending')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('next_attempt', '<=', now)
    .orderBy('next_attempt', 'desc')
    .orderBy('since', 'desc')
    .limit(limit)
    .execute()

export async function countDue(db: Db, workspace: string, now: number): Promise<number> {
  const { count } = await tables(db)
    .selectFrom('passage_pending')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .where('next_attempt', '<=', now)
    .executeTakeFirstOrThrow()
  return count
}

/** When the next failed source is due; null when none waits. */
export async function nextDue(db: Db, workspace: string): Promise<number | null> {
  const row = await tables(db)
    .selectFrom('passage_pending')
    .select('next_attempt')
    .where('workspace', '=', workspace)
    .orderBy('next_attempt')
    .limit(1)
    .executeTakeFirst()
  return row?.next_attempt ?? null
}

export async function sourcesHeld(
  db: Db,
  workspace: string,
  kind: string,
  ids: readonly string[],
): Promise<Map<string, Held>> {
  const found = new Map<string, Held>()
  if (ids.length === 0) return found
  const rows = await tables(db)
    .selectFrom('passage_source')
    .select(['id', 'hash', 'version', 'chunked'])
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', 'in', among(dialectOf(db), ids))
    .execute()
  for (const row of rows) found.set(row.id, row)
  return found
}

/** Which of these sources the index has not reached, or not since they changed. */
export async function lagging(db: Db, workspace: string, kind: string, ids: readonly string[]): Promise<Set<string>> {
  const held = await sourcesHeld(db, workspace, kind, ids)
  const waiting = await tables(db)
    .selectFrom('passage_pending')
    .select('id')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', 'in', among(dialectOf(db), ids))
    .execute()
  return new Set([...ids.filter((id) => !held.has(id)), ...waiting.map(({ id }) => id)])
}

/** Ends pending rows of sources that turned out to be as they were indexed. */
export async function settle(
  db: Db,
  workspace: string,
  rows: readonly Pick<PendingRow, 'kind' | 'id' | 'change'>[],
): Promise<void> {
  for (const { kind, id, change } of rows) {
    await tables(db)
      .deleteFrom('passage_pending')
      .where('workspace', '=', workspace)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .where('change', '=', change)
      .execute()
  }
}

/** Puts a failed source off. A change that came meanwhile keeps it due. */
export async function putOff(
  db: Db,
  workspace: string,
  row: PendingRow,
  error: string,
  nextAttempt: number,
): Promise<void> {
  await tables(db)
    .updateTable('passage_pending')
    .set({ attempts: row.attempts + 1, error, next_attempt: nextAttempt })
    .where('workspace', '=', workspace)
    .where('kind', '=', row.kind)
    .where('id', '=', row.id)
    .where('change', '=', row.change)
    .execute()
}

/** Sources cut into plain windows, after one of them. */
export async function plainSources(
  db: Db,
  workspace: string,
  after: { kind: string; id: string },
  limit: number,
): Promise<Pick<SourceRow, 'kind' | 'id'>[]> {
  const { rows } = await sql<Pick<SourceRow, 'kind' | 'id'>>`select kind, id from passage_source
    where workspace = ${workspace} and chunked = 'plain' and (kind, id) > (${after.kind}, ${after.id})
    order by kind, id limit ${limit}`.execute(db)
  return rows
}

/** Ids of indexed sources of a kind after `after`, in their order. */
export async function indexedIds(
  db: Db,
  workspace: string,
  kind: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('passage_source')
    .select('id')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Forgets what these sources looked like, so that they are cut and analysed again. */
export async function unsettle(db: Db, workspace: string, kind: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tables(db)
    .updateTable('passage_source')
    .set({ hash: '' })
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', 'in', among(dialectOf(db), ids))
    .execute()
}

const countOf = async (
  db: Db,
  workspace: string,
  table: keyof PassageTables & ('passage_pending' | 'passage_source'),
  where: string,
) => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}
    where workspace = ${workspace} and ${sql.raw(where)}`.execute(db)
  return rows[0]?.count ?? 0
}
export const countPending = (db: Db, workspace: string) => countOf(db, workspace, 'passage_pending', '1 = 1')
export const countFailed = (db: Db, workspace: string) => countOf(db, workspace, 'passage_pending', 'attempts > 0')
export const countPlain = (db: Db, workspace: string) => countOf(db, workspace, 'passage_source', `chunked = 'plain'`)

export const failures = (db: Db, workspace: string, limit: number): Promise<PendingRow[]> =>
  tables(db)
    .selectFrom('passage_pending')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('attempts', '>', 0)
    .orderBy('next_attempt')
    .limit(limit)
    .execute()

export async function countKinds(
  db: Db,
  workspace: string,
): Promise<{ kind: string; sources: number; passages: number }[]> {
  const { rows } = await sql<{ kind: string; sources: number; passages: number }>`
    select kind, count(*) as sources, sum(passages) as passages from passage_source
    where workspace = ${workspace} group by kind order by kind`.execute(db)
  return rows
}
