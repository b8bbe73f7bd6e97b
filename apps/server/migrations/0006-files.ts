/** Folders that may be read, what became of their files, what happened in their repositories, registered repositories. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  await roots(db, dialect)
  await files(db, dialect)
  await git(db, dialect)
  await repos(db, dialect)
}

async function roots(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('root')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('path', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('watch', text, (column) => column.notNull())
    .addColumn('watch_reason', text)
    .addColumn('indexed', integer, (column) => column.notNull())
    .addColumn('pending', integer, (column) => column.notNull())
    .addColumn('skipped', integer, (column) => column.notNull())
    .addColumn('failed', integer, (column) => column.notNull())
    .addColumn('ignored', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('passages', integer, (column) => column.notNull())
    // Of the running scan; all null between scans.
    .addColumn('scan_job', text)
    .addColumn('scan_started_at', integer)
    .addColumn('scan_done', integer)
    .addColumn('scan_total', integer)
    .addColumn('scanned_at', integer)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('root_pk', ['workspace', 'id'])
    .addUniqueConstraint('root_path', ['workspace', 'path'])
    .addUniqueConstraint('root_name', ['workspace', 'name'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('root_age').on('root').columns(['workspace', 'created_at', 'id']).execute()
}

async function files(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('file_index')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('root', text, (column) => column.notNull())
    // The path in two parts: `folder` is empty or ends in `/`, so that (folder, name) sorts as a walk meets them.
    .addColumn('folder', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('size', integer, (column) => column.notNull())
    .addColumn('mtime', integer, (column) => column.notNull())
    // Times of the file system and inode: same again, and the content is taken to be the same.
    .addColumn('stamp', text, (column) => column.notNull())
    .addColumn('sha256', text)
    .addColumn('language', text)
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text)
    .addColumn('last_indexed', integer)
    .addPrimaryKeyConstraint('file_index_pk', ['workspace', 'id'])
    .addUniqueConstraint('file_index_path', ['workspace', 'root', 'folder', 'name'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  const index = (name: string, column: string) =>
    db.schema.createIndex(name).on('file_index').columns(['workspace', 'root', column, 'folder', 'name'])
  await index('file_index_state', 'state').execute()
  await index('file_index_reason', 'reason').where(sql<boolean>`reason is not null`).execute()
  await db.schema
    .createIndex('file_index_content')
    .on('file_index')
    .columns(['workspace', 'root', 'sha256'])
    .where(sql<boolean>`sha256 is not null`)
    .execute()
}

async function git(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('git_repository')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('root', text, (column) => column.notNull())
    .addColumn('path', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('reason', text)
    // As they were at the last scan: name of the branch, and every ref with its commit (JSON).
    .addColumn('branch', text)
    .addColumn('refs', text, (column) => column.notNull())
    .addColumn('commits', integer, (column) => column.notNull())
    .addColumn('scanned_at', integer)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('git_repository_pk', ['workspace', 'id'])
    .addUniqueConstraint('git_repository_path', ['workspace', 'root', 'path'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createTable('git_events')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('repository', text, (column) => column.notNull())
    .addColumn('root', text, (column) => column.notNull())
    .addColumn('type', text, (column) => column.notNull())
    // One event each: the commit's name, or what happened to a ref.
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('sha', text)
    .addColumn('ref', text)
    .addColumn('parents', text, (column) => column.notNull())
    .addColumn('author', text)
    .addColumn('message', text)
    .addColumn('files', text, (column) => column.notNull())
    .addColumn('files_changed', integer, (column) => column.notNull())
    .addColumn('insertions', integer)
    .addColumn('deletions', integer)
    .addColumn('at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('git_events_pk', ['workspace', 'id'])
    .addUniqueConstraint('git_events_key', ['workspace', 'repository', 'key'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  const index = (name: string, ...first: string[]) =>
    db.schema
      .createIndex(name)
      .on('git_events')
      .columns(['workspace', ...first, 'at', 'id'])
  await index('git_events_age').execute()
  await index('git_events_type', 'type').execute()
  await index('git_events_root', 'root').execute()
  await index('git_events_repository', 'repository').execute()
}

async function repos(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('repos')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('root', text, (column) => column.notNull())
    .addColumn('root_path', text, (column) => column.notNull())
    .addColumn('allowed_ops', text, (column) => column.notNull())
    .addColumn('checks', text, (column) => column.notNull())
    .addColumn('budget', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('repos_pk', ['workspace', 'id'])
    .addUniqueConstraint('repos_path', ['workspace', 'root_path'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('repos_age').on('repos').columns(['workspace', 'created_at', 'id']).execute()
}
