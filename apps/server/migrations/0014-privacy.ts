/** Privacy deletes with their receipts, and how long things are kept. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('privacy_delete')
    .addColumn('workspace', text, (column) => column.notNull())
    // Of its job, too.
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('fingerprint', text)
    .addColumn('salt', text, (column) => column.notNull())
    .addColumn('from_time', integer)
    .addColumn('to_time', integer)
    // What is erased and what is looked for afterwards, base64 of JSON so that no search takes it for a copy; null at the end.
    .addColumn('asked', text)
    // How far it is.
    .addColumn('part', text)
    .addColumn('cursor', text)
    // Files that go with what was erased, until they are gone.
    .addColumn('blobs', text, (column) => column.notNull().defaultTo('[]'))
    .addColumn('removed', text, (column) => column.notNull())
    .addColumn('proof', text)
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('agent', text)
    .addColumn('asked_at', integer, (column) => column.notNull())
    .addColumn('finished_at', integer)
    .addPrimaryKeyConstraint('privacy_delete_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('privacy_delete_newest')
    .on('privacy_delete')
    .columns(['workspace', 'asked_at', 'id'])
    .execute()

  await db.schema
    .createTable('privacy_retention')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('rule', text, (column) => column.notNull())
    // Null for ever.
    .addColumn('days', integer)
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('privacy_retention_pk', ['workspace', 'rule'])
    .modifyEnd(tableEnd(dialect))
    .execute()

  // Jobs that have ended are cleared by the rules of retention from here on.
  await sql`delete from jobs where type = 'jobs.prune' and completed_at is null`.execute(db)
  await sql`delete from job_schedule where type = 'jobs.prune'`.execute(db)
}
