/**
 * How rules of capture are erased: with everything, and with the person whose they are. A rule that keeps an erased site
 * out stays, or it would come again.
 */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, none, nothing, takeAll, takesAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const all = sql<SqlBool>`1 = 1`

export const eraser: Eraser = {
  async count(from, erasure) {
    if (!takesAll(erasure)) return none
    const texts = await countRows(from, { table: 'capture_text', where: all })
    return { capture_rules: texts + (await countRows(from, { table: 'capture_pause', where: all })) }
  },
  async some(tx, erasure) {
    if (!takesAll(erasure)) return nothing
    const texts = await takeAll(tx, 'capture_text', 'site', 2_000)
    const pauses = await takeAll(tx, 'capture_pause', 'ref', 2_000)
    return { counts: { capture_rules: texts.length + pauses.length }, cursor: null }
  },
}
