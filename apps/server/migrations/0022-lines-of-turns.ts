/**
 * Which messages do not follow the one of the turn before: there a line of turns begins, and a path through a thread is a
 * few such lines, however long it is. A trigger says so, so that it holds under whatever writes. Nearly all messages go on,
 * and are not written for it, neither here nor later.
 */
import { sql } from 'kysely'
import { columns } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

const run = (db: MigrationDb, statement: string) => sql.raw(statement).execute(db)

/** Does this row follow the message of the turn before? */
const goesOn = (row: string) => `exists (
      select 1 from llm_messages earlier where earlier.workspace = ${row}.workspace and earlier.id = ${row}.parent_id
        and earlier.thread_id = ${row}.thread_id and earlier.turn = ${row}.turn - 1)`

export async function up(db: MigrationDb, dialect: DialectName) {
  const { integer } = columns(dialect)
  await db.schema
    .alterTable('llm_messages')
    .addColumn('begins', integer, (column) => column.notNull().defaultTo(0))
    .execute()
  await run(db, `update llm_messages set begins = 1 where not ${goesOn('llm_messages')}`)
  await db.schema
    .createIndex('llm_messages_line')
    .on('llm_messages')
    .columns(['workspace', 'thread_id', 'turn'])
    .where(sql<boolean>`begins = 1`)
    .execute()
  for (const statement of dialect === 'sqlite' ? sqliteTrigger : postgresTrigger) await run(db, statement)
}

const sqliteTrigger = [
  `create trigger llm_messages_begins after insert on llm_messages when not ${goesOn('new')} begin
    update llm_messages set begins = 1 where workspace = new.workspace and id = new.id; end`,
]
const postgresTrigger = [
  `create function llm_messages_begins() returns trigger language plpgsql as $$ begin
    if not ${goesOn('new')} then new.begins = 1; end if;
    return new; end $$`,
  `create trigger llm_messages_begins before insert on llm_messages for each row execute function llm_messages_begins()`,
]
