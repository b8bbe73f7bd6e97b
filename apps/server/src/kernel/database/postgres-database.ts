/** PostgreSQL behind the face that everything above sees: pool, worker threads, migrations, signals between instances. */
import { sql } from 'kysely'
import { systemClock } from '../clock.ts'
import { makeApart } from './apart.ts'
import type { Database, DatabaseLog } from './database.ts'
import type { Db } from './dialect.ts'
import { migrate, pending } from './migrate.ts'
import { clientConfig, openPostgres, type PostgresSettings } from './postgres.ts'
import { makeSignals } from './postgres-signals.ts'
import { scrubPostgres } from './scrub.ts'

/** Number of the advisory lock that migrations of all instances share: the letters "cairn". */
const migrationLock = 0x636169726e
/** What a migration of a large database may take, in milliseconds. */
const hours = 6 * 3_600_000

export async function openPostgresDatabase(
  settings: { dialect: 'postgres' } & PostgresSettings,
  log: DatabaseLog,
): Promise<Database> {
  const postgres = openPostgres(settings, (error) => log.warn({ err: error }, 'A database connection was lost'))
  await postgres
    .transaction(async () => {})
    .catch(async (error: unknown) => {
      await postgres.close()
      throw error
    })
  const apart = makeApart(settings)
  /** Instances that start together take turns, however long the one before takes. */
  const inTurn = <T>(body: (db: Db) => Promise<T>) =>
    postgres.transaction(
      async (db) => {
        await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)`.execute(db)
        await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(db)
        return body(db)
      },
      { limit: hours },
    )
  return {
    name: 'postgres',
    db: postgres.db,
    transaction: (body) => postgres.transaction(body),
    signals: makeSignals(settings, postgres.pool, log),
    apart: { read: apart.read, write: apart.write },
    migrate: (list) => migrate('postgres', list, inTurn, () => systemClock.now()),
    pending: (list) => pending('postgres', list, postgres.db),
    // It takes what it takes.
    scrub: () => scrubPostgres(postgres.db, { ...clientConfig(settings), statement_timeout: 0 }),
    async check() {
      await sql`select 1`.execute(postgres.db)
      return { ok: true, problems: [] }
    },
    async close() {
      await apart.close()
      await postgres.close()
    },
  }
}
