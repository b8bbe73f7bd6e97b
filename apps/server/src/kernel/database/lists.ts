/** Lists as parameters, however long they are, the same on both databases. */
import { type RawBuilder, SqliteAdapter, sql } from 'kysely'
import type { Db, DialectName } from './dialect.ts'

export const dialectOf = (db: Db): DialectName =>
  db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'

/** The values of a list as rows, one parameter however long it is: `term in ${among(dialect, terms)}`. */
export function among(dialect: DialectName, values: readonly (string | number)[]): RawBuilder<never> {
  const json = JSON.stringify(values)
  if (dialect === 'sqlite') return sql`(select value from json_each(${json}))`
  return typeof values[0] === 'number'
    ? sql`(select value::bigint from json_array_elements_text(${json}::json))`
    : sql`(select value from json_array_elements_text(${json}::json))`
}

/** A list in JSON: text, or its UTF-8, which costs no JavaScript string on its way. */
export type JsonRows = string | Uint8Array

/**
 * A table `row` with one column `value`, out of a JSON text that holds a list: thousands of rows are one parameter and
 * one statement. `value ->> 0` is the first field of a row, on both databases. SQLite reads the text once, as JSONB:
 * otherwise it would read each row's anew for every field.
 */
export function rowsOf(db: Db, json: JsonRows): RawBuilder<unknown> {
  if (dialectOf(db) === 'sqlite') return sql`jsonb_each(jsonb(cast(${json} as text))) as row`
  const text = typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.length).toString()
  return sql`json_array_elements(${text}::json) as row(value)`
}
