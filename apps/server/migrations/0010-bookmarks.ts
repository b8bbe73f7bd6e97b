/** Bookmarks in their folders, and how far each import of them is. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('bookmark_folders')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('parent_id', text)
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('position', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('bookmark_folders_pk', ['workspace', 'id'])
    .addForeignKeyConstraint(
      'bookmark_folders_parent',
      ['workspace', 'parent_id'],
      'bookmark_folders',
      ['workspace', 'id'],
      (key) => key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('bookmark_folders_order')
    .on('bookmark_folders')
    .columns(['workspace', 'parent_id', 'position', 'id'])
    .execute()

  await db.schema
    .createTable('bookmarks')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('folder_id', text)
    .addColumn('url', text, (column) => column.notNull())
    // Addresses are longer than an index takes.
    .addColumn('url_key', text, (column) => column.notNull())
    .addColumn('site', text)
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('tags', text, (column) => column.notNull())
    .addColumn('position', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('bookmarks_pk', ['workspace', 'id'])
    .addForeignKeyConstraint(
      'bookmarks_folder',
      ['workspace', 'folder_id'],
      'bookmark_folders',
      ['workspace', 'id'],
      (key) => key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  const indexes: Record<string, string[]> = {
    bookmarks_order: ['folder_id', 'position', 'id'],
    bookmarks_newest: ['created_at', 'id'],
    bookmarks_address: ['url_key', 'folder_id'],
  }
  for (const [name, keys] of Object.entries(indexes))
    await db.schema
      .createIndex(name)
      .on('bookmarks')
      .columns(['workspace', ...keys])
      .execute()

  await db.schema
    .createTable('bookmark_import')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('blob', text)
    .addColumn('cursor', integer, (column) => column.notNull())
    .addColumn('created', integer, (column) => column.notNull())
    .addColumn('folders', integer, (column) => column.notNull())
    .addColumn('started_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('bookmark_import_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}
