/** Looks through every table of the database, whatever feature it is of. */
import { sql } from 'kysely'
import { dialectOf } from '../../../kernel/database/lists.ts'
import type { EraseReader } from '../../../kernel/erasure.ts'

/** `columns`: those with text; `all`: every one. */
export type TextTable = { name: string; columns: string[]; all: string[]; owned: boolean }
/** `name`: as a whole column. `everyRow`: false where no byte of the database holds a mark. */
export type Looked = { marks: string[]; name: string | null; everyRow: boolean }

/** Where SQLite's file is; null on PostgreSQL. */
export async function databaseFile({ db }: EraseReader): Promise<string | null> {
  if (dialectOf(db) === 'postgres') return null
  const { rows } = await sql<{ file: string }>`
    select file, (select count(*) from sqlite_schema) from pragma_database_list where name = 'main'`.execute(db)
  return rows[0]?.file ?? null
}

/** Tables with the columns that hold text, ids and hashes aside; `owned` ones name a workspace. */
export async function readTables({ db }: EraseReader): Promise<TextTable[]> {
  const { rows } =
    dialectOf(db) === 'sqlite'
      ? await sql<Column>`
          select s.name as name, i.name as "column", lower(i.type) = 'text' as said
          from sqlite_schema s, pragma_table_info(s.name) i
          where s.type = 'table' and s.name not like 'sqlite%' and s.name not like 'passage_fts%'
          order by s.name`.execute(db)
      : await sql<Column>`
          select table_name as name, column_name as "column", data_type in ('text', 'tsvector') as said
          from information_schema.columns where table_schema = current_schema() order by table_name`.execute(db)
  return [...Map.groupBy(rows, ({ name }) => name)].flatMap(([name, columns]) => {
    const texts = columns.filter(({ said }) => said).map(({ column }) => column)
    const all = columns.map(({ column }) => column)
    const looked = texts.filter((column) => !/^workspace$|(^|_)(id|hash)$/.test(column))
    return texts.length === 0 ? [] : [{ name, columns: looked, all, owned: all.includes('workspace') }]
  })
}
type Column = { name: string; column: string; said: number | boolean }

/**
 * Rows that hold one of the marks, or the name as a whole column: of the workspace, and of all. SQLite looks for each mark
 * at each letter; here rows come by the thousand and are searched as one text.
 */
export async function searchTable(from: EraseReader, table: TextTable, { marks, name, everyRow }: Looked) {
  const looked = [...marks, ...(name === null ? [] : [`${edge}${name}${edge}`])]
  if (table.columns.length === 0 || looked.length === 0) return { own: 0, all: 0 }
  if (dialectOf(from.db) === 'postgres') return countHolding(from, table, looked)
  const rows = rowsOf(from, table, everyRow ? sql`` : sql`where ${await mayHold(from, table, name)}`)
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
function rowsOf({ db, workspace }: EraseReader, { name, columns, owned }: TextTable, which = sql``) {
  const text = sql.join(
    columns.map((column) => sql`coalesce(cast(${sql.ref(column)} as text), '')`),
    sql` || ${edge} || `,
  )
  const owner = owned ? sql.ref('workspace') : sql`${workspace}`
  const said = sql<Said>`(select ${owner} as owner, ${edge} || ${text} || ${edge} as said from ${sql.table(name)} ${which})`
  return db.selectFrom(said.as('looked')).select(['owner', 'said'])
}

/**
 * Rows of SQLite that may hold a mark although no byte of its files does: those that may be cut, and those with the name as
 * a column. A row lies in one piece up to the length in https://sqlite.org/fileformat2.html#cell_payload_overflow_pages,
 * which is shortest in an index.
 */
async function mayHold({ db }: EraseReader, { columns, all }: TextTable, name: string | null) {
  const { rows } = await sql<{ size: number }>`select page_size as size from pragma_page_size`.execute(db)
  const whole = Math.floor(((Number(rows[0]?.size) - 12) * 64) / 255) - 23 - 10 * all.length
  const length = sql.join(
    all.map((column) => sql`coalesce(octet_length(${sql.ref(column)}), 0)`),
    sql` + `,
  )
  const named = columns.map((column) => sql`${sql.ref(column)} = ${name}`)
  return sql.join([sql`${length} > ${whole}`, ...(name === null ? [] : named)], sql` or `)
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
