/**
 * Whose threads, messages, documents and crawls are: they may stand in workspaces of several people. What is in a
 * personal workspace is its owner's; elsewhere nobody knows any more.
 */
import { sql } from 'kysely'
import { columns } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

const tables = ['llm_threads', 'llm_messages', 'documents', 'document_version', 'crawl', 'crawl_schedule'] as const

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text } = columns(dialect)
  for (const table of tables) {
    await db.schema.alterTable(table).addColumn('person', text).execute()
    // A message that was erased is nobody's.
    const but = table === 'llm_messages' ? sql`and content <> '[forgotten]'` : sql``
    await sql`
      update ${sql.table(table)} set person = owner.person
      from (
        select member.workspace, member.person from member join workspace on workspace.id = member.workspace
        where workspace.kind = 'personal' and member.role = 'owner'
      ) as owner
      where owner.workspace = ${sql.ref(`${table}.workspace`)} ${but}`.execute(db)
  }
  // For erasing what a person said or kept where others do, too: the long texts are not read for it.
  await db.schema
    .createIndex('llm_messages_person')
    .on('llm_messages')
    .columns(['workspace', 'person', 'thread_id'])
    .execute()
  await db.schema
    .createIndex('document_version_person')
    .on('document_version')
    .columns(['workspace', 'person', 'document_id'])
    .execute()
}
