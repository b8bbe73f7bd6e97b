/** Tasks and what happened to them, and the way from a task to its jobs. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('tasks')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('description', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('priority', integer, (column) => column.notNull())
    .addColumn('due_at', integer)
    .addColumn('owner', text, (column) => column.notNull())
    .addColumn('assignee', text)
    .addColumn('project', text)
    .addColumn('thread_id', text)
    .addColumn('parent_id', text)
    .addColumn('tags', text, (column) => column.notNull())
    .addColumn('source', text)
    // A key between its neighbours' keys: moving one task writes one row.
    .addColumn('position', text, (column) => column.notNull())
    .addColumn('result', text)
    .addColumn('metadata', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addColumn('closed_at', integer)
    .addPrimaryKeyConstraint('tasks_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  const indexes: Record<string, string[]> = {
    tasks_newest: ['created_at', 'id'],
    tasks_board: ['status', 'position', 'id'],
    tasks_due: ['due_at', 'id'],
    tasks_assignee: ['assignee', 'created_at', 'id'],
    tasks_project: ['project', 'created_at', 'id'],
    tasks_thread: ['thread_id', 'created_at', 'id'],
    tasks_parent: ['parent_id', 'created_at', 'id'],
  }
  for (const [name, keys] of Object.entries(indexes))
    await db.schema
      .createIndex(name)
      .on('tasks')
      .columns(['workspace', ...keys])
      .execute()

  await db.schema
    .createTable('task_events')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('task_id', text, (column) => column.notNull())
    .addColumn('event_type', text, (column) => column.notNull())
    .addColumn('payload', text, (column) => column.notNull())
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('agent', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('task_events_pk', ['workspace', 'id'])
    .addForeignKeyConstraint('task_events_task', ['workspace', 'task_id'], 'tasks', ['workspace', 'id'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('task_events_newest')
    .on('task_events')
    .columns(['workspace', 'task_id', 'created_at', 'id'])
    .execute()

  await db.schema
    .createIndex('jobs_task')
    .on('jobs')
    .columns(['workspace', 'task_id'])
    .where('task_id', 'is not', null)
    .execute()
}
