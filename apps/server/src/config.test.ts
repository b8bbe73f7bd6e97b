import { expect, test } from 'vitest'
import { startCairn } from '../test/harness.ts'
import { ConfigError, readConfig } from './config.ts'
import type { JobTables } from './kernel/jobs/rows.ts'

test('the time zone is that of the machine unless another is set, and one that there is', () => {
  expect(readConfig({}).timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
  expect(readConfig({ CAIRN_TIME_ZONE: 'Asia/Tokyo' }).timeZone).toBe('Asia/Tokyo')
  expect(() => readConfig({ CAIRN_TIME_ZONE: 'Mars/Olympus' })).toThrow(ConfigError)
})

test('housekeeping goes by the time zone that is set, and words of whoever names none', async () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const cairn = await startCairn({
    environment: { CAIRN_TIME_ZONE: 'Asia/Tokyo' },
    core: { clock: { now: () => now, monotonic: () => performance.now() } },
  })
  try {
    const rows = await cairn.core.kernel.database.db
      .withTables<JobTables>()
      .selectFrom('job_schedule')
      .select(['cron', 'time_zone', 'next_at'])
      .execute()
    expect([...new Set(rows.map(({ time_zone }) => time_zone))]).toEqual(['Asia/Tokyo'])
    const nightly = rows.filter(({ cron }) => cron === '17 3 * * *')
    expect(nightly.map(({ next_at }) => new Date(next_at).toISOString())).toContain('2026-11-21T18:17:00.000Z')
    expect(await cairn.api.tasks.date({ text: 'tomorrow' })).toMatchObject({ due_at: '2026-11-22T14:59:00.000Z' })
  } finally {
    await cairn.stop()
  }
})
