/** Events with their chain, settings, and answers kept for an `Idempotency-Key`. */
import type { DialectName } from '../src/kernel/database/dialect.ts'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('event')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('seq', integer, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('job', text)
    .addColumn('time', integer, (column) => column.notNull())
    .addColumn('data', text)
    .addColumn('salt', text)
    .addColumn('data_hash', text, (column) => column.notNull())
    .addColumn('prev_hash', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('event_pk', ['workspace', 'seq'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('event_head')
    .addColumn('workspace', text, (column) => column.notNull().primaryKey())
    .addColumn('seq', integer, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('event_checkpoint')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('seq', integer, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('time', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('event_checkpoint_pk', ['workspace', 'seq'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('setting')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('setting_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createTable('idempotency')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('operation', text, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('input_hash', text, (column) => column.notNull())
    .addColumn('response', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotency_pk', ['workspace', 'person', 'operation', 'key'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('idempotency_age').on('idempotency').columns(['created_at']).execute()
}
