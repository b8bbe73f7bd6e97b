/** How the reports of imports are erased: they name the file that was read. */
import { sql } from 'kysely'
import { between, countRows, type Eraser, type Erasure, none, takeRows, takesAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 1_000
const which = (erasure: Erasure) =>
  takesAll(erasure)
    ? { table: 'history_import', where: sql<boolean>`1 = 1` }
    : erasure.by === 'period'
      ? { table: 'history_import', where: between('started_at', erasure) }
      : null

export const eraser: Eraser = {
  async count(from, erasure) {
    const rows = which(erasure)
    return rows ? { imports: await countRows(from, rows) } : none
  },
  async some(tx, erasure) {
    const rows = which(erasure)
    const ids = rows ? await takeRows(tx, rows, atOnce) : []
    return { counts: { imports: ids.length }, cursor: ids.length < atOnce ? null : 'more' }
  },
}
