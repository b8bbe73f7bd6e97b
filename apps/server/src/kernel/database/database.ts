/** Opens the database: SQLite on one machine, PostgreSQL for a team; the same to everything above. */
import type { Apart } from './apart.ts'
import type { Db, DialectName } from './dialect.ts'
import type { Migration, MigrationReport } from './migrate.ts'
import type { PostgresSettings } from './postgres.ts'
import type { Signals } from './postgres-signals.ts'
import type { Scrub } from './scrub.ts'
import type { SqliteSettings } from './sqlite.ts'

export type DatabaseSettings = ({ dialect: 'sqlite' } & SqliteSettings) | ({ dialect: 'postgres' } & PostgresSettings)

/** The part of the log that the database uses. */
export type DatabaseLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type CheckReport = { ok: boolean; problems: string[] }

export type Database = {
  name: DialectName
  /** Committed reads. */
  db: Db
  /**
   * Runs `body` in one transaction and resolves after COMMIT. The body awaits nothing but its own `db`. What it throws
   * takes back its own writes and is thrown on. On PostgreSQL it runs again after a deadlock or a serialization failure.
   */
  transaction: <T>(body: (db: Db) => Promise<T>) => Promise<T>
  /** The same in worker threads; scopes wrap it. */
  apart: Pick<Apart, 'read' | 'write'>
  /** Between instances; null where this process is the only one. */
  signals: Signals | null
  /** Runs what is missing of the list, in one transaction. On SQLite a copy of a filled database is kept first. */
  migrate: (list: readonly Migration[]) => Promise<MigrationReport>
  /** Names of migrations that are still to be run. */
  pending: (list: readonly Migration[]) => Promise<string[]>
  /** Takes what was deleted out of the files, too, as far as they are this process's. Answers whether all of it could be. */
  scrub: (how: Scrub) => Promise<boolean>
  /** Reads the whole file (SQLite) or asks the server; never throws for what it finds. */
  check: () => Promise<CheckReport>
  close: () => Promise<void>
}

export async function openDatabase(settings: DatabaseSettings, log: DatabaseLog): Promise<Database> {
  // Only the driver that is needed is loaded.
  const database =
    settings.dialect === 'sqlite'
      ? await (await import('./sqlite-database.ts')).openSqliteDatabase(settings, log)
      : await (await import('./postgres-database.ts')).openPostgresDatabase(settings, log)
  let closing: Promise<void> | null = null
  return { ...database, close: () => (closing ??= database.close()) }
}
