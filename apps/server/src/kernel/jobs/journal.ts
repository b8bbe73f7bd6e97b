/** What a running job leaves behind: finished steps, how far it is, what it wrote down. */
import { sql } from 'kysely'
import type { Db } from '../database/dialect.ts'
import type { JobLogRow, JobStatusRow, JobStepRow, JobTables } from './rows.ts'

/** Lines that are kept of one job. */
export const keptLines = 2_000

const tables = (db: Db) => db.withTables<JobTables>()

/** Results of finished steps by name, as JSON. */
export async function finishedSteps(db: Db, workspace: string, job: string): Promise<Map<string, string>> {
  const rows = await tables(db)
    .selectFrom('job_step')
    .select(['name', 'result'])
    .where('workspace', '=', workspace)
    .where('job_id', '=', job)
    .execute()
  return new Map(rows.map((row) => [row.name, row.result]))
}

/** Records a finished step. One that is recorded already stays as it is. */
export async function recordStep(db: Db, step: JobStepRow): Promise<void> {
  await tables(db)
    .insertInto('job_step')
    .values(step)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Records a step that goes on: its newest result stands. */
export async function countStep(db: Db, step: JobStepRow): Promise<void> {
  const { result, finished_at } = step
  await tables(db)
    .insertInto('job_step')
    .values(step)
    .onConflict((conflict) => conflict.columns(['workspace', 'job_id', 'name']).doUpdateSet({ result, finished_at }))
    .execute()
}

/** Number of the newest line of a job's log; 0 when there is none. */
export async function lastLine(db: Db, workspace: string, job: string): Promise<number> {
  const row = await tables(db)
    .selectFrom('job_log')
    .select('number')
    .where('workspace', '=', workspace)
    .where('job_id', '=', job)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? 0
}

/** Adds lines of one job and drops its oldest beyond what is kept. */
export async function addLines(db: Db, lines: readonly JobLogRow[]): Promise<void> {
  const last = lines.at(-1)
  if (!last) return
  for (let from = 0; from < lines.length; from += 200)
    await tables(db)
      .insertInto('job_log')
      .values(lines.slice(from, from + 200))
      .execute()
  await tables(db)
    .deleteFrom('job_log')
    .where('workspace', '=', last.workspace)
    .where('job_id', '=', last.job_id)
    .where('number', '<=', last.number - keptLines)
    .execute()
}

/** Writes how far a job is. */
export async function putStatus(db: Db, status: JobStatusRow): Promise<void> {
  await tables(db)
    .insertInto('job_status')
    .values(status)
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'job_id']).doUpdateSet({
        phase: sql`excluded.phase`,
        steps_total: sql`excluded.steps_total`,
        steps_completed: sql`excluded.steps_completed`,
        eta_seconds: sql`excluded.eta_seconds`,
        message: sql`excluded.message`,
        updated_at: sql`excluded.updated_at`,
      }),
    )
    .execute()
}

/** Forgets how far a job was, because it begins anew. */
export async function dropStatus(db: Db, workspace: string, job: string): Promise<void> {
  await tables(db).deleteFrom('job_status').where('workspace', '=', workspace).where('job_id', '=', job).execute()
}
