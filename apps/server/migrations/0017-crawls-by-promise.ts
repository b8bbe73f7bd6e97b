/** The next page of a crawl is found without sorting: the most promising first, over all hosts and of each. */
import { sql } from 'kysely'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, _dialect: DialectName): Promise<void> {
  await db.schema.dropIndex('crawl_page_next').execute()
  await sql`create index crawl_page_next on crawl_page (workspace, crawl_id, state, promise desc, number)`.execute(db)
  await sql`create index crawl_page_host on crawl_page (workspace, crawl_id, state, host, promise desc, number)`.execute(
    db,
  )
}
