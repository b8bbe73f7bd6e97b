/** Many rows for tests that need no more than that there are many. */
import { DatabaseSync } from 'node:sqlite'

/** Puts copies of a row beside it, in a file of SQLite that nobody has open: ids are new, columns in `changed` as SQL says. */
export function multiply(
  file: string,
  { table, id, copies, changed = {} }: { table: string; id: string; copies: number; changed?: Record<string, string> },
): void {
  const db = new DatabaseSync(file)
  try {
    const names = db.prepare('select name from pragma_table_info(?)').all(table)
    const columns = names.map(({ name }) => String(name))
    const sources: Record<string, string> = { id: "printf('018b0000-0000-7000-8000-%012x', number.value)", ...changed }
    const made = columns.map((name) => sources[name] ?? `source.${name}`)
    db.prepare(
      `with recursive number(value) as (select 1 union all select value + 1 from number where value < ?)
      insert into ${table} (${columns.join()}) select ${made.join()} from ${table} as source cross join number
      where source.id = ?`,
    ).run(copies, id)
  } finally {
    db.close()
  }
}
