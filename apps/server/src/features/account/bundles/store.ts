/** Rows of bundles that wait to be fetched and of those that come in; the only SQL of this feature. */
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'

export type BundleRow = {
  workspace: string
  /** Id of its job. */
  id: string
  kind: 'export' | 'import'
  /** The file, as long as it is needed. */
  blob: string | null
  bytes: number
  /** 1 under a passphrase. */
  locked: number
  /** JSON: how far an import is. */
  state: string
  created_at: number
  expires_at: number
}
type Reader = { workspace: string; db: Db }
const tables = ({ db }: Reader) => db.withTables<{ bundle: BundleRow }>()

export const insertBundle = (to: Reader, row: Omit<BundleRow, 'workspace'>) =>
  tables(to)
    .insertInto('bundle')
    .values({ workspace: to.workspace, ...row })
    .execute()

export const bundleById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('bundle')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const updateBundle = (to: Reader, id: string, change: Partial<BundleRow>) =>
  tables(to).updateTable('bundle').set(change).where('workspace', '=', to.workspace).where('id', '=', id).execute()

/** Undefined when there was none. */
export const deleteBundle = (to: Reader, id: string) =>
  tables(to)
    .deleteFrom('bundle')
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('blob')
    .executeTakeFirst()

/** Exports that are whole, newest first. */
export function exportPage(from: Reader, page: Page<number>) {
  const exports = tables(from)
    .selectFrom('bundle')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('kind', '=', 'export')
    .where('blob', 'is not', null)
  return newestFirst(exports, 'created_at', page).execute()
}

/** Those whose time is over. */
export const over = (from: Reader, now: number) =>
  tables(from)
    .selectFrom('bundle')
    .select(['id', 'blob'])
    .where('workspace', '=', from.workspace)
    .where('expires_at', '<=', now)
    .limit(1_000)
    .execute()
