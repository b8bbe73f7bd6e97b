/** Bundles that wait to be fetched, and how far each one that comes in is. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('bundle')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('blob', text)
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('locked', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('bundle_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('bundle_newest').on('bundle').columns(['workspace', 'kind', 'created_at', 'id']).execute()
  await db.schema.createIndex('bundle_over').on('bundle').columns(['workspace', 'expires_at']).execute()
}
