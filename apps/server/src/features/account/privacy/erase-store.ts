/** How stored answers of calls with an `Idempotency-Key` are erased; they live for a day at most anyway. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, type Erasure, logged, takeRows } from '../../../kernel/erasure.ts'
import { byAge } from '../../../kernel/retention.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 500
const which = (erasure: Erasure) => ({
  table: 'idempotency',
  where: erasure.by === 'person' ? sql<SqlBool>`person = ${erasure.id}` : logged(erasure, 'created_at', ['response']),
  key: 'key',
})

export const eraser: Eraser = {
  count: async (from, erasure) => ({ answers_kept: await countRows(from, which(erasure)) }),
  async some(tx, erasure) {
    const keys = await takeRows(tx, which(erasure), atOnce)
    return { counts: { answers_kept: keys.length }, cursor: keys.length < atOnce ? null : 'more' }
  },
}

export const rules = [byAge('answers', 1, eraser)]
