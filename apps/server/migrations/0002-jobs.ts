/** The job ledger: one row for each run of long work, how far it is, what it wrote down, which steps it has finished. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer, real } = columns(dialect)
  await db.schema
    .createTable('jobs')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('priority', integer, (column) => column.notNull())
    .addColumn('input', text, (column) => column.notNull())
    .addColumn('principal', text, (column) => column.notNull())
    .addColumn('concurrency', text)
    .addColumn('unique_key', text)
    .addColumn('project', text)
    .addColumn('task_id', text)
    .addColumn('thread_id', text)
    // Order of asking, also when the clock goes back.
    .addColumn('position', integer, (column) => column.notNull())
    // 0 while the job stands behind others of its concurrency key, else 1.
    .addColumn('turn', integer, (column) => column.notNull())
    // From when a worker may take it: 0 at once, null when none may (running, ended, behind others, parked for an event).
    .addColumn('due_at', integer)
    .addColumn('run_at', integer, (column) => column.notNull())
    .addColumn('attempt', integer, (column) => column.notNull())
    .addColumn('max_attempts', integer, (column) => column.notNull())
    // Set while it runs, and only then.
    .addColumn('lease_until', integer)
    .addColumn('worker', text)
    // One more each time a worker takes it: who holds an older number may not write.
    .addColumn('fence', integer, (column) => column.notNull())
    .addColumn('result', text)
    .addColumn('error', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addColumn('started_at', integer)
    .addColumn('completed_at', integer)
    .addPrimaryKeyConstraint('jobs_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await jobIndexes(db)
  await db.schema
    .createTable('job_status')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('job_id', text, (column) => column.notNull())
    .addColumn('phase', text, (column) => column.notNull())
    .addColumn('steps_total', integer)
    .addColumn('steps_completed', integer, (column) => column.notNull())
    .addColumn('eta_seconds', real)
    .addColumn('message', text)
    .addColumn('started_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('job_status_pk', ['workspace', 'job_id'])
    .addForeignKeyConstraint('job_status_job', ['workspace', 'job_id'], 'jobs', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('job_log')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('job_id', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('attempt', integer, (column) => column.notNull())
    .addColumn('level', text, (column) => column.notNull())
    .addColumn('message', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('job_log_pk', ['workspace', 'job_id', 'number'])
    .addForeignKeyConstraint('job_log_job', ['workspace', 'job_id'], 'jobs', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('job_step')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('job_id', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('result', text, (column) => column.notNull())
    .addColumn('attempt', integer, (column) => column.notNull())
    .addColumn('finished_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('job_step_pk', ['workspace', 'job_id', 'name'])
    .addForeignKeyConstraint('job_step_job', ['workspace', 'job_id'], 'jobs', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createTable('job_schedule')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('cron', text, (column) => column.notNull())
    .addColumn('next_at', integer, (column) => column.notNull())
    // When it was last served; null before the first time.
    .addColumn('served_at', integer)
    .addPrimaryKeyConstraint('job_schedule_pk', ['workspace', 'type'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('job_schedule_next').on('job_schedule').columns(['next_at']).execute()
}

async function jobIndexes(db: MigrationDb): Promise<void> {
  const list = (name: string, ...leading: string[]) =>
    db.schema
      .createIndex(name)
      .on('jobs')
      .columns([...leading, 'created_at', 'id'])
  await list('jobs_newest', 'workspace').execute()
  await list('jobs_by_status', 'workspace', 'status').execute()
  await list('jobs_by_type', 'workspace', 'type').execute()
  await list('jobs_by_project', 'workspace', 'project').where(sql<boolean>`project is not null`).execute()
  await db.schema
    .createIndex('jobs_due')
    .on('jobs')
    .columns(['type', 'priority', 'due_at', 'position'])
    .where(sql<boolean>`due_at is not null`)
    .execute()
  await db.schema
    .createIndex('jobs_held')
    .on('jobs')
    .columns(['worker'])
    .where(sql<boolean>`lease_until is not null`)
    .execute()
  // The line of a concurrency key, and the one job that may have begun in it.
  await db.schema
    .createIndex('jobs_line')
    .on('jobs')
    .columns(['workspace', 'concurrency', 'turn', 'priority desc', 'position'])
    .where(sql<boolean>`concurrency is not null and completed_at is null`)
    .execute()
  await db.schema
    .createIndex('jobs_one_per_key')
    .unique()
    .on('jobs')
    .columns(['workspace', 'concurrency'])
    .where(sql<boolean>`concurrency is not null and started_at is not null and completed_at is null`)
    .execute()
  await db.schema
    .createIndex('jobs_one_queued_twin')
    .unique()
    .on('jobs')
    .columns(['workspace', 'type', 'unique_key'])
    .where(sql<boolean>`unique_key is not null and started_at is null and completed_at is null`)
    .execute()
}
