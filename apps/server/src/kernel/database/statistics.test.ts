import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { freshSettings, quietLog } from '../../../test/database.ts'
import { migrations } from '../../../migrations/index.ts'
import { plansOf } from '../../../test/plans.ts'
import { type Database, openDatabase } from './database.ts'
import { openSqliteConnection } from './sqlite-connection.ts'

const sqlite = inject('dialect') === 'sqlite'

const told = async ({ db }: Database) =>
  (
    await sql<{ tbl: string; idx: string | null; stat: string }>`select * from sqlite_stat1 order by tbl, idx`.execute(
      db,
    )
  ).rows

async function opened() {
  const { settings, remove } = await freshSettings()
  const open = async () => {
    const database = await openDatabase(settings, quietLog)
    await database.migrate(migrations)
    return database
  }
  return { open, remove, file: (settings as { file: string }).file }
}

test.runIf(sqlite)('the planner is told the same of every database, whatever was gathered there before', async () => {
  const { open, remove, file } = await opened()
  const first = await open()
  const written = await told(first)
  expect(written).toContainEqual({ tbl: 'documents', idx: 'documents_fetched', stat: '1000000 1000000 10 noskipscan' })
  expect(written).toContainEqual({ tbl: 'documents', idx: 'documents_address', stat: '1000000 1000000 1 noskipscan' })
  await first.close()
  // Small tables are what a database that was closed on its first day knew.
  const other = openSqliteConnection(file)
  other.raw.exec('delete from sqlite_stat1; analyze')
  other.close()
  const again = await open()
  expect(await told(again)).toEqual(written)
  await again.close()
  const third = await open()
  expect(await told(third)).toEqual(written)
  await third.close()
  await remove()
})

test.runIf(sqlite)('connections that were open when it was told go by it', async () => {
  const { open, remove } = await opened()
  const database = await open()
  const ask = `select id from documents where workspace = 'w' and fetch_key = 'x' order by id`
  const [read] = await plansOf(database, (db) => sql.raw(ask).execute(db))
  expect(read?.plan).toContain('documents_fetched (workspace=? AND fetch_key=?)')
  const written = await database.transaction((db) =>
    sql.raw<{ detail: string }>(`explain query plan ${ask}`).execute(db),
  )
  expect(written.rows[0]?.detail).toContain('documents_fetched (workspace=? AND fetch_key=?)')
  await database.close()
  await remove()
})
