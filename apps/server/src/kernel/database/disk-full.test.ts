import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { quietLog } from '../../../test/database.ts'
import { smallDisk } from '../../../test/small-disk.ts'
import type { SettingTables } from './apart.fixture.ts'
import { type Database, openDatabase } from './database.ts'
import { lockFolder } from './folder-lock.ts'

const put = (database: Database, number: number, size: number) =>
  database.transaction(async (db) => {
    for (const half of ['a', 'b']) {
      const row = { workspace: 'w', id: `${number}${half}`, value: 'x'.repeat(size), updated_at: number }
      await db.withTables<SettingTables>().insertInto('setting').values(row).execute()
    }
  })

describe.runIf(inject('dialect') === 'sqlite')('a full disk', () => {
  test('refuses what does not fit, keeps what was acknowledged, and goes on when there is room again', async (context) => {
    const folder = await smallDisk(24)
    if (!folder) {
      context.skip('no file system can be mounted here: run as root to try a full disk')
      return
    }
    const ballast = join(folder, 'ballast')
    await writeFile(ballast, new Uint8Array(18_000_000))
    const file = join(folder, 'cairn.db')
    const database = await openDatabase({ dialect: 'sqlite', file }, quietLog)
    await database.migrate(migrations)

    const results = await Promise.allSettled(Array.from({ length: 400 }, (_, at) => put(database, at, 20_000)))
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code: string }).code] : [],
    )
    const kept = results.flatMap((result, at) => (result.status === 'fulfilled' ? [at] : []))
    expect(new Set(refused)).toEqual(new Set(['DISK_FULL']))
    expect(kept.length).toBeGreaterThan(0)

    const stored = async (from: Database) => {
      const rows = await from.db
        .withTables<SettingTables>()
        .selectFrom('setting')
        .select(['updated_at'])
        .orderBy('updated_at')
        .execute()
      return rows.map((row) => row.updated_at)
    }
    expect(await stored(database)).toEqual(kept.flatMap((number) => [number, number]))
    await expect(database.apart.write(bulk(8_000_000))).rejects.toMatchObject({ code: 'DISK_FULL' })

    await rm(ballast)
    await put(database, 1_000, 20_000)
    await database.apart.write(bulk(200_000))
    expect(await stored(database)).toEqual([...kept.flatMap((number) => [number, number]), 1_000, 1_000, 5_000])
    await database.close()
    const again = await openDatabase({ dialect: 'sqlite', file }, quietLog)
    expect(await again.check()).toEqual({ ok: true, problems: [] })
    expect((await stored(again)).length).toBe(kept.length * 2 + 3)
    await again.close()
  })

  test('at the end is no reason to end otherwise', async (context) => {
    const folder = await smallDisk(12)
    if (!folder) {
      context.skip('no file system can be mounted here: run as root to try a full disk')
      return
    }
    const file = join(folder, 'cairn.db')
    const database = await openDatabase({ dialect: 'sqlite', file }, quietLog)
    await database.migrate(migrations)
    for (let at = 0; at < 100; at += 1) await put(database, at, 20_000)
    const other = await lockFolder(join(folder, 'other.db'))
    const ballast = join(folder, 'ballast')
    await expect(writeFile(ballast, new Uint8Array(12_000_000))).rejects.toThrow('ENOSPC')
    await other.release(true)
    await database.close()

    await rm(ballast)
    const again = await openDatabase({ dialect: 'sqlite', file }, quietLog)
    const rows = await again.db.withTables<SettingTables>().selectFrom('setting').select('id').execute()
    expect(rows.length).toBe(200)
    expect(await again.check()).toEqual({ ok: true, problems: [] })
    await again.close()
  })

  test('met in the middle of a body takes back that group and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-full-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const database = await openDatabase({ dialect: 'sqlite', file: join(folder, 'cairn.db') }, quietLog)
    onTestFinished(() => database.close())
    await database.migrate(migrations)
    await put(database, 1, 1_000)
    await database.transaction((db) => sql`pragma max_page_count = 300`.execute(db))
    const results = await Promise.allSettled([
      put(database, 2, 1_000),
      put(database, 3, 2_000_000),
      put(database, 4, 1_000),
    ])
    const codes = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'kept',
    )
    expect(codes[1]).toBe('DISK_FULL')
    const rows = await database.db
      .withTables<SettingTables>()
      .selectFrom('setting')
      .select('updated_at')
      .distinct()
      .orderBy('updated_at')
      .execute()
    const kept = [2, 4].filter((number) => codes[number - 2] === 'kept')
    expect(rows.map((row) => row.updated_at)).toEqual([1, ...kept])
  })
})

const bulk = (size: number) => ({
  module: new URL('./apart.fixture.ts', import.meta.url),
  name: 'putLarge',
  argument: size,
  workspace: 'w',
  principal: { kind: 'system' as const, person: '', agent: null, credential: null, scopes: [] },
  actor: 'system',
  job: null,
  now: 5_000,
  asked: { begin: async () => {}, enqueue: async () => ({ id: '', events: [] }), reindex: async () => [] },
})
