/** Migrations: one ordered list for both databases, forward only, recorded in `_migrations`. */
import { fail } from '@cairn/api/errors'
import { type CompiledQuery, type DatabaseConnection, type Kysely, sql } from 'kysely'
import { sha256 } from '../ids.ts'
import type { Db, DialectName } from './dialect.ts'
import { dbOver } from './over.ts'

// The schema of the moment a migration was written is no type of today.
// oxlint-disable-next-line typescript/no-explicit-any
export type MigrationDb = Kysely<any>
export type Migration = {
  /** `0001-kernel`: sorts in the order of the list. */
  name: string
  /** Builds or changes tables. Reads no clock, no file, no code that may change later. */
  up(db: MigrationDb, dialect: DialectName): Promise<void>
}
export type MigrationReport = { applied: string[]; present: number }

type Row = { name: string; checksum: string; applied_at: number }
type Tables = { _migrations: Row }
/** Runs a body in a transaction that no other process's migration overlaps. */
type Exclusive = <T>(body: (db: Db) => Promise<T>) => Promise<T>

/**
 * Brings the database to the end of `list`, all of it in one transaction: a failure leaves the database as it was, so that
 * the version before still runs on it. Re-entrant: what is recorded is not run again. Refuses a database that holds a
 * migration unknown here (DATABASE_NEWER) and a recorded one whose statements are others now (DATABASE_CHANGED).
 */
export async function migrate(
  name: DialectName,
  list: readonly Migration[],
  exclusive: Exclusive,
  now: () => number,
): Promise<MigrationReport> {
  assertOrdered(list)
  const checksums = new Map<string, string>()
  for (const migration of list) checksums.set(migration.name, await checksum(migration, name))
  return exclusive(async (db) => {
    const held = await recorded(db, name, checksums)
    const applied: string[] = []
    for (const migration of list) {
      if (held.has(migration.name)) continue
      await migration.up(db as never, name)
      const row = { name: migration.name, checksum: checksums.get(migration.name) as string, applied_at: now() }
      await db.withTables<Tables>().insertInto('_migrations').values(row).execute()
      applied.push(migration.name)
    }
    return { applied, present: held.size }
  })
}

/** Names of the list that the database does not hold yet. Changes nothing. */
export async function pending(name: DialectName, list: readonly Migration[], db: Db): Promise<string[]> {
  const known =
    name === 'postgres'
      ? await sql`select 1 where to_regclass('_migrations') is not null`.execute(db)
      : await sql`select 1 from sqlite_schema where name = '_migrations'`.execute(db)
  if (known.rows.length === 0) return list.map((migration) => migration.name)
  const rows = await db.withTables<Tables>().selectFrom('_migrations').select('name').execute()
  const held = new Set(rows.map((row) => row.name))
  return list.filter((migration) => !held.has(migration.name)).map((migration) => migration.name)
}

/** Names of the migrations that have run here, each known to `checksums` and unchanged. */
async function recorded(db: Db, name: DialectName, checksums: Map<string, string>): Promise<Set<string>> {
  const integer = name === 'postgres' ? sql`bigint` : sql`integer`
  await db.schema
    .createTable('_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('checksum', 'text', (column) => column.notNull())
    .addColumn('applied_at', integer, (column) => column.notNull())
    .execute()
  const rows = await db.withTables<Tables>().selectFrom('_migrations').selectAll().orderBy('name').execute()
  for (const row of rows) {
    const known = checksums.get(row.name)
    if (known === undefined) throw fail('DATABASE_NEWER', { migration: row.name })
    if (known !== row.checksum) throw fail('DATABASE_CHANGED', { migration: row.name })
  }
  return new Set(rows.map((row) => row.name))
}

function assertOrdered(list: readonly Migration[]) {
  list.forEach((migration, at) => {
    const before = list[at - 1]
    if (before && before.name >= migration.name)
      throw new Error(`Migrations are out of order: ${before.name}, ${migration.name}.`)
  })
}

/** SHA-256 of the statements that a migration would run on an empty database: formatting and comments do not count. */
async function checksum(migration: Migration, name: DialectName): Promise<string> {
  const statements: string[] = []
  const note: DatabaseConnection = {
    async executeQuery(query: CompiledQuery) {
      statements.push(query.parameters.length > 0 ? `${query.sql} ${JSON.stringify(query.parameters)}` : query.sql)
      return { rows: [] }
    },
    streamQuery() {
      throw new Error('A migration reads in pages.')
    },
  }
  await migration.up(dbOver(name, { provideConnection: (consumer) => consumer(note) }) as never, name)
  return sha256(statements.join('\n'))
}
