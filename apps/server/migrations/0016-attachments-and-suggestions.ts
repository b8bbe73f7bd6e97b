/** Documents that are attached to messages, and tasks that are suggested because of what was said. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .alterTable('llm_messages')
    .addColumn('attachments', text, (column) => column.notNull().defaultTo(sql`'[]'`))
    .execute()

  await db.schema
    .createTable('task_suggestion')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('source_kind', text, (column) => column.notNull())
    .addColumn('source_id', text, (column) => column.notNull())
    .addColumn('thread_id', text)
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('due_at', integer)
    .addColumn('found_by', text, (column) => column.notNull())
    // What is the same thing to do, in the same thread: it is suggested once.
    .addColumn('fingerprint', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('task_id', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('task_suggestion_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('task_suggestion_once')
    .unique()
    .on('task_suggestion')
    .columns(['workspace', 'fingerprint'])
    .execute()
  const indexes: Record<string, string[]> = {
    task_suggestion_newest: ['created_at', 'id'],
    task_suggestion_thread: ['thread_id', 'created_at', 'id'],
    task_suggestion_source: ['source_kind', 'source_id'],
    task_suggestion_task: ['task_id'],
  }
  for (const [name, keys] of Object.entries(indexes))
    await db.schema
      .createIndex(name)
      .on('task_suggestion')
      .columns(['workspace', ...keys])
      .execute()
}
