/**
 * How events are erased: data and salt go, the chain of hashes stays whole. What is left says that something happened,
 * when and who did it.
 */
import { type SqlBool, sql } from 'kysely'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { actorOf } from '../../../kernel/scopes.ts'
import { countRows, type Eraser, type Erasure, logged, speaksOf, wordOf } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 5_000

const which = (erasure: Erasure) =>
  sql<SqlBool>`data is not null and ${
    erasure.by === 'everything' || erasure.by === 'period'
      ? logged(erasure, 'time', [])
      : sql`(subject = ${wordOf(erasure)} or ${logged(erasure, 'time', ['data'])}${byPerson(erasure)})`
  }`

/** What somebody did says who they are; that they did something stays. */
const byPerson = (erasure: Erasure) =>
  erasure.by === 'person' ? sql` or actor = ${actorOf({ person: erasure.id, kind: 'person', agent: null })}` : sql``

export const eraser: Eraser = {
  count: async (from, erasure) => ({ events: await countRows(from, { table: 'event', where: which(erasure) }) }),
  async some(tx, erasure, cursor) {
    // Along the log, so that what this delete itself adds is not waited for.
    const { rows } = await sql<{ seq: number; data: string; subject: string }>`select seq, data, subject from event
      where workspace = ${tx.workspace} and seq > ${Number(cursor ?? 0)} and ${which(erasure)}
      order by seq limit ${atOnce}`.execute(tx.db)
    const seqs = rows.filter((row) => speaksOf(erasure, [row.data])).map(({ seq }) => seq)
    if (seqs.length > 0)
      await sql`update event set data = null, salt = null
        where workspace = ${tx.workspace} and seq in ${among(dialectOf(tx.db), seqs)}`.execute(tx.db)
    const last = rows.at(-1)
    return { counts: { events: seqs.length }, cursor: last && rows.length === atOnce ? String(last.seq) : null }
  },
}
