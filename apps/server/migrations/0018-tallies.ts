/**
 * How many rows of a kind there are, by quarter of an hour. Triggers keep it, so that it is right under whatever writes:
 * a single row, an import, a bundle, a delete that cascades.
 */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

type Tally = { kind: string; table: string; at: string; where?: { columns: string; holds: (row: string) => string } }

/** Milliseconds; every time zone of today is ahead of UTC by some of these. */
const quarter = 900_000

const tallies: readonly Tally[] = [
  { kind: 'visits', table: 'history', at: 'visited_at' },
  { kind: 'threads', table: 'llm_threads', at: 'created_at' },
  { kind: 'bookmarks', table: 'bookmarks', at: 'created_at' },
  { kind: 'messages', table: 'llm_messages', at: 'created_at' },
  { kind: 'memories', table: 'memories', at: 'created_at' },
  { kind: 'tasks', table: 'tasks', at: 'created_at' },
  {
    ...{ kind: 'tasks_done', table: 'tasks', at: 'closed_at' },
    where: { columns: 'status', holds: (row) => `${row}status = 'completed' and ${row}closed_at is not null` },
  },
  { kind: 'documents', table: 'documents', at: 'created_at' },
  {
    ...{ kind: 'commits', table: 'git_events', at: 'at' },
    where: { columns: 'type', holds: (row) => `${row}type in ('commit', 'merge')` },
  },
]

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('tally')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    // Since 1970.
    .addColumn('quarter', integer, (column) => column.notNull())
    .addColumn('amount', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('tally_pk', ['workspace', 'kind', 'quarter'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  for (const tally of tallies) {
    const { kind, table, at, where } = tally
    await run(
      db,
      `insert into tally (workspace, kind, quarter, amount)
      select workspace, '${kind}', ${at} / ${quarter}, count(*) from ${table}
      where ${where?.holds('') ?? 'true'} group by workspace, ${at} / ${quarter}`,
    )
    for (const statement of dialect === 'sqlite' ? sqliteTriggers(tally) : postgresTriggers(tally))
      await run(db, statement)
  }
  // The mode that never did more than this one (decision 107).
  await run(db, "update tabs set shadow_mode = 'visited_only' where shadow_mode = 'visited_outbound'")
}

const run = (db: MigrationDb, statement: string) => sql.raw(statement).execute(db)

/** Row by row, which is all that SQLite has. */
function sqliteTriggers({ kind, table, at, where }: Tally): string[] {
  const more = (row: string) => `
      insert into tally (workspace, kind, quarter, amount) values (${row}workspace, '${kind}', ${row}${at} / ${quarter}, 1)
      on conflict (workspace, kind, quarter) do update set amount = amount + 1;`
  const key = (row: string) => `workspace = ${row}workspace and kind = '${kind}' and quarter = ${row}${at} / ${quarter}`
  const less = (row: string) => `
      update tally set amount = amount - 1 where ${key(row)};
      delete from tally where ${key(row)} and amount = 0;`
  const when = (row: string) => (where ? ` when ${where.holds(row)}` : '')
  const changed = ` of ${at}${where ? `, ${where.columns}` : ''} on ${table}`
  return [
    `create trigger tally_${kind}_more after insert on ${table}${when('new.')} begin${more('new.')} end`,
    `create trigger tally_${kind}_less after delete on ${table}${when('old.')} begin${less('old.')} end`,
    `create trigger tally_${kind}_off after update${changed}${when('old.')} begin${less('old.')} end`,
    `create trigger tally_${kind}_on after update${changed}${when('new.')} begin${more('new.')} end`,
  ]
}

/** Statement by statement where rows come and go in numbers, row by row where one changes its time. */
function postgresTriggers({ kind, table, at, where }: Tally): string[] {
  const sums = (rows: string) => `
      select workspace, '${kind}' as kind, ${at} / ${quarter} as quarter, count(*) as amount from ${rows}
      where ${where?.holds('') ?? 'true'} group by 1, 3 order by 1, 3`
  const more = (from: string) => `
    insert into tally as t (workspace, kind, quarter, amount) ${from}
    on conflict (workspace, kind, quarter) do update set amount = t.amount + excluded.amount;`
  const less = (from: string) => `
    update tally t set amount = t.amount - gone.amount from (${from}) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter;
    delete from tally t using (${from}) as gone
    where t.workspace = gone.workspace and t.kind = gone.kind and t.quarter = gone.quarter and t.amount = 0;`
  const one = (row: string) => `
      select ${row}workspace as workspace, '${kind}' as kind, ${row}${at} / ${quarter} as quarter, 1 as amount
      where ${where?.holds(row) ?? 'true'}`
  const body = (name: string, text: string) =>
    `create function tally_${kind}_${name}() returns trigger language plpgsql as $$ begin ${text}
    return null; end $$`
  const changed = `after update of ${at}${where ? `, ${where.columns}` : ''} on ${table} for each row`
  return [
    body('more', more(sums('arrived'))),
    body('less', less(sums('departed'))),
    body('move', less(one('old.')) + more(one('new.'))),
    `create trigger tally_${kind}_more after insert on ${table} referencing new table as arrived
    for each statement execute function tally_${kind}_more()`,
    `create trigger tally_${kind}_less after delete on ${table} referencing old table as departed
    for each statement execute function tally_${kind}_less()`,
    `create trigger tally_${kind}_move ${changed} execute function tally_${kind}_move()`,
  ]
}
