/** Looks through every table of the database, whatever feature it is of. */
import { sql } from 'kysely'
import { dialectOf } from '../../../kernel/database/lists.ts'
import type { EraseReader } from '../../../kernel/erasure.ts'

export type TextTable = { name: string; columns: string[]; owned: boolean }

/** Tables with the columns that hold text, ids and hashes aside; `owned` ones name a workspace. */
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
    return {
      name,
      columns: columns.filter((column) => !/^workspace$|(^|_)(id|hash)$/.test(column)),
      owned: columns.includes('workspace'),
    }
  })
}

/**
 * Rows that hold one of the marks, or the name as a whole column: of the workspace, and of all. SQLite looks for each mark
 * at each letter; here rows come by the thousand and are searched as one text.
 */
export async function searchTable(from: EraseReader, table: TextTable, marks: readonly string[], name: string | null) {
  const looked = [...marks, ...(name === null ? [] : [`${edge}${name}${edge}`])]
  if (table.columns.length === 0 || looked.length === 0) return { own: 0, all: 0 }
  if (dialectOf(from.db) === 'postgres') return countHolding(from, table, looked)
  const rows = rowsOf(from, table)
  let [own, all] = [0, 0]
  const search = (some: readonly Said[]) => {
    const text = some.map(({ said }) => said).join('')
    if (!looked.some((mark) => text.includes(mark))) return
    for (const { owner, said } of some) {
      if (!looked.some((mark) => said.includes(mark))) continue
      all += 1
      if (owner === from.workspace) own += 1
    }
  }
  let some: Said[] = []
  for await (const row of rows.stream(atOnce)) {
    some.push(row)
    if (some.length < atOnce) continue
    search(some)
    some = []
  }
  search(some)
  return { own, all }
}
const atOnce = 1_000
/** No text of ours holds it. */
const edge = '\u0001'
type Said = { owner: string; said: string }

/** Whose each row is, and what it says: every column between edges, so that a whole one can be looked for like a part. */
function rowsOf({ db, workspace }: EraseReader, { name, columns, owned }: TextTable) {
  const text = sql.join(
    columns.map((column) => sql`coalesce(cast(${sql.ref(column)} as text), '')`),
    sql` || ${edge} || `,
  )
  const owner = owned ? sql.ref('workspace') : sql`${workspace}`
  const said = sql<Said>`(select ${owner} as owner, ${edge} || ${text} || ${edge} as said from ${sql.table(name)})`
  return db.selectFrom(said.as('looked')).select(['owner', 'said'])
}

async function countHolding(from: EraseReader, table: TextTable, looked: readonly string[]) {
  const holds = sql.join(
    looked.map((mark) => sql`strpos(said, ${mark}) > 0`),
    sql` or `,
  )
  const { rows } = await sql<{ own: number; total: number }>`
    select coalesce(sum(case when owner = ${from.workspace} then 1 else 0 end), 0) as own, count(*) as total
    from (${rowsOf(from, table)}) as rows where ${holds}`.execute(from.db)
  return { own: Number(rows[0]?.own ?? 0), all: Number(rows[0]?.total ?? 0) }
}
