import { sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'

/** Bytes of the PostgreSQL database, as its server counts them. */
export async function databaseBytes(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db)
  return Number(rows[0]?.bytes ?? 0)
}
