/**
 * How long events are kept. They go by whole stretches up to a checkpoint, which then stands for them, so that the chain
 * can still be verified; each night sets one.
 */
import { type SqlBool, sql } from 'kysely'
import { countRows, type EraseReader } from '../../../kernel/erasure.ts'
import { checkpoint, prune } from '../../../kernel/events/retain.ts'
import type { Rule } from '../../../kernel/retention.ts'

export const retainModule = new URL(import.meta.url)

/** The last checkpoint before a time; 0 when there is none. */
async function lastBefore({ db, workspace }: EraseReader, time: number): Promise<number> {
  const { rows } = await sql<{ seq: number | null }>`select max(seq) as seq from event_checkpoint
    where workspace = ${workspace} and time < ${time}`.execute(db)
  return Number(rows[0]?.seq ?? 0)
}

export const rules: readonly Rule[] = [
  {
    rule: 'events',
    usual: 365,
    async count(from, { before }) {
      const where = sql<SqlBool>`seq <= ${await lastBefore(from, before)}`
      return { events: await countRows(from, { table: 'event', where }) }
    },
    async some(tx, { before }) {
      const last = await lastBefore(tx, before)
      const events = last > 0 ? await prune(tx, last) : 0
      await checkpoint(tx)
      return { counts: { events }, cursor: null }
    },
  },
]
