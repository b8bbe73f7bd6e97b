import type { Db } from '../../../kernel/database/dialect.ts'
import { newestFirst, type Page } from '../../../kernel/database/pages.ts'

export type UserRow = { id: string; name: string; created_at: number }
export type KeyRow = {
  id: string
  person: string
  name: string
  prefix: string
  hash: string
  scopes: string
  created_at: number
  last_used_at: number | null
  expires_at: number | null
}
export type LoginRow = {
  id: string
  person: string
  hash: string
  agent: string
  created_at: number
  last_used_at: number
  expires_at: number
}
type LinkRow = { hash: string; person: string; expires_at: number }
type Tables = { user: UserRow; api_key: KeyRow; login: LoginRow; login_link: LinkRow }

const tables = (db: Db) => db.withTables<Tables>()

export const store = {
  firstUser: (db: Db) =>
    tables(db).selectFrom('user').selectAll().orderBy('created_at').orderBy('id').executeTakeFirst(),

  user: (db: Db, id: string) => tables(db).selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst(),

  insertUser: (db: Db, row: UserRow) => tables(db).insertInto('user').values(row).execute(),

  renameUser: (db: Db, id: string, name: string) =>
    tables(db).updateTable('user').set({ name }).where('id', '=', id).execute(),

  keyByHash: (db: Db, hash: string) =>
    tables(db).selectFrom('api_key').selectAll().where('hash', '=', hash).executeTakeFirst(),

  key: (db: Db, person: string, id: string) =>
    tables(db).selectFrom('api_key').selectAll().where('person', '=', person).where('id', '=', id).executeTakeFirst(),

  keys: (db: Db, person: string, page: Page<number>): Promise<KeyRow[]> =>
    newestFirst(
      tables(db).selectFrom('api_key').selectAll().where('person', '=', person),
      'created_at',
      page,
    ).execute(),

  insertKey: (db: Db, row: KeyRow) => tables(db).insertInto('api_key').values(row).execute(),

  replaceSecret: (db: Db, id: string, hash: string, prefix: string) =>
    tables(db).updateTable('api_key').set({ hash, prefix }).where('id', '=', id).execute(),

  removeKey: async (db: Db, person: string, id: string) =>
    count(await tables(db).deleteFrom('api_key').where('person', '=', person).where('id', '=', id).executeTakeFirst()),

  touchKey: (db: Db, id: string, now: number) =>
    tables(db).updateTable('api_key').set({ last_used_at: now }).where('id', '=', id).execute(),

  insertLink: (db: Db, row: LinkRow) => tables(db).insertInto('login_link').values(row).execute(),

  /** Takes a link away as it is read, so that it works once. */
  takeLink: (db: Db, hash: string) =>
    tables(db).deleteFrom('login_link').where('hash', '=', hash).returningAll().executeTakeFirst(),

  dropLinks: (db: Db, now: number) => tables(db).deleteFrom('login_link').where('expires_at', '<', now).execute(),

  insertLogin: (db: Db, row: LoginRow) => tables(db).insertInto('login').values(row).execute(),

  loginByHash: (db: Db, hash: string) =>
    tables(db).selectFrom('login').selectAll().where('hash', '=', hash).executeTakeFirst(),

  logins: (db: Db, person: string, now: number) =>
    tables(db)
      .selectFrom('login')
      .selectAll()
      .where('person', '=', person)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .limit(200)
      .execute(),

  touchLogin: (db: Db, id: string, now: number, expires: number) =>
    tables(db).updateTable('login').set({ last_used_at: now, expires_at: expires }).where('id', '=', id).execute(),

  async removeLogin(db: Db, person: string, id: string) {
    return count(
      await tables(db).deleteFrom('login').where('person', '=', person).where('id', '=', id).executeTakeFirst(),
    )
  },

  async removeOtherLogins(db: Db, person: string, keep: string) {
    const removed = await tables(db)
      .deleteFrom('login')
      .where('person', '=', person)
      .where('id', '!=', keep)
      .executeTakeFirst()
    return count(removed)
  },
}

const count = (result: { numDeletedRows: bigint } | undefined) => Number(result?.numDeletedRows ?? 0n)
