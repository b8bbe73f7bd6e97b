/** Visits, the pages and sites they were of, and imports of histories that browsers keep. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  await history(db, dialect)
  await pages(db, dialect)
  await imports(db, dialect)
}

/** Kept in the order of time, since a visit's id begins with its time: what is listed lies together, what comes is put at the end. */
async function history(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('history')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    // No foreign key: it would cost an import a third of its time, and what counts pages counts their visits.
    .addColumn('page_id', text, (column) => column.notNull())
    // 0 to 63, by site: a coarse key, so that a batch of visits touches few places of the index.
    .addColumn('bucket', integer, (column) => column.notNull())
    // As it was at this visit; null where only the page's is known.
    .addColumn('title', text)
    .addColumn('visited_at', integer, (column) => column.notNull())
    .addColumn('referrer', text)
    .addColumn('duration_ms', integer)
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('tab_id', text)
    .addColumn('status_code', integer)
    .addColumn('content_type', text)
    .addPrimaryKeyConstraint('history_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createIndex('history_bucket')
    .on('history')
    .columns(['workspace', 'bucket', 'id', 'page_id', 'visited_at'])
    .execute()
  await db.schema
    .createIndex('history_tab')
    .on('history')
    .columns(['workspace', 'tab_id', 'id'])
    .where(sql<boolean>`tab_id is not null`)
    .execute()
}

async function pages(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  // A page's id begins with its site, so that the pages of a site lie together.
  await db.schema
    .createTable('pages')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('site', text, (column) => column.notNull())
    .addColumn('title', text)
    // All three 0 until its visits are counted.
    .addColumn('visit_count', integer, (column) => column.notNull())
    .addColumn('first_seen', integer, (column) => column.notNull())
    .addColumn('last_seen', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('pages_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createTable('site')
    .addColumn('workspace', text, (column) => column.notNull())
    // The host without `www.`, with its port where it is not the usual one.
    .addColumn('id', text, (column) => column.notNull())
    // Labels in reverse, each with a dot behind: a domain and its subdomains lie together.
    .addColumn('domain', text, (column) => column.notNull())
    .addColumn('bucket', integer, (column) => column.notNull())
    .addColumn('visits', integer, (column) => column.notNull())
    .addColumn('pages', integer, (column) => column.notNull())
    .addColumn('first_seen', integer, (column) => column.notNull())
    .addColumn('last_seen', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('site_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema.createIndex('site_domain').on('site').columns(['workspace', 'domain', 'id']).execute()
  await db.schema.createIndex('site_visits').on('site').columns(['workspace', 'visits', 'id']).execute()
  await db.schema
    .createTable('page_bucket')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('bucket', integer, (column) => column.notNull())
    // Bulk changes so far, and how many of them the counts of pages and sites include.
    .addColumn('changes', integer, (column) => column.notNull())
    .addColumn('counted', integer, (column) => column.notNull())
    // How often pages were removed: an import that put its pages down before has to do so again.
    .addColumn('removals', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('page_bucket_pk', ['workspace', 'bucket'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
}

/** One row per import, moved on in the transaction of each batch: what it has read is never counted twice. */
async function imports(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('history_import')
    .addColumn('workspace', text, (column) => column.notNull())
    // Of the job.
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('path', text, (column) => column.notNull())
    // Last row (of a database) or byte (of a file) that was read.
    .addColumn('cursor', integer, (column) => column.notNull())
    .addColumn('rows_read', integer, (column) => column.notNull())
    .addColumn('created', integer, (column) => column.notNull())
    .addColumn('duplicates', integer, (column) => column.notNull())
    .addColumn('skipped', text, (column) => column.notNull())
    .addColumn('first_visit', integer)
    .addColumn('last_visit', integer)
    .addColumn('started_at', integer, (column) => column.notNull())
    .addColumn('finished_at', integer)
    .addPrimaryKeyConstraint('history_import_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}
