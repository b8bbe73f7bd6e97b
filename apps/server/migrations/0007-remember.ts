/** Threads with their messages and links, memories, providers of models and their use, and what an answer was made from. */
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName) {
  await threads(db, dialect)
  await memories(db, dialect)
  await models(db, dialect)
  await chat(db, dialect)
}

async function threads(db: MigrationDb, dialect: DialectName) {
  const { text, integer, real } = columns(dialect)
  await db.schema
    .createTable('llm_threads')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('description', text, (column) => column.notNull())
    .addColumn('origin', text, (column) => column.notNull())
    .addColumn('metadata', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('message_count', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addColumn('last_user_message_at', integer)
    .addColumn('last_assistant_message_at', integer)
    .addPrimaryKeyConstraint('llm_threads_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('llm_threads_active')
    .on('llm_threads')
    .columns(['workspace', 'updated_at', 'id'])
    .execute()

  await db.schema
    .createTable('llm_messages')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('thread_id', text, (column) => column.notNull())
    .addColumn('parent_id', text)
    .addColumn('turn', integer, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('content', text, (column) => column.notNull())
    .addColumn('tokens', integer)
    .addColumn('model', text)
    .addColumn('cost_usd', real)
    .addColumn('citations', text, (column) => column.notNull())
    .addColumn('metadata', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('llm_messages_pk', ['workspace', 'id'])
    .addUniqueConstraint('llm_messages_turn', ['workspace', 'thread_id', 'turn'])
    .addForeignKeyConstraint(
      'llm_messages_thread',
      ['workspace', 'thread_id'],
      'llm_threads',
      ['workspace', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()

  await db.schema
    .createTable('thread_link')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('thread_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('ref', text, (column) => column.notNull())
    .addColumn('relation', text, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('uri', text, (column) => column.notNull())
    .addColumn('message_id', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('thread_link_pk', ['workspace', 'id'])
    .addUniqueConstraint('thread_link_once', ['workspace', 'thread_id', 'kind', 'ref', 'relation'])
    .addForeignKeyConstraint(
      'thread_link_thread',
      ['workspace', 'thread_id'],
      'llm_threads',
      ['workspace', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('thread_link_newest')
    .on('thread_link')
    .columns(['workspace', 'thread_id', 'created_at', 'id'])
    .execute()
  await db.schema.createIndex('thread_link_ref').on('thread_link').columns(['workspace', 'kind', 'ref']).execute()
}

async function memories(db: MigrationDb, dialect: DialectName) {
  const { text, integer, real } = columns(dialect)
  await db.schema
    .createTable('memories')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('scope', text, (column) => column.notNull())
    .addColumn('scope_ref', text)
    .addColumn('key', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('source', text)
    .addColumn('metadata', text, (column) => column.notNull())
    .addColumn('strength', real, (column) => column.notNull())
    .addColumn('last_accessed', integer)
    .addColumn('thread_id', text)
    .addColumn('task_id', text)
    .addColumn('source_message_id', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('memories_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema.createIndex('memories_newest').on('memories').columns(['workspace', 'created_at', 'id']).execute()
  await db.schema
    .createIndex('memories_scope')
    .on('memories')
    .columns(['workspace', 'scope', 'scope_ref', 'created_at', 'id'])
    .execute()

  await db.schema
    .createTable('memory_audit')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('memory_id', text, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('detail', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('memory_audit_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('memory_audit_memory')
    .on('memory_audit')
    .columns(['workspace', 'memory_id', 'created_at', 'id'])
    .execute()
}

async function models(db: MigrationDb, dialect: DialectName) {
  const { text, integer, real } = columns(dialect)
  await db.schema
    .createTable('model_provider')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('name', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('base_url', text)
    .addColumn('folder', text)
    .addColumn('has_key', integer, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('model_provider_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()

  // One row per workspace, so that both lists change together and under one version.
  await db.schema
    .createTable('model_route')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('chat', text, (column) => column.notNull())
    .addColumn('embed', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('updated_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('model_route_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()

  await db.schema
    .createTable('llm_usage_log')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('task_type', text, (column) => column.notNull())
    .addColumn('provider', text, (column) => column.notNull())
    .addColumn('model', text, (column) => column.notNull())
    .addColumn('input_tokens', integer, (column) => column.notNull())
    .addColumn('output_tokens', integer, (column) => column.notNull())
    .addColumn('cost_usd', real)
    .addColumn('latency_ms', integer, (column) => column.notNull())
    .addColumn('success', integer, (column) => column.notNull())
    .addColumn('error', text)
    .addColumn('person', text, (column) => column.notNull())
    .addColumn('agent', text)
    .addColumn('job', text)
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('llm_usage_log_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('llm_usage_log_time')
    .on('llm_usage_log')
    .columns(['workspace', 'created_at', 'id'])
    .execute()
}

async function chat(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  // The id is the thread's: only the last answer's making is kept.
  await db.schema
    .createTable('chat_context')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('message_id', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('model', text)
    .addColumn('query', text, (column) => column.notNull())
    .addColumn('passages', text, (column) => column.notNull())
    .addColumn('messages', text, (column) => column.notNull())
    .addColumn('created_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('chat_context_pk', ['workspace', 'id'])
    .addForeignKeyConstraint(
      'chat_context_thread',
      ['workspace', 'id'],
      'llm_threads',
      ['workspace', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .modifyEnd(tableEnd(dialect))
    .execute()
}
