/** What a memory said before it was changed. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .alterTable('memories')
    .addColumn('version', integer, (column) => column.notNull().defaultTo(sql`1`))
    .execute()
  await db.schema.createIndex('memories_key').on('memories').columns(['workspace', 'key']).execute()

  await db.schema
    .createTable('memory_version')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('memory_id', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('source', text)
    .addColumn('replaced_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('memory_version_pk', ['workspace', 'memory_id', 'version'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}
