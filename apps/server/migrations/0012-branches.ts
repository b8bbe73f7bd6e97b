/** Threads that branch: every message follows another one, and a thread knows which end of it is shown. */
import { sql } from 'kysely'
import { columns } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName) {
  const { text } = columns(dialect)
  await db.schema.alterTable('llm_threads').addColumn('head_id', text).execute()

  // Until now a thread was one line by turns.
  await sql`
    update llm_messages set parent_id = (
      select earlier.id from llm_messages as earlier
      where earlier.workspace = llm_messages.workspace and earlier.thread_id = llm_messages.thread_id
        and earlier.turn = llm_messages.turn - 1
    ) where parent_id is null and turn > 1`.execute(db)
  await sql`
    update llm_threads set head_id = (
      select message.id from llm_messages as message
      where message.workspace = llm_threads.workspace and message.thread_id = llm_threads.id
      order by message.turn desc limit 1
    ) where message_count > 0`.execute(db)
  await db.schema
    .createIndex('llm_messages_parent')
    .on('llm_messages')
    .columns(['workspace', 'thread_id', 'parent_id', 'turn'])
    .execute()

  await db.schema.dropIndex('thread_link_ref').execute()
  await db.schema
    .createIndex('thread_link_about')
    .on('thread_link')
    .columns(['workspace', 'kind', 'ref', 'created_at', 'id'])
    .execute()
}
