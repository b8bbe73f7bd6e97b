/** Rows of registered repositories; the only SQL of this feature. */
import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'
import type { Scope } from '../../../kernel/scope.ts'

export type RepoRow = {
  workspace: string
  id: string
  name: string
  root: string
  /** Real path of the working copy. */
  root_path: string
  /** JSON. */
  allowed_ops: string
  checks: string
  budget: string
  created_at: number
  updated_at: number
}
type From = Pick<Scope, 'workspace' | 'db'>

const tables = (db: Db) => db.withTables<{ repos: RepoRow }>()
const select = ({ workspace, db }: From) => tables(db).selectFrom('repos').where('workspace', '=', workspace)

export const repoById = (from: From, id: string) => select(from).selectAll().where('id', '=', id).executeTakeFirst()

export const reposByIds = (from: From, ids: readonly string[]) =>
  select(from).selectAll().where('id', 'in', ids).execute()

/** Newest first. */
export const repoPage = (from: From, page: Page<number>) =>
  newestFirst(select(from).selectAll(), 'created_at', page).execute()

export const countRepos = (from: From) =>
  select(from)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()

/** False when the id or the path is taken. */
export async function insertRepo({ db }: From, row: RepoRow): Promise<boolean> {
  const done = await tables(db)
    .insertInto('repos')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows) === 1
}

export async function deleteRepo({ workspace, db }: From, id: string): Promise<boolean> {
  const done = await tables(db)
    .deleteFrom('repos')
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}
