/**
 * Schedules: one job per workspace and tick, however many instances there are. A tick that was missed (the machine
 * slept) is served once, however many went by. Whoever starts writes what it knows into the row, expression and time zone;
 * from then on the row decides, whoever looks at it.
 */
import type { Clock } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/dialect.ts'
import type { MakeScope } from '../scopes.ts'
import type { JobDefinition } from './definition.ts'
import type { JobScheduleRow, JobTables } from './rows.ts'
import { system } from './settling.ts'
import { tickAfter } from './ticks.ts'
import type { JobTypes } from './types.ts'

export type ScheduleParts = {
  database: Database
  clock: Clock
  types: JobTypes
  /** Whose clocks expressions mean: an IANA name. */
  timeZone: string
  scope: MakeScope
  /** Ids of the workspaces that there are. */
  workspaces: () => Promise<readonly string[]>
}

type Scheduled = NonNullable<JobDefinition['schedule']>

/** A clock that was put back by less than this only delays; by more, and schedules begin anew. */
const smallJump = 3_600_000

const tables = (db: Db) => db.withTables<JobTables>()

export function makeSchedules({ database, clock, types, timeZone, scope, workspaces }: ScheduleParts) {
  const scheduled = new Map<string, Scheduled>()
  for (const [name, type] of types) {
    const { schedule } = type.definition
    if (schedule) scheduled.set(name, schedule)
  }
  let known: ReadonlySet<string> = new Set()

  /** Sees to it that each workspace has its schedules, as they are now. */
  async function enter(): Promise<void> {
    if (scheduled.size === 0) return
    const present = await workspaces()
    for (const workspace of present) if (!known.has(workspace)) await enterOne(workspace)
    known = new Set(present)
  }

  async function enterOne(workspace: string): Promise<void> {
    await database.transaction(async (db) => {
      const now = clock.now()
      const rows = await tables(db)
        .selectFrom('job_schedule')
        .select(['type', 'cron', 'time_zone'])
        .where('workspace', '=', workspace)
        .execute()
      const crons = new Map(rows.map((row) => [row.type, `${row.cron} ${row.time_zone}`]))
      for (const [type, { cron }] of scheduled) {
        if (crons.get(type) === `${cron} ${timeZone}`) continue
        const told = { cron, time_zone: timeZone, next_at: tickAfter(cron, timeZone, now) }
        await tables(db)
          .insertInto('job_schedule')
          .values({ workspace, type, ...told, served_at: null })
          .onConflict((conflict) => conflict.columns(['workspace', 'type']).doUpdateSet(told))
          .execute()
      }
    })
  }

  /** Makes the jobs whose tick has come. */
  const serve = () => each('next_at', '<=', clock.now())

  /** Begins anew what was served in a future that the clock has come back from. */
  const reset = () => each('served_at', '>', clock.now() + smallJump)

  async function each(column: 'next_at' | 'served_at', comparison: '<=' | '>', time: number): Promise<void> {
    if (scheduled.size === 0) return
    const query = tables(database.db).selectFrom('job_schedule').selectAll().where(column, comparison, time)
    for (const row of await query.execute()) {
      const schedule = scheduled.get(row.type)
      if (schedule && known.has(row.workspace)) await serveOne(row, schedule)
    }
  }

  async function serveOne(row: JobScheduleRow, { input }: Scheduled): Promise<void> {
    await scope({ workspace: row.workspace, principal: system }).write(async (tx) => {
      const next = tickAfter(row.cron, row.time_zone, tx.now)
      const isDue = row.next_at <= tx.now
      // Whoever changes the row makes the job: other instances then find another next_at.
      const won = await tables(tx.db)
        .updateTable('job_schedule')
        .set({ next_at: next, served_at: isDue ? tx.now : null })
        .where('workspace', '=', row.workspace)
        .where('type', '=', row.type)
        .where('next_at', '=', row.next_at)
        .returning('type')
        .execute()
      if (won.length > 0 && isDue) await tx.enqueue({ type: row.type, input, unique: 'schedule' })
    })
  }

  return { enter, serve, reset }
}
