/** Which pages of crawls became a document: asked for when documents are erased, over all crawls. */
import { sql } from 'kysely'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, _dialect: DialectName): Promise<void> {
  await sql`create index crawl_page_document on crawl_page (workspace, document_id) where document_id is not null`.execute(
    db,
  )
}
