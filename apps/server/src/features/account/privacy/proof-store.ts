/** Looks through every table of the database, whatever feature it is of. */
import { sql } from 'kysely'
import { dialectOf } from '../../../kernel/database/lists.ts'
import type { EraseReader } from '../../../kernel/erasure.ts'

export type TextTable = { name: string; columns: string[]; owned: boolean }

/** Tables with the columns that hold text; `owned` ones name a workspace. */
export async function readTables({ db }: EraseReader): Promise<TextTable[]> {
  const { rows } =
    dialectOf(db) === 'sqlite'
      ? await sql<{ name: string; column: string }>`
          select s.name as name, i.name as "column" from sqlite_schema s, pragma_table_info(s.name) i
          where s.type = 'table' and s.name not like 'sqlite%' and s.name not like 'passage_fts%'
            and lower(i.type) = 'text' order by s.name`.execute(db)
      : await sql<{ name: string; column: string }>`
          select table_name as name, column_name as "column" from information_schema.columns
          where table_schema = current_schema() and data_type in ('text', 'tsvector') order by table_name`.execute(db)
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, all]) => {
    const columns = all.map(({ column }) => column)
    return { name, columns: columns.filter((column) => column !== 'workspace'), owned: columns.includes('workspace') }
  })
}

/** Rows that hold one of the marks, or the name as a whole column: of the workspace, and of all. */
export async function searchTable(
  { db, workspace }: EraseReader,
  { name, columns, owned }: TextTable,
  marks: readonly string[],
  whole: string | null,
) {
  if (columns.length === 0) return { own: 0, all: 0 }
  const postgres = dialectOf(db) === 'postgres'
  // Each column between lines of its own, so that a whole one can be looked for like a part.
  const text = sql.join(
    columns.map((column) => sql`coalesce(cast(${sql.ref(column)} as text), '')`),
    sql` || ${edge} || `,
  )
  const looked = [...marks, ...(whole === null ? [] : [`${edge}${whole}${edge}`])]
  const holds = sql.join(
    looked.map((mark) => (postgres ? sql`strpos(said, ${mark}) > 0` : sql`instr(said, ${mark}) > 0`)),
    sql` or `,
  )
  const own = owned ? sql`workspace` : sql`${workspace}`
  const { rows } = await sql<{ own: number; total: number }>`
    select coalesce(sum(case when owner = ${workspace} then 1 else 0 end), 0) as own, count(*) as total from (
      select ${own} as owner, ${edge} || ${text} || ${edge} as said from ${sql.table(name)}
    ) as looked where ${holds}`.execute(db)
  return { own: Number(rows[0]?.own ?? 0), all: Number(rows[0]?.total ?? 0) }
}
/** No text of ours holds it. */
const edge = '\u0001'
