/** How what is known of files is erased. Of other scopes than everything, files are not: they lie on the disk and come again. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, none, nothing, takeAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 200

export const eraser: Eraser = {
  async count(from, erasure) {
    if (erasure.by !== 'everything') return none
    return { files: await countRows(from, { table: 'file_index', where: sql<SqlBool>`1 = 1` }) }
  },
  async some(tx, erasure) {
    if (erasure.by !== 'everything') return nothing
    const ids = await takeAll(tx, 'file_index', 'id', atOnce)
    return { counts: { files: ids.length }, gone: [{ kind: 'file', ids }], cursor: ids.length < atOnce ? null : 'more' }
  },
}
