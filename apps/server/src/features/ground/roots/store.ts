/** Rows of roots; the only SQL of this feature. */
import type { RootState, RootWatch } from '@cairn/api/roots'
import type { Db } from '../../../kernel/database/dialect.ts'
import { inOrder, type Page } from '../../../kernel/database/pages.ts'
import type { Scope } from '../../../kernel/scope.ts'

export type RootRow = {
  workspace: string
  id: string
  /** Absolute, links resolved. */
  path: string
  name: string
  state: RootState
  reason: string | null
  watch: RootWatch
  watch_reason: string | null
  indexed: number
  pending: number
  skipped: number
  failed: number
  ignored: number
  bytes: number
  passages: number
  scan_job: string | null
  scan_started_at: number | null
  scan_done: number | null
  scan_total: number | null
  scanned_at: number | null
  created_at: number
  updated_at: number
}
export type RootReport = Partial<Omit<RootRow, 'workspace' | 'id' | 'path' | 'name' | 'created_at' | 'updated_at'>>
type From = Pick<Scope, 'workspace' | 'db'>

const tables = (db: Db) => db.withTables<{ root: RootRow }>()
const select = ({ workspace, db }: From) => tables(db).selectFrom('root').selectAll().where('workspace', '=', workspace)

export const rootById = (from: From, id: string) => select(from).where('id', '=', id).executeTakeFirst()

export const rootsByIds = (from: From, ids: readonly string[]) => select(from).where('id', 'in', ids).execute()

/** Every root of a workspace; there are few. */
export const allRoots = (from: From) => select(from).orderBy('created_at').orderBy('id').execute()

/** The roots of all workspaces, for start-up. */
export const rootsEverywhere = (db: Db) => tables(db).selectFrom('root').select(['workspace', 'id']).execute()

/** Oldest first. */
export const rootPage = (from: From, page: Page<number>) => inOrder(select(from), 'created_at', page).execute()

/** False when the id, the path or the name is taken. */
export async function insertRoot({ db }: From, row: RootRow): Promise<boolean> {
  const done = await tables(db)
    .insertInto('root')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows) === 1
}

export async function updateRoot({ workspace, db }: From, id: string, changes: RootReport & { updated_at: number }) {
  const done = await tables(db)
    .updateTable('root')
    .set(changes)
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

export async function deleteRoot({ workspace, db }: From, id: string): Promise<boolean> {
  const done = await tables(db)
    .deleteFrom('root')
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}
