/** How bundles are erased. Any export may hold what is erased and can be made again, so all of them go. */
import { type SqlBool, sql } from 'kysely'
import { countRows, type Eraser, type EraseReader, type Erasure } from '../../../kernel/erasure.ts'
import { type BundleRow, deleteBundle } from './store.ts'

export const eraseModule = new URL(import.meta.url)

const atOnce = 100

/** What comes in goes with everything only: it is read, and then let go of, by its own job. */
const kinds = ({ by }: Erasure): BundleRow['kind'][] => (by === 'everything' ? ['export', 'import'] : ['export'])

const some = (from: EraseReader, erasure: Erasure) =>
  from.db
    .withTables<{ bundle: BundleRow }>()
    .selectFrom('bundle')
    .select(['id', 'blob', 'kind'])
    .where('workspace', '=', from.workspace)
    .where('kind', 'in', kinds(erasure))
    .limit(atOnce)
    .execute()

export const eraser: Eraser = {
  async count(from, erasure) {
    const where = sql<SqlBool>`kind in (${sql.join(kinds(erasure))})`
    return { bundles: await countRows(from, { table: 'bundle', where }) }
  },
  async some(tx, erasure) {
    const rows = await some(tx, erasure)
    for (const { id, kind } of rows) {
      await deleteBundle(tx, id)
      if (kind === 'export') tx.event({ type: 'bundle.removed', subject: id })
    }
    const blobs = rows.flatMap(({ blob }) => blob ?? [])
    return { counts: { bundles: rows.length }, blobs, cursor: rows.length < atOnce ? null : 'more' }
  },
}
