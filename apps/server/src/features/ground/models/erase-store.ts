/** How the log of calls of models is erased. Providers and routes are settings and stay. */
import { sql } from 'kysely'
import { between, countRows, type Eraser, type Erasure, none, takeRows } from '../../../kernel/erasure.ts'
import { byAge } from '../../../kernel/retention.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 1_000
const which = (erasure: Erasure) =>
  erasure.by === 'everything'
    ? { table: 'llm_usage_log', where: sql<boolean>`1 = 1` }
    : erasure.by === 'period'
      ? { table: 'llm_usage_log', where: between('created_at', erasure) }
      : erasure.by === 'person'
        ? { table: 'llm_usage_log', where: sql<boolean>`person = ${erasure.id}` }
        : null

export const eraser: Eraser = {
  async count(from, erasure) {
    const rows = which(erasure)
    return rows ? { model_calls: await countRows(from, rows) } : none
  },
  async some(tx, erasure) {
    const rows = which(erasure)
    const ids = rows ? await takeRows(tx, rows, atOnce) : []
    return { counts: { model_calls: ids.length }, cursor: ids.length < atOnce ? null : 'more' }
  },
}

export const rules = [byAge('model_calls', 365, eraser)]
