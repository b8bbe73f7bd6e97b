import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrations } from '../../../../migrations/index.ts'
import { testDatabase } from '../../../../test/database.ts'
import { plansOf } from '../../../../test/plans.ts'
import { tallied, talliedIn } from '../../../kernel/tallies.ts'
import { patiently as until, useGround } from '../../capture/files/ground.fixture.ts'
import { commitFiles, makeRepository } from '../../capture/git/repository.fixture.ts'
import { exported, imported } from '../bundles/bundles.fixture.ts'
import { erase } from '../privacy/privacy.fixture.ts'

const { ground, addRoot } = useGround()
type Api = Awaited<ReturnType<typeof ground.cairn.stranger>>['api']

const visited = (api: Api, times: readonly string[], site = 'stones.example') =>
  api.browser.createVisits({ visits: times.map((visited_at) => ({ url: `https://${site}/`, visited_at })) })

describe('days, weeks and months', () => {
  test('are those of the time zone asked for, also when clocks go forward', async () => {
    const { api } = await ground.cairn.stranger()
    const times = ['2026-03-28T22:59:00Z', '2026-03-28T23:01:00Z', '2026-03-29T21:59:00Z', '2026-03-29T22:01:00Z']
    await visited(api, times)
    const period = { from: '2026-03-28T12:00:00.000Z', to: '2026-03-30T12:00:00.000Z' }
    const berlin = await api.overview.activity({ ...period, time_zone: 'Europe/Berlin' })
    expect(berlin.items.map(({ day, counts }) => [day, counts.visits])).toEqual([
      ['2026-03-28', 1],
      ['2026-03-29', 2],
      ['2026-03-30', 1],
    ])
    expect(berlin.items[1]).toMatchObject({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' })
    expect(berlin.total.visits).toBe(4)
    const utc = await api.overview.activity(period)
    expect(utc.items.map(({ counts }) => counts.visits)).toEqual([2, 2, 0])
    expect(utc.time_zone).toBe('UTC')
  })

  test('begin when clocks say so where midnight is left out or comes twice, and a quarter of an hour off', async () => {
    const { api } = ground.cairn
    const days = async (time_zone: string, at: string) => {
      const { items } = await api.overview.activity({ from: at, to: at, time_zone })
      return items.map(({ day, from, to }) => [day, from, to])
    }
    expect(await days('Africa/Cairo', '2026-04-24T12:00:00.000Z')).toEqual([
      ['2026-04-24', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
    ])
    expect(await days('America/Havana', '2026-11-01T12:00:00.000Z')).toEqual([
      ['2026-11-01', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ])
    expect(await days('Asia/Kathmandu', '2026-05-01T12:00:00.000Z')).toEqual([
      ['2026-05-01', '2026-04-30T18:15:00.000Z', '2026-05-01T18:15:00.000Z'],
    ])
  })

  test('weeks begin on the day asked for, months on the first; those with nothing are there, too', async () => {
    const { api } = await ground.cairn.stranger()
    await visited(api, ['2024-02-04T12:00:00Z', '2024-02-05T12:00:00Z', '2024-02-29T12:00:00Z', '2024-03-01T12:00:00Z'])
    const period = { from: '2024-02-04T00:00:00.000Z', to: '2024-02-12T00:00:00.000Z', by: 'week' } as const
    const weeks = async (week_start?: number) => {
      const { items } = await api.overview.activity({ ...period, ...(week_start && { week_start }) })
      return items.map(({ day, counts }) => [day, counts.visits])
    }
    expect(await weeks()).toEqual([
      ['2024-01-29', 1],
      ['2024-02-05', 1],
      ['2024-02-12', 0],
    ])
    expect(await weeks(7)).toEqual([
      ['2024-02-04', 2],
      ['2024-02-11', 0],
    ])
    const to = '2024-03-31T23:00:00.000Z'
    const { items } = await api.overview.activity({ from: '2023-12-31T00:00:00.000Z', to, by: 'month' })
    expect(items.map(({ day, counts }) => [day, counts.visits])).toEqual([
      ['2023-12-01', 0],
      ['2024-01-01', 0],
      ['2024-02-01', 3],
      ['2024-03-01', 1],
    ])
  })

  test('unless said they are the last 30 days, 26 weeks or 12 months', async () => {
    const { api } = ground.cairn
    const to = '2026-11-21T10:00:00.000Z'
    const ends = async (by: 'day' | 'week' | 'month', time_zone: string) => {
      const { items } = await api.overview.activity({ by, to, time_zone })
      return [items.length, items[0]?.day, items.at(-1)?.day]
    }
    expect(await ends('day', 'Pacific/Kiritimati')).toEqual([30, '2026-10-24', '2026-11-22'])
    expect(await ends('day', 'Pacific/Pago_Pago')).toEqual([30, '2026-10-22', '2026-11-20'])
    expect(await ends('week', 'Europe/Berlin')).toEqual([26, '2026-05-25', '2026-11-16'])
    expect(await ends('month', 'UTC')).toEqual([12, '2025-12-01', '2026-11-01'])
    expect((await api.overview.activity()).items).toHaveLength(30)
  })

  test.each([
    ['a zone that is none', { time_zone: 'Mars/Olympus' }, '/time_zone'],
    ['an end before the beginning', { from: '2026-02-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' }, '/from'],
    ['more than can be shown', { from: '2000-01-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' }, '/from'],
    ['a beginning before all time', { from: '0001-01-01T00:00:00.000Z' }, '/from'],
    ['an end after all time', { to: '9999-12-31T23:59:59.999Z' }, '/to'],
    ['a week that begins on the eighth day', { week_start: 8 }, '/week_start'],
    ['hours', { by: 'hour' as never }, '/by'],
  ])('refuse %s', async (_, input, path) => {
    await expect(ground.cairn.api.overview.activity(input)).rejects.toMatchObject({
      problem: { status: 422, errors: [{ path }] },
    })
  })
})

/** What is charted and counted, without what is nought. */
async function seen(api: Api) {
  const { total, items, kinds } = await api.overview.activity()
  for (const kind of kinds)
    expect(items.reduce((sum, { counts }) => sum + (counts[kind] ?? 0), 0)).toBe(total[kind] as number)
  return Object.fromEntries(Object.entries(total).filter(([, amount]) => amount > 0))
}

const soon = () => new Date(ground.cairn.core.kernel.clock.now() - 60_000).toISOString()

describe('what is charted stays right', () => {
  test('when rows come, change, and go with what they hang on', async () => {
    const { api } = await ground.cairn.stranger()
    const { id: thread } = await api.threads.create({ title: 'A thread' })
    await api.threads.addMessage({ thread_id: thread, role: 'user', content: 'one' })
    await api.threads.addMessage({ thread_id: thread, role: 'assistant', content: 'two' })
    const memory = await api.memories.create({ key: 'stones', value: 'are grey' })
    await api.memories.update({ id: memory.id, value: 'are mostly grey' })
    const task = await api.tasks.create({ title: 'Build' })
    await api.documents.create({ content: '# A page' })
    expect(await seen(api)).toEqual({ messages: 2, memories: 1, documents: 1 })
    await api.tasks.update({ id: task.id, status: 'completed' })
    expect(await seen(api)).toMatchObject({ tasks_done: 1 })
    await api.tasks.update({ id: task.id, title: 'Build it' })
    expect(await seen(api)).toMatchObject({ tasks_done: 1 })
    await api.tasks.update({ id: task.id, status: 'pending' })
    expect(await seen(api)).not.toHaveProperty('tasks_done')
    await api.tasks.update({ id: task.id, status: 'cancelled' })
    expect(await seen(api)).not.toHaveProperty('tasks_done')
    expect((await api.overview.get()).counts).toMatchObject({ tasks: 1, open_tasks: 0, messages: 2, memories: 1 })
    await api.threads.remove({ id: thread })
    await api.memories.remove({ id: memory.id })
    await api.tasks.remove({ id: task.id, purge: true })
    expect(await seen(api)).toEqual({ documents: 1 })
    expect((await api.overview.get()).counts).toMatchObject({ tasks: 0, messages: 0, memories: 0, documents: 1 })
  })

  test('when visits come in numbers, twice, and are removed', async () => {
    const { api } = await ground.cairn.stranger()
    const now = Date.parse(soon())
    const many = Array.from({ length: 3_000 }, (_, at) => new Date(now - at * 1_000).toISOString())
    await visited(api, many)
    await visited(api, many.slice(0, 500))
    await visited(api, many.slice(0, 10), 'other.example')
    expect(await seen(api)).toEqual({ visits: 3_010 })
    await api.browser.removeHistory({ domain: 'other.example' })
    expect(await seen(api)).toEqual({ visits: 3_000 })
    await api.browser.removeHistory({ from: many[99] as string })
    expect(await seen(api)).toEqual({ visits: 2_900 })
    expect((await api.overview.get()).counts).toMatchObject({ history: 2_900 })
  })

  test('in a bundle that comes in twice, and when everything is erased', async () => {
    const { api } = ground.cairn
    const { id: thread } = await api.threads.create({ title: 'A thread' })
    await api.threads.addMessage({ thread_id: thread, role: 'user', content: 'one' })
    await api.memories.create({ key: 'bundled', value: 'travels' })
    await api.tasks.create({ title: 'Done long ago', status: 'completed' })
    await visited(api, [soon()])
    const here = await seen(api)
    expect(here).toMatchObject({ visits: 1, messages: 1, memories: 1, tasks_done: 1 })
    const { file } = await exported(api)
    const { api: there, workspace } = await ground.cairn.stranger()
    await imported(there, file)
    expect(await seen(there)).toEqual(here)
    await imported(there, file)
    expect(await seen(there)).toEqual(here)
    await erase({ api: there }, { everything: true })
    expect(await seen(there)).toEqual({})
    const { db } = ground.cairn.core.kernel.database
    const left = await sql`select kind from tally where workspace = ${workspace}`.execute(db)
    expect(left.rows).toEqual([])
    expect(await seen(api)).toEqual(here)
  })

  test('for commits of a folder, which go with it', async () => {
    const { api } = ground.cairn
    const path = join(ground.base, 'work')
    makeRepository(path)
    commitFiles(path, { 'b.txt': 'second' }, 'second commit')
    const { id } = await addRoot('work')
    await until(async () => (await seen(api)).commits === 2)
    await api.roots.remove({ id })
    await until(async () => (await seen(api)).commits === undefined)
  })
})

test('storage is measured when somebody asks for exact figures, else every five minutes', async () => {
  const { api } = ground.cairn
  const first = await api.overview.get({ exact: true })
  expect((await api.overview.get()).storage_at).toBe(first.storage_at)
  await until(async () => (await api.overview.get({ exact: true })).storage_at > first.storage_at)
})

test('rows from before the tallies are counted when they come', async () => {
  const at = migrations.findIndex(({ name }) => name === '0018-tallies')
  const database = await testDatabase(migrations.slice(0, at))
  const insert = (id: string, time: number) =>
    database.transaction((db) =>
      sql`insert into history (workspace, id, page_id, bucket, visited_at, source)
        values ('w', ${id}, 'p', 0, ${time}, 'api')`.execute(db),
    )
  await insert('a', 1_000_000)
  await insert('b', 1_000_001)
  await insert('c', 9_000_000)
  await database.migrate(migrations)
  const from = { workspace: 'w', db: database.db }
  const ends = [0, 900_000, 1_800_000, 9_000_000, 9_900_000]
  const stretches = ends.slice(1).map((to, at) => ({ from: ends[at] as number, to }))
  expect(await talliedIn(from, 'visits', stretches)).toEqual([0, 2, 0, 1])
  expect(await tallied({ ...from, workspace: 'other' }, 'visits')).toBe(0)
})

test('tallies come out of their key', async () => {
  const database = await testDatabase()
  const plans = await plansOf(database, async (db) => {
    await talliedIn({ workspace: 'w', db }, 'visits', [{ from: 0, to: 1 }])
    await tallied({ workspace: 'w', db }, 'visits').catch(() => undefined)
  })
  expect(plans).toHaveLength(2)
  for (const { plan } of plans) expect(plan).toMatch(/(SEARCH tally USING PRIMARY KEY|using tally_pk)/i)
})
