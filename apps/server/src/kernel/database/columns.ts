/** Column types that mean the same on both databases, for migrations. */
import { type RawBuilder, sql } from 'kysely'
import type { DialectName } from './dialect.ts'

const types = {
  sqlite: { text: sql`text`, integer: sql`integer`, real: sql`real`, blob: sql`blob` },
  // Collation C sorts by bytes of UTF-8, as SQLite does; a database's own collation would sort differently on each machine.
  postgres: { text: sql`text collate "C"`, integer: sql`bigint`, real: sql`double precision`, blob: sql`bytea` },
} as const

/**
 * `text` (ids, words, JSON), `integer` (counts, booleans as 0/1, epoch milliseconds), `real`, `blob`:
 * `const { text, integer } = columns(dialect)` and `.addColumn('id', text, (column) => column.notNull())`.
 */
export const columns = (dialect: DialectName): Record<'text' | 'integer' | 'real' | 'blob', RawBuilder<unknown>> =>
  types[dialect]

/**
 * What follows a table's closing bracket: `.modifyEnd(tableEnd(dialect))`. On SQLite types are then held (STRICT); with
 * `clustered` rows are kept in the order of the primary key, which suits narrow rows read by key range.
 */
export const tableEnd = (dialect: DialectName, shape: 'rows' | 'clustered' = 'rows'): RawBuilder<unknown> =>
  dialect === 'postgres' ? sql`` : shape === 'clustered' ? sql`strict, without rowid` : sql`strict`
