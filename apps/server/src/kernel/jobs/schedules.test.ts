import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/until.ts'
import { testDatabase } from '../../../test/database.ts'
import { job } from './definition.ts'
import { gate, heldClock, type Work, work, workOver } from './jobs.fixture.ts'
import type { JobTables } from './rows.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const noon = Date.parse('2026-11-21T12:00:00Z')

const hourly = (run: () => Promise<unknown> = async () => null, cron = '0 * * * *') =>
  job({ type: 'test.hourly', input: Type.Object({ n: Type.Integer() }), schedule: { cron, input: { n: 7 } }, run })

const probe = job({ type: 'test.probe', input: Type.Object({}), run: async () => null })

const made = async ({ rows }: Work) => (await rows()).map((row) => `${row.workspace} ${row.status}`)
/** When the schedule of workspace w ticks next. */
const nextAt = async ({ database }: Work): Promise<number> => {
  const schedules = database.db.withTables<JobTables>().selectFrom('job_schedule').selectAll()
  return (await schedules.where('workspace', '=', 'w').executeTakeFirstOrThrow()).next_at
}
/** Resolves once the scheduler has looked at the clock again. */
const looked = async (done: Work) => {
  const other = await done.enqueue({ type: 'test.probe', input: {} }, 'probe')
  await until(async () => (await done.rows()).find((row) => row.id === other)?.status === 'succeeded')
}

describe('a schedule', () => {
  test('makes one job for each workspace when its time has come, with its input and the rights of the system', async () => {
    const { clock, set } = heldClock(noon + 1)
    const done = await work([hourly()], { clock, workspaces: async () => ['w', 'v'] })
    set(noon + hour - 1)
    expect(await made(done)).toEqual([])
    set(noon + hour)
    await until(async () => (await made(done)).length === 2)
    await until(async () => (await made(done)).every((each) => each.endsWith('succeeded')))
    const rows = await done.rows()
    expect(rows.map((row) => row.workspace).sort()).toEqual(['v', 'w'])
    expect(rows[0]).toMatchObject({ type: 'test.hourly', input: '{"n":7}', created_at: noon + hour })
    expect(JSON.parse(rows[0]?.principal as string)).toMatchObject({ kind: 'system', person: 'system' })
  })

  test('follows the clocks of its time zone over both changes of summer time, and ticks once a night', async () => {
    // Berlin: back at 3:00 on 25 October 2026, forward at 2:00 on 28 March 2027.
    for (const [from, ...ticks] of [
      ['2026-10-24T12:00Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
      ['2027-03-26T12:00Z', '2027-03-27T01:30Z', '2027-03-28T01:00Z', '2027-03-29T00:30Z'],
    ] as string[][]) {
      const { clock, set } = heldClock(Date.parse(from as string))
      const done = await work([hourly(undefined, '30 2 * * *')], { clock, timeZone: 'Europe/Berlin' })
      for (const [at, tick] of ticks.entries()) {
        expect(new Date(await nextAt(done)).toISOString()).toBe(new Date(tick).toISOString())
        set(Date.parse(tick))
        await until(async () => (await nextAt(done)) > clock.now())
        await until(async () => (await made(done)).filter((each) => each === 'w succeeded').length === at + 1)
      }
      await done.jobs.stop()
    }
  })

  test('goes on every hour while clocks show an hour twice or leave one out', async () => {
    for (const from of ['2026-10-24T22:30Z', '2027-03-27T22:30Z']) {
      const { clock, set } = heldClock(Date.parse(from))
      const done = await work([hourly()], { clock, timeZone: 'Europe/Berlin' })
      const first = Date.parse(from) + 30 * minute
      for (let at = 0; at < 5; at++) {
        expect(await nextAt(done)).toBe(first + at * hour)
        set(first + at * hour)
        await until(async () => (await nextAt(done)) > clock.now())
      }
      await done.jobs.stop()
    }
  })

  test('is moved when the time zone is set anew, and the row decides for instances that were told another', async () => {
    const { clock, set } = heldClock(noon)
    const database = await testDatabase()
    const nightly = [hourly(undefined, '17 3 * * *'), probe]
    const east = await workOver(database, nightly, { clock, timeZone: 'Asia/Tokyo' })
    expect(new Date(await nextAt(east)).toISOString()).toBe('2026-11-21T18:17:00.000Z')
    const west = await workOver(database, nightly, { clock, timeZone: 'America/New_York' })
    expect(new Date(await nextAt(west)).toISOString()).toBe('2026-11-22T08:17:00.000Z')
    await west.jobs.stop()
    set(Date.parse('2026-11-22T08:17:00Z'))
    await until(async () => (await made(east)).filter((each) => each === 'w succeeded').length === 1)
    expect(new Date(await nextAt(east)).toISOString()).toBe('2026-11-23T08:17:00.000Z')
    const again = await workOver(database, nightly, { clock, timeZone: 'America/New_York' })
    await looked(again)
    expect(new Date(await nextAt(again)).toISOString()).toBe('2026-11-23T08:17:00.000Z')
    expect(await made(again)).toHaveLength(2)
  })

  test('makes one job for each tick however many instances there are', async () => {
    const { clock, add } = heldClock(noon + 1)
    const database = await testDatabase()
    const all = await Promise.all([1, 2, 3].map(() => workOver(database, [hourly()], { clock })))
    const first = all[0] as Work
    for (let tick = 1; tick <= 5; tick++) {
      add(hour)
      await until(async () => (await made(first)).filter((each) => each === 'w succeeded').length === tick)
    }
    expect(await made(first)).toHaveLength(5)
  })

  test('serves ticks that were missed once, also those missed while nothing ran', async () => {
    const { clock, add } = heldClock(noon + 1)
    const database = await testDatabase()
    const before = await workOver(database, [hourly()], { clock })
    add(10 * hour)
    await until(async () => (await made(before)).join() === 'w succeeded')
    await before.jobs.stop()
    add(3 * day)
    const after = await workOver(database, [hourly()], { clock })
    await until(async () => (await made(after)).join() === 'w succeeded,w succeeded')
    add(hour)
    await until(async () => (await made(after)).length === 3)
  })

  test('makes no second job while its last one is still queued', async () => {
    const { clock, add } = heldClock(noon + 1)
    const { open, opened } = gate()
    const done = await work([hourly(() => opened)], { clock, slots: 1 })
    add(hour)
    await until(async () => (await made(done)).join() === 'w running')
    for (let n = 0; n < 3; n++) {
      add(hour)
      await until(async () => (await nextAt(done)) > clock.now())
      expect(await made(done)).toEqual(['w running', 'w queued'])
    }
    open()
    await until(async () => (await made(done)).join() === 'w succeeded,w succeeded')
  })

  test('follows its new expression after an update, and leaves workspaces that are gone alone', async () => {
    const { clock, add } = heldClock(noon + 1)
    const database = await testDatabase()
    const before = await workOver(database, [hourly()], { clock, workspaces: async () => ['w', 'gone'] })
    await before.jobs.stop()
    const after = await workOver(database, [hourly(undefined, '*/10 * * * *')], { clock })
    add(10 * minute)
    await until(async () => (await made(after)).join() === 'w succeeded')
    add(hour)
    await until(async () => (await made(after)).join() === 'w succeeded,w succeeded')
  })

  test('reaches a workspace that is made later', async () => {
    const { clock, add } = heldClock(noon + 1)
    const workspaces = ['w']
    const done = await work([hourly()], { clock, workspaces: async () => [...workspaces] })
    workspaces.push('new')
    await until(async () => {
      const rows = await done.database.db
        .withTables<{ job_schedule: { workspace: string } }>()
        .selectFrom('job_schedule')
        .select('workspace')
        .execute()
      return rows.length === 2
    })
    add(hour)
    await until(async () => (await made(done)).filter((each) => each.endsWith('succeeded')).length === 2)
  })

  test('does not tick twice when the clock is put back a little, and goes on when it is put back a lot', async () => {
    const { clock, set } = heldClock(noon + 1)
    const done = await work([hourly(), probe], { clock })
    const ticks = async () => (await made(done)).filter((each) => each === 'w succeeded').length
    set(noon + hour)
    await until(async () => (await ticks()) === 1)
    set(noon + hour - 2_000)
    await looked(done)
    set(noon + hour + 1)
    await looked(done)
    expect(await ticks()).toBe(1)
    // The clock was a year ahead by mistake: the tick of that future is served, then time goes on from today.
    set(noon + 365 * day)
    await until(async () => (await ticks()) === 2)
    set(noon + 2 * hour + 1)
    await until(async () => (await nextAt(done)) === noon + 3 * hour)
    set(noon + 3 * hour)
    await until(async () => (await ticks()) === 3)
  })
})
