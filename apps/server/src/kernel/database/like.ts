/** Finding text inside text, the same on both databases: they fold exactly A to Z in `lower()` (PostgreSQL by collation C). */
import { type RawBuilder, type SqlBool, sql } from 'kysely'

const folded = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** Does the column hold `text`, letter case of A to Z aside? Signs with a meaning in LIKE stand for themselves. */
export function contains(column: string, text: string): RawBuilder<SqlBool> {
  const pattern = `%${folded(text.toWellFormed()).replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
}
