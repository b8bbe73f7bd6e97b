/** How registered repositories are erased: with everything. The working copies are the person's and stay. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, none, nothing, takeAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

export const eraser: Eraser = {
  async count(from, erasure) {
    if (erasure.by !== 'everything') return none
    return { repos: await countRows(from, { table: 'repos', where: sql<SqlBool>`1 = 1` }) }
  },
  async some(tx, erasure) {
    if (erasure.by !== 'everything') return nothing
    const ids = await takeAll(tx, 'repos', 'id')
    for (const id of ids) tx.event({ type: 'repo.removed', subject: id })
    return { counts: { repos: ids.length }, gone: [{ kind: 'repo', ids }], cursor: null }
  },
}
