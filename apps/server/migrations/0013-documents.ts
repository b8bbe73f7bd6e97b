/** Documents with their versions; crawls with the addresses that they know and the hosts that they ask. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('documents')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('format', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('description', text)
    .addColumn('author', text)
    .addColumn('language', text)
    .addColumn('published_at', integer)
    .addColumn('url', text)
    // Addresses are longer than an index takes.
    .addColumn('url_key', text)
    .addColumn('fetch_key', text)
    .addColumn('canonical_url', text)
    .addColumn('site', text)
    .addColumn('file_name', text)
    .addColumn('content_hash', text, (column) => column.notNull())
    .addColumn('given_hash', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('characters', integer, (column) => column.notNull())
    .addColumn('etag', text)
    .addColumn('last_modified', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addColumn('checked_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('documents_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('documents_address').unique().on('documents').columns(['workspace', 'url_key']).execute()
  const indexes: Record<string, string[]> = {
    documents_newest: ['updated_at', 'id'],
    documents_fetched: ['fetch_key'],
    documents_given: ['given_hash'],
  }
  for (const [name, keys] of Object.entries(indexes))
    await db.schema
      .createIndex(name)
      .on('documents')
      .columns(['workspace', ...keys])
      .execute()

  await db.schema
    .createTable('document_version')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('document_id', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('content_hash', text, (column) => column.notNull())
    .addColumn('markdown', text, (column) => column.notNull())
    .addColumn('truncated', integer, (column) => column.notNull())
    .addColumn('characters', integer, (column) => column.notNull())
    .addColumn('blob', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('document_version_pk', ['workspace', 'document_id', 'version'])
    .addForeignKeyConstraint(
      'document_version_document',
      ['workspace', 'document_id'],
      'documents',
      ['workspace', 'id'],
      (key) => key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('document_version_blob').on('document_version').columns(['workspace', 'blob']).execute()

  await db.schema
    .createTable('crawl')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('plan', text, (column) => column.notNull())
    .addColumn('schedule_id', text)
    .addColumn('fetched', integer, (column) => column.notNull())
    .addColumn('created', integer, (column) => column.notNull())
    .addColumn('changed', integer, (column) => column.notNull())
    .addColumn('unchanged', integer, (column) => column.notNull())
    .addColumn('duplicates', integer, (column) => column.notNull())
    .addColumn('failed', integer, (column) => column.notNull())
    .addColumn('skipped', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('crawl_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('crawl_newest').on('crawl').columns(['workspace', 'created_at', 'id']).execute()

  await db.schema
    .createTable('crawl_page')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('crawl_id', text, (column) => column.notNull())
    .addColumn('url_key', text, (column) => column.notNull())
    .addColumn('number', integer, (column) => column.notNull())
    .addColumn('url', text, (column) => column.notNull())
    .addColumn('host', text, (column) => column.notNull())
    .addColumn('found_on', text)
    .addColumn('depth', integer, (column) => column.notNull())
    .addColumn('hops', integer, (column) => column.notNull())
    // Thousandths, the most promising highest.
    .addColumn('promise', integer, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('outcome', text)
    .addColumn('status', integer)
    .addColumn('relevance', integer)
    .addColumn('document_id', text)
    .addColumn('content_hash', text)
    .addColumn('fetched_at', integer)
    .addPrimaryKeyConstraint('crawl_page_pk', ['workspace', 'crawl_id', 'url_key'])
    .addForeignKeyConstraint('crawl_page_crawl', ['workspace', 'crawl_id'], 'crawl', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  const pageIndexes: Record<string, string[]> = {
    crawl_page_next: ['state', 'promise', 'number'],
    crawl_page_order: ['number'],
    crawl_page_content: ['content_hash'],
  }
  for (const [name, keys] of Object.entries(pageIndexes))
    await db.schema
      .createIndex(name)
      .on('crawl_page')
      .columns(['workspace', 'crawl_id', ...keys])
      .execute()

  await db.schema
    .createTable('crawl_host')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('crawl_id', text, (column) => column.notNull())
    .addColumn('origin', text, (column) => column.notNull())
    .addColumn('robots', text, (column) => column.notNull())
    .addColumn('mapped', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('crawl_host_pk', ['workspace', 'crawl_id', 'origin'])
    .addForeignKeyConstraint('crawl_host_crawl', ['workspace', 'crawl_id'], 'crawl', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()

  await db.schema
    .createTable('crawl_schedule')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('plan', text, (column) => column.notNull())
    .addColumn('every_hours', integer, (column) => column.notNull())
    .addColumn('next_at', integer, (column) => column.notNull())
    .addColumn('last_job_id', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('crawl_schedule_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}
