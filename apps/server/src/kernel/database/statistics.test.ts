import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { quietLog } from '../../../test/database.ts'
import { openDatabase } from './database.ts'

test.runIf(inject('dialect') === 'sqlite')(
  'statistics are gathered while the database is open, once it has grown',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-statistics-'))
    const database = await openDatabase({ dialect: 'sqlite', file: join(folder, 'cairn.db'), look: 20 }, quietLog)
    onTestFinished(async () => {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    })
    await database.migrate(migrations)
    const rows = async () => {
      const { rows: found } = await sql<{ stat: string }>`select stat from sqlite_stat1 where tbl = 'setting'`
        .execute(database.db)
        .catch(() => ({ rows: [] }))
      return Number(found[0]?.stat.split(' ')[0] ?? 0)
    }
    const put = (from: number, number: number) =>
      database.transaction(async (db) => {
        const values = JSON.stringify(Array.from({ length: number }, (_, at) => from + at))
        await sql`insert into setting (workspace, id, value, updated_at)
          select 'w', value, printf('%2000d', value), 0 from json_each(${values})`.execute(db)
      })
    await put(1, 1_000)
    await expect.poll(rows, { timeout: 20_000 }).toBe(1_000)
    await put(1_001, 20_000)
    await expect.poll(rows, { timeout: 20_000 }).toBeGreaterThan(15_000)
  },
)
