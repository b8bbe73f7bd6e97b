/**
 * What SQLite's planner is told of the tables. It is written, not gathered: whoever gathers has the numbers of yesterday,
 * or of a database that was empty, and a query that was fast is slow one day. Every table is said to be large, the first
 * column of its indexes, the workspace, to tell nothing (nor is it ever skipped), and each column after it to lead to a few
 * rows. Format of `sqlite_stat1`: https://sqlite.org/fileformat2.html#the_sqlite_stat1_table
 */
import type { SqliteConnection } from './sqlite-connection.ts'

/** Rows that every table is said to have, and an index of some of them. */
const rows = 1_000_000
const some = rows / 2
/** Rows that two, three, … columns of an index lead to; those that follow lead to as many as the last. */
const few = [10, 9, 8, 7, 6, 5]

/** Writes the statistics where they are others or none. Connections that are open take them over with their next statement. */
export function writeStatistics(connection: SqliteConnection): void {
  connection.raw.exec('ANALYZE sqlite_schema')
  const wanted = statisticsOf(connection)
  const stored = connection.all('select tbl, idx, stat from sqlite_stat1') as Statistic[]
  const line = ({ tbl, idx, stat }: Statistic) => `${tbl} ${idx} ${stat}`
  const [present, next] = [stored, wanted].map((all) => all.map(line).toSorted().join('\n'))
  if (present === next) return
  connection.command('BEGIN IMMEDIATE')
  try {
    connection.command('delete from sqlite_stat1')
    for (const { tbl, idx, stat } of wanted)
      connection.all('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)', tbl, idx, stat)
    // A change of the schema is what makes other connections read anew; a view takes no page.
    connection.raw.exec('create view statistics_changed as select 1; drop view statistics_changed')
    connection.command('COMMIT')
  } catch (error) {
    if (connection.raw.isTransaction) connection.command('ROLLBACK')
    throw error
  }
  connection.raw.exec('ANALYZE sqlite_schema')
}

/** A column of an index, or a table that has none: then all but its name is null. */
type Column = { tbl: string; idx: string | null; only: number | null; partial: number | null; name: string | null }
type Statistic = { tbl: string; idx: string | null; stat: string }

function statisticsOf(connection: SqliteConnection): Statistic[] {
  const columns = connection.all(`
    select t.name as tbl, i.name as idx, i."unique" as only, i.partial, c.name as name
    from pragma_table_list t left join pragma_index_list(t.name) i left join pragma_index_info(i.name) c
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'
    order by t.name, i.seq, c.seqno`) as Column[]
  const indexes = Map.groupBy(columns, ({ tbl, idx }) => `${tbl} ${idx}`)
  return [...indexes.values()].map((of) => {
    const { tbl, idx, only, partial } = of[0] as Column
    if (idx === null) return { tbl, idx, stat: String(rows) }
    const held = partial === 1 ? some : rows
    const shared = of[0]?.name === 'workspace' ? 1 : 0
    const found = of.map((_, at) => (at < shared ? held : (few[at - shared] ?? few.at(-1))))
    if (only === 1) found[found.length - 1] = 1
    return { tbl, idx, stat: [held, ...found, 'noskipscan'].join(' ') }
  })
}
