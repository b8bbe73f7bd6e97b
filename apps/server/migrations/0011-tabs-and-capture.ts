/** Open tabs, what pages said, and where capture is paused. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('tabs')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('shadow_mode', text, (column) => column.notNull())
    .addColumn('thread_id', text)
    .addColumn('current_history_id', text)
    .addColumn('current_url', text)
    .addColumn('current_title', text)
    .addColumn('last_visited_at', integer)
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('tabs_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('tabs_newest').on('tabs').columns(['workspace', 'updated_at', 'id']).execute()
  await db.schema
    .createIndex('tabs_thread')
    .on('tabs')
    .columns(['workspace', 'thread_id', 'updated_at', 'id'])
    .where('thread_id', 'is not', null)
    .execute()

  // Apart from `pages`, whose rows are narrow and read by the thousand.
  await db.schema
    .createTable('page_text')
    .addColumn('workspace', text, (column) => column.notNull())
    // Of the page.
    .addColumn('id', text, (column) => column.notNull())
    // The visit that it came with: it goes with it.
    .addColumn('visit_id', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('truncated', integer, (column) => column.notNull())
    .addColumn('read_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('page_text_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()

  await db.schema
    .createTable('capture_pause')
    .addColumn('workspace', text, (column) => column.notNull())
    // `all`, `site` or `root`, and which one; empty for all.
    .addColumn('target', text, (column) => column.notNull())
    .addColumn('ref', text, (column) => column.notNull())
    .addColumn('until', integer)
    .addColumn('paused_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('capture_pause_pk', ['workspace', 'target', 'ref'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createTable('capture_text')
    .addColumn('workspace', text, (column) => column.notNull())
    // The site; empty for all others.
    .addColumn('site', text, (column) => column.notNull())
    .addColumn('kept', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('capture_text_pk', ['workspace', 'site'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}
