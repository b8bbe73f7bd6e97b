/**
 * How many rows of a kind there are, in all and over time, without counting them: the database keeps it by quarter of an
 * hour in the transaction of whatever writes (triggers, migration 0018).
 */
import { sql } from 'kysely'
import type { Db } from './database/dialect.ts'

export type Tallied = { kind: string; quarter: number; amount: number }
type Reader = { workspace: string; db: Db }

/** Milliseconds that one row of a tally stands for. */
export const quarter = 900_000

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

/** Rows of a kind by quarter of an hour, from one (inclusive) to another; quarters without any are left out. */
export const talliedBetween = (from: Reader, kind: string, first: number, end: number): Promise<Tallied[]> =>
  tallies(from)
    .select(['kind', 'quarter', 'amount'])
    .where('kind', '=', kind)
    .where('quarter', '>=', first)
    .where('quarter', '<', end)
    .orderBy('quarter')
    .execute()
