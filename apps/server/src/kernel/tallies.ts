/**
 * How many rows of a kind there are, in all and over time, without counting them: the database keeps it by quarter of an
 * hour in the transaction of whatever writes (triggers, migration 0018).
 */
import { sql } from 'kysely'
import type { Db } from './database/dialect.ts'
import { rowsOf } from './database/lists.ts'

type Tallied = { kind: string; quarter: number; amount: number }
type Reader = { workspace: string; db: Db }

/** Milliseconds that one row of a tally stands for. */
const quarter = 900_000

const tallies = ({ workspace, db }: Reader) =>
  db.withTables<{ tally: Tallied & { workspace: string } }>().selectFrom('tally').where('workspace', '=', workspace)

/** Rows of a kind in all. */
export async function tallied(from: Reader, kind: string): Promise<number> {
  const { amount } = await tallies(from)
    .select(sql<number>`cast(coalesce(sum(amount), 0) as bigint)`.as('amount'))
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow()
  return Number(amount)
}

/** Rows of a kind in each of these stretches of time, from (inclusive) to. A quarter belongs to the stretch it begins in. */
export async function talliedIn(
  from: Reader,
  kind: string,
  stretches: readonly { from: number; to: number }[],
): Promise<number[]> {
  const ends = stretches.map((one, at) => [at, Math.ceil(one.from / quarter), Math.ceil(one.to / quarter)])
  const { rows } = await sql<{ amount: number }>`
    select (
      select cast(coalesce(sum(amount), 0) as bigint) from tally
      where workspace = ${from.workspace} and kind = ${kind}
        and quarter >= cast(value ->> 1 as bigint) and quarter < cast(value ->> 2 as bigint)
    ) as amount from ${rowsOf(from.db, JSON.stringify(ends))} order by cast(value ->> 0 as bigint)`.execute(from.db)
  return rows.map(({ amount }) => Number(amount))
}
