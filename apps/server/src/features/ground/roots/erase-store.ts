/** How roots are erased: Cairn no longer reads the folders. The files in them are the person's and stay. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, none, nothing, takeAll } from '../../../kernel/erasure.ts'

export const eraseModule = new URL(import.meta.url)

export const eraser: Eraser = {
  async count(from, erasure) {
    if (erasure.by !== 'everything') return none
    return { roots: await countRows(from, { table: 'root', where: sql<SqlBool>`1 = 1` }) }
  },
  async some(tx, erasure) {
    if (erasure.by !== 'everything') return nothing
    const ids = await takeAll(tx, 'root', 'id')
    for (const id of ids) {
      // They stop whoever follows the folder, before its rows go.
      await tx.enqueue({ type: 'files.forget', input: { root: id }, concurrency: `files:${id}` })
      await tx.enqueue({ type: 'git.forget', input: { root: id } })
      tx.event({ type: 'root.removed', subject: id })
    }
    return { counts: { roots: ids.length }, cursor: null }
  },
  async marks({ db, workspace }, erasure) {
    if (erasure.by !== 'everything') return []
    const { rows } = await sql<{ path: string }>`select path from root where workspace = ${workspace} limit 5`.execute(
      db,
    )
    return rows.map(({ path }) => path).filter((path) => path.length >= 12)
  },
}
