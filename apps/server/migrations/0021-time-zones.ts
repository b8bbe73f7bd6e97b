/** Schedules say whose clocks they mean; those of people may have a time of day. */
import { columns } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text } = columns(dialect)
  for (const table of ['job_schedule', 'crawl_schedule'])
    await db.schema
      .alterTable(table)
      .addColumn('time_zone', text, (column) => column.notNull().defaultTo('UTC'))
      .execute()
  await db.schema.alterTable('crawl_schedule').addColumn('at', text).execute()
}
