/**
 * The one ledger of jobs: every statement that makes a row or moves it from one state to the next. Each is one
 * compare-and-set on (status, fence), so whatever comes late changes nothing.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Db, DialectName } from '../database/dialect.ts'
import type { JobStatus } from './definition.ts'
import { type Held, type JobRow, type JobTables, jobKey } from './rows.ts'

/** How one attempt ended, as the ledger writes it. */
export type Settlement = Held & {
  status: JobStatus
  result: string | null
  error: string | null
  /** When it may be taken again: epoch ms, 0 at once, null never. */
  dueAt: number | null
  /** What people are told of that; null keeps what they were told. */
  runAt: number | null
  /** 1 gives the attempt back (parked, or stopped with its worker), 0 counts it. */
  returned: 0 | 1
  /** Added to the attempts that are allowed. */
  allowed: 0 | 1
}
export type Settled = Pick<JobRow, 'workspace' | 'id' | 'type' | 'concurrency' | 'status'>
/** What a claim needs: the type and priority to look for, who takes it and until when. */
export type Claim = {
  type: string
  priority: number
  limit: number
  worker: string
  leaseUntil: number
  now: number
}

const ended: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled']
export const hasEnded = (status: JobStatus) => ended.includes(status)

export type Ledger = ReturnType<typeof makeLedger>

export function makeLedger(dialect: DialectName) {
  const postgres = dialect === 'postgres'
  const locked = postgres ? sql`for update of j skip locked` : sql``
  const tables = (db: Db) => db.withTables<JobTables>()

  /** Writes a new row. Answers false when its id is taken or a queued twin stands under its unique key. */
  async function insert(db: Db, row: JobRow): Promise<boolean> {
    const made = await tables(db)
      .insertInto('jobs')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute()
    return made.length > 0
  }

  /** The row, held against every other transaction until this one ends. */
  async function lock(db: Db, workspace: string, id: string): Promise<JobRow | undefined> {
    const query = tables(db).selectFrom('jobs').selectAll().where('workspace', '=', workspace).where('id', '=', id)
    return (postgres ? query.forUpdate() : query).executeTakeFirst()
  }

  /**
   * The queued twin under a unique key. No worker can take it before this transaction ends, so it is sure to see what
   * this one writes.
   */
  async function twin(db: Db, workspace: string, type: string, unique: string): Promise<JobRow | undefined> {
    // Many may join at once, but none while somebody waits to claim: this lock has a queue, that of a row has none.
    if (postgres) await sql`select pg_advisory_xact_lock_shared(hashtextextended(${type}, 1))`.execute(db)
    const query = tables(db)
      .selectFrom('jobs')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('type', '=', type)
      .where('unique_key', '=', unique)
      .where('started_at', 'is', null)
      .where('completed_at', 'is', null)
    return (postgres ? query.forShare() : query).executeTakeFirst()
  }

  /** A twin that was asked for again, sooner or more urgently. */
  async function hurry(db: Db, job: JobRow, change: Pick<JobRow, 'priority' | 'due_at' | 'run_at'>): Promise<void> {
    await tables(db)
      .updateTable('jobs')
      .set(change)
      .where('workspace', '=', job.workspace)
      .where('id', '=', job.id)
      .execute()
  }

  /**
   * Another job of its key that one that may start at once stands behind, by its id. On PostgreSQL the key is locked until
   * the transaction ends: else the one before could end without seeing the new one, which would wait for ever.
   */
  async function ahead(db: Db, { workspace, id }: Pick<JobRow, 'workspace' | 'id'>, key: string) {
    await lockLine(db, workspace, key)
    const before = await tables(db)
      .selectFrom('jobs')
      .select('id')
      .where('workspace', '=', workspace)
      .where('concurrency', '=', key)
      .where('completed_at', 'is', null)
      .where(sql<boolean>`(started_at is not null or due_at is null or due_at = 0)`)
      .where('id', '<>', id)
      .limit(1)
      .executeTakeFirst()
    return before?.id ?? null
  }

  async function lockLine(db: Db, workspace: string, key: string): Promise<void> {
    if (!postgres) return
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspace} ${key}`}, 0))`.execute(db)
  }

  /** Gives the turn to the first in each line in which nobody has it. Answers the ids of those that got it. */
  async function passTurns(db: Db, ends: readonly Settled[]): Promise<string[]> {
    const lines = new Map(ends.filter((job) => job.concurrency !== null).map((job) => [lineKey(job), job]))
    const passed: string[] = []
    for (const [, { workspace, concurrency }] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
      await lockLine(db, workspace, concurrency as string)
      const { rows } = await sql<{ id: string }>`
        update jobs set turn = 1, due_at = 0
        where workspace = ${workspace} and id = (
          select id from jobs
          where workspace = ${workspace} and concurrency = ${concurrency} and completed_at is null and turn = 0
          order by priority desc, position limit 1
        ) and not exists (
          select 1 from jobs
          where workspace = ${workspace} and concurrency = ${concurrency} and completed_at is null and turn = 1
            and (started_at is not null or due_at = 0)
        )
        returning id`.execute(db)
      passed.push(...rows.map((row) => row.id))
    }
    return passed
  }

  /**
   * Waits for the transactions that have joined queued jobs of these types, and holds off others until this one ends.
   * A claim passes over what they hold; a job that is asked for all the time would never be found free. To be called
   * before any claim, so that nobody waits for a row of the one who waits here.
   */
  async function awaitJoins(db: Db, types: ReadonlySet<string>): Promise<void> {
    if (!postgres) return
    for (const type of [...types].sort())
      await sql`select pg_advisory_xact_lock(hashtextextended(${type}, 1))`.execute(db)
  }

  /** Takes due jobs of one type and priority, oldest first, at most one of each concurrency key. */
  async function claim(db: Db, wanted: Claim): Promise<JobRow[]> {
    const { type, priority, limit, worker, leaseUntil, now } = wanted
    const { rows } = await sql<JobRow>`
      with picked as materialized (
        select j.workspace, j.id from jobs as j
        where j.type = ${type} and j.priority = ${priority} and j.due_at <= ${now} and (
          j.concurrency is null or j.started_at is not null or not exists (
            select 1 from jobs as o
            where o.workspace = j.workspace and o.concurrency = j.concurrency and o.completed_at is null
              and o.turn = 1 and (o.started_at is not null or (o.due_at <= ${now} and o.position < j.position))
          )
        )
        order by j.due_at, j.position limit ${limit} ${locked}
      )
      update jobs set status = 'running', attempt = attempt + 1, fence = fence + 1, worker = ${worker},
        lease_until = ${leaseUntil}, due_at = null, started_at = coalesce(started_at, ${now}), updated_at = ${now}
      from picked where jobs.workspace = picked.workspace and jobs.id = picked.id
      returning ${allColumns}`.execute(db)
    return rows.sort((a, b) => a.position - b.position)
  }

  /** Writes how attempts ended. Answers those that were still held by their fencing number. */
  async function settle(db: Db, settlements: readonly Settlement[], now: number): Promise<Settled[]> {
    if (settlements.length === 0) return []
    const values = settlements.map(
      (each) => sql`(${each.workspace}, ${each.id}, cast(${each.fence} as bigint), ${each.status},
        cast(${each.result} as text), cast(${each.error} as text), cast(${each.dueAt} as bigint),
        cast(${each.runAt} as bigint), cast(${each.returned} as bigint), cast(${each.allowed} as bigint),
        cast(${hasEnded(each.status) ? now : null} as bigint))`,
    )
    const { rows } = await sql<Settled>`
      with ends(workspace, id, fence, status, result, error, due_at, run_at, returned, allowed, completed_at) as (
        values ${sql.join(values)}
      )
      update jobs set status = ends.status, result = ends.result, error = ends.error, due_at = ends.due_at,
        run_at = coalesce(ends.run_at, jobs.run_at), attempt = jobs.attempt - ends.returned,
        max_attempts = jobs.max_attempts + ends.allowed, completed_at = ends.completed_at,
        lease_until = null, worker = null, updated_at = ${now}
      from ends where jobs.workspace = ends.workspace and jobs.id = ends.id and jobs.fence = ends.fence
        and jobs.status = 'running'
      returning jobs.workspace, jobs.id, jobs.type, jobs.concurrency, jobs.status`.execute(db)
    return rows
  }

  /** Ends a job that has not ended, whatever holds it. The caller has locked the row. */
  async function cancel(db: Db, row: JobRow, now: number): Promise<void> {
    await tables(db)
      .updateTable('jobs')
      .set({ status: 'cancelled', completed_at: now, updated_at: now, due_at: null, lease_until: null, worker: null })
      .where('workspace', '=', row.workspace)
      .where('id', '=', row.id)
      .execute()
  }

  /** Queues a job that has ended once more. The caller has locked the row. */
  async function requeue(db: Db, row: JobRow, change: Pick<JobRow, 'max_attempts' | 'turn'> & { now: number }) {
    const { now, turn, max_attempts } = change
    await tables(db)
      .updateTable('jobs')
      .set({
        ...{ status: 'queued', error: null, result: null, started_at: null, completed_at: null, unique_key: null },
        ...{ turn, max_attempts, due_at: turn === 1 ? 0 : null, run_at: now, updated_at: now },
      })
      .where('workspace', '=', row.workspace)
      .where('id', '=', row.id)
      .execute()
  }

  /** Is the job still held? On PostgreSQL it stays so until this transaction ends. */
  async function holds(db: Db, held: Held): Promise<boolean> {
    const query = tables(db)
      .selectFrom('jobs')
      .select('id')
      .where('workspace', '=', held.workspace)
      .where('id', '=', held.id)
      .where('fence', '=', held.fence)
      .where('status', '=', 'running')
    return (await (postgres ? query.forShare() : query).executeTakeFirst()) !== undefined
  }

  /** Which of these are still held, by their keys. */
  async function stillHeld(db: Db, held: readonly Held[]): Promise<Set<string>> {
    if (held.length === 0) return new Set()
    const query = tables(db)
      .selectFrom('jobs')
      .select(['workspace', 'id'])
      .where('status', '=', 'running')
      .where(sql<boolean>`(workspace, id, fence) in (${triples(held)})`)
    return new Set((await (postgres ? query.forShare() : query).execute()).map(jobKey))
  }

  /** Renews leases. Answers the keys of those that are still held. */
  async function renew(db: Db, held: readonly Held[], leaseUntil: number): Promise<Set<string>> {
    if (held.length === 0) return new Set()
    const rows = await tables(db)
      .updateTable('jobs')
      .set({ lease_until: leaseUntil })
      .where('status', '=', 'running')
      .where(sql<boolean>`(workspace, id, fence) in (${triples(held)})`)
      .returning(['workspace', 'id'])
      .execute()
    return new Set(rows.map(jobKey))
  }

  /** Brings back waits before another attempt that the clock, put back meanwhile, has made too long. */
  async function shortenWaits(db: Db, now: number, longest: number): Promise<void> {
    await tables(db)
      .updateTable('jobs')
      .set({ due_at: now, run_at: now })
      .where('due_at', '>', now + longest)
      .where('status', '=', 'queued')
      .where('started_at', 'is not', null)
      .execute()
  }

  return {
    ...{ insert, lock, twin, hurry, ahead, passTurns, awaitJoins, claim, settle, cancel, requeue },
    ...{ holds, stillHeld, renew, shortenWaits },
  }
}

const columnNames: readonly (keyof JobRow)[] = [
  ...(['workspace', 'id', 'type', 'status', 'priority', 'input', 'principal', 'concurrency', 'unique_key'] as const),
  ...(['project', 'task_id', 'thread_id', 'position', 'turn', 'due_at', 'run_at', 'attempt', 'max_attempts'] as const),
  ...(['lease_until', 'worker', 'fence', 'result', 'error', 'created_at', 'updated_at'] as const),
  ...(['started_at', 'completed_at'] as const),
]
const allColumns = sql.join(columnNames.map((name) => sql.ref(`jobs.${name}`)))

const lineKey = (job: Settled) => `${job.workspace} ${job.concurrency}`

const triples = (held: readonly Held[]): RawBuilder<unknown> =>
  sql`values ${sql.join(held.map((each) => sql`(${each.workspace}, ${each.id}, cast(${each.fence} as bigint))`))}`
