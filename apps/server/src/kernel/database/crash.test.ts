import { expect, inject, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { startChild } from '../../../test/child.ts'
import { freshSettings, quietLog } from '../../../test/database.ts'
import type { SettingTables } from './apart.fixture.ts'
import { openDatabase } from './database.ts'

const writing = new URL('./writing.fixture.ts', import.meta.url)

test('acknowledged writes survive kill -9, eight times in a row, and no write is there by half', async () => {
  const { settings, remove } = await freshSettings()
  const prepared = await openDatabase(settings, quietLog)
  await prepared.migrate(migrations)
  await prepared.close()
  const acknowledged: number[] = []
  try {
    for (let round = 0; round < 8; round++) {
      const child = startChild(writing, [JSON.stringify(settings), String(round * 1_000_000), '16'])
      // A different moment in each round: somewhere between the first and the hundredth write.
      await child.printed(2 + ((round * 37) % 100))
      child.process.kill('SIGKILL')
      const { signal, errors } = await child.ended
      expect([signal, errors]).toEqual(['SIGKILL', ''])
      acknowledged.push(...child.lines.slice(1).map(Number))
    }
    const database = await openDatabase(settings, quietLog)
    const rows = await database.db
      .withTables<SettingTables>()
      .selectFrom('setting')
      .select(['id', 'updated_at'])
      .execute()
    expect(await database.check()).toEqual({ ok: true, problems: [] })
    await database.close()
    const halves = new Map<number, number>()
    for (const row of rows) halves.set(row.updated_at, (halves.get(row.updated_at) ?? 0) + 1)
    expect(acknowledged.length).toBeGreaterThan(150)
    expect(acknowledged.filter((number) => halves.get(number) !== 2)).toEqual([])
    expect([...halves.values()].filter((half) => half !== 2)).toEqual([])
  } finally {
    await remove()
  }
  expect(inject('dialect')).toBe(settings.dialect)
}, 120_000)
