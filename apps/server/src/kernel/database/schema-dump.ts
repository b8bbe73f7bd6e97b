/** The schema of a database as text, the same for the same schema, so that a change of it is seen when it is read over. */
import { sql } from 'kysely'
import type { Db, DialectName } from './dialect.ts'

/** Every table with its columns, constraints, indexes and triggers, by name. */
export async function dumpSchema(db: Db, dialect: DialectName): Promise<string> {
  const statements = dialect === 'sqlite' ? await sqliteStatements(db) : await postgresStatements(db)
  return `-- Written by scripts/dump-schema.ts out of the migrations. Do not edit.\n\n${statements.join('\n\n')}\n`
}

async function sqliteStatements(db: Db): Promise<string[]> {
  // Tables that a virtual table keeps for itself are its own affair.
  const { rows } = await sql<{ sql: string }>`
    select s.sql from sqlite_schema s
    where s.sql is not null and s.tbl_name not like 'sqlite~_%' escape '~'
      and s.tbl_name not in (select name from pragma_table_list where type = 'shadow')
    order by s.tbl_name, case s.type when 'table' then 0 when 'index' then 1 else 2 end, s.name`.execute(db)
  return rows.map((row) => `${broken(row.sql)};`)
}

/** One column or constraint a line: breaks a CREATE TABLE at the commas of its outermost brackets. */
function broken(statement: string): string {
  if (!/^create table/i.test(statement)) return statement
  let depth = 0
  let text = ''
  for (const sign of statement.replaceAll(/\s+/g, ' ')) {
    if (sign === ')') depth -= 1
    text += sign === ')' && depth === 0 ? '\n)' : sign
    if (sign === '(') depth += 1
    if (depth === 1 && (sign === '(' || sign === ',')) text += '\n '
  }
  return text.replaceAll(/\n +/g, '\n  ')
}

type Named = { table: string; text: string }

async function postgresStatements(db: Db): Promise<string[]> {
  const columns = await sql<Named>`
    select c.relname as "table",
      quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when l.collname is null or l.collname = 'default' then '' else ' collate ' || quote_ident(l.collname) end
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as text
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_collation l on l.oid = a.attcollation
    where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
    order by c.relname collate "C", a.attnum`.execute(db)
  const constraints = await sql<Named>`
    select c.relname as "table", 'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) as text
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = current_schema()::regnamespace and k.contype <> 'n'
    order by c.relname collate "C", k.contype desc, k.conname collate "C"`.execute(db)
  const indexes = await sql<Named>`
    select c.relname as "table", pg_get_indexdef(i.indexrelid) as text
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    where c.relnamespace = current_schema()::regnamespace
      and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid)
    order by c.relname collate "C", x.relname collate "C"`.execute(db)
  const triggers = await sql<Named>`
    select c.relname as "table", pg_get_functiondef(g.tgfoid) || ';' || chr(10) || pg_get_triggerdef(g.oid) as text
    from pg_trigger g join pg_class c on c.oid = g.tgrelid
    where c.relnamespace = current_schema()::regnamespace and not g.tgisinternal
    order by c.relname collate "C", g.tgname collate "C"`.execute(db)
  const of = (named: { rows: Named[] }, table: string) =>
    named.rows.filter((row) => row.table === table).map((row) => row.text)
  const tables = [...new Set(columns.rows.map((row) => row.table))]
  return tables.flatMap((table) => [
    `create table ${table} (\n  ${[...of(columns, table), ...of(constraints, table)].join(',\n  ')}\n);`,
    ...[...of(indexes, table), ...of(triggers, table)].map((statement) => `${statement};`),
  ])
}
