import { type RawBuilder, sql } from 'kysely'
import type { Change } from '../zones.ts'

/** The day (counted from 1970) that a column of epoch milliseconds falls on, by clocks that change: see `changesIn`. */
export function dayOf(column: string, [first, ...changes]: readonly Change[]): RawBuilder<number> {
  const ahead = changes.reduce(
    (before, { from, offset }) =>
      sql`case when ${sql.ref(column)} >= ${from} then ${number(offset)} else ${before} end`,
    number(first?.offset ?? 0),
  )
  return sql<number>`(${sql.ref(column)} + ${ahead}) / 86400000`
}

const number = (value: number) => sql`cast(${value} as bigint)`
