/** Tasks in their lists and on the board: order, filters, and what is done to many at once. */
import type { Task, TaskStatus } from '@cairn/api/tasks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import { openJobsOfTasks } from '../../../kernel/jobs/survey.ts'
import { longKey } from '../../../kernel/order.ts'
import * as store from './store.ts'
import { eventsOf, refusal } from './tasks.fixture.ts'

let cairn: Cairn
let now = Date.parse('2026-11-21T09:00:00Z')
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const column = async (status: TaskStatus, api = cairn.api) =>
  (await api.tasks.list({ status: [status], order: 'board', limit: 200 })).items
const titles = (tasks: readonly Pick<Task, 'title'>[]) => tasks.map(({ title }) => title)
const later = () => (now += 1)

test('tasks are listed newest first, soonest first, by column, and by what they are', async () => {
  const { api, person } = await cairn.stranger()
  const thread = await api.threads.create({ title: 'T' })
  const parent = await api.tasks.create({ title: 'parent', project: 'p', tags: ['big'] })
  for (const [title, rest] of [
    ['a', { due_at: '2026-11-24T00:00:00.000Z', assignee: 'agent:scout', parent_id: parent.id }],
    ['b', { due_at: '2026-11-23T00:00:00.000Z', thread_id: thread.id, status: 'blocked', priority: 3 }],
    ['c', { due_at: '2026-11-25T00:00:00.000Z', assignee: 'me', description: 'UPPER pass_%', project: 'p' }],
  ] as const) {
    later()
    await api.tasks.create({ title, ...rest })
  }
  const found = async (filter: Parameters<typeof api.tasks.list>[0]) => titles((await api.tasks.list(filter)).items)
  const first = await api.tasks.list({ limit: 3 })
  const rest = await api.tasks.list({ limit: 3, cursor: first.next_cursor as string })
  expect(titles([...first.items, ...rest.items])).toEqual(['c', 'b', 'a', 'parent'])
  const soon = await api.tasks.list({ order: 'due', limit: 2 })
  expect(titles(soon.items)).toEqual(['b', 'a'])
  expect(await found({ order: 'due', cursor: soon.next_cursor as string })).toEqual(['c'])
  const pending = await api.tasks.list({ order: 'board', status: ['pending'], limit: 2 })
  expect(titles(pending.items)).toEqual(['c', 'a'])
  expect(await found({ order: 'board', status: ['pending'], cursor: pending.next_cursor as string })).toEqual([
    'parent',
  ])

  expect(await found({ status: ['pending', 'blocked'] })).toEqual(['c', 'b', 'a', 'parent'])
  expect(await found({ status: ['blocked'] })).toEqual(['b'])
  expect(await found({ assignee: 'me' })).toEqual(['c'])
  expect(await found({ assignee: `person:${person}` })).toEqual(['c'])
  expect(await found({ assignee: 'agent:scout' })).toEqual(['a'])
  expect(await found({ assignee: 'none' })).toEqual(['b', 'parent'])
  expect(await found({ thread_id: thread.id })).toEqual(['b'])
  expect(await found({ parent_id: parent.id })).toEqual(['a'])
  expect(await found({ project: 'p', order: 'due' })).toEqual(['c'])
  expect(await found({ tag: 'BIG' })).toEqual(['parent'])
  expect(await found({ tag: 'bi' })).toEqual([])
  expect(await found({ priority: 3 })).toEqual(['b'])
  expect(await found({ due_from: '2026-11-24T00:00:00.000Z', due_to: '2026-11-25T00:00:00.000Z' })).toEqual(['a'])
  expect(await found({ q: 'upper PASS_%' })).toEqual(['c'])
  expect(await refusal(api.tasks.list({ order: 'board' }))).toMatchObject({ errors: [{ path: '/status' }] })
})

test('the board keeps the order that it was given, whatever is moved where', async () => {
  const { api } = await cairn.stranger()
  const made: Record<string, string> = {}
  for (const title of ['c', 'b', 'a']) made[title] = (await api.tasks.create({ title })).id
  const [a, b, c] = [made.a, made.b, made.c] as [string, string, string]
  const order = async () => titles(await column('pending', api)).join('')
  expect(await order()).toBe('abc')
  await api.tasks.move({ id: c, before: b })
  expect(await order()).toBe('acb')
  await api.tasks.move({ id: a, after: c })
  expect(await order()).toBe('cab')
  await api.tasks.move({ id: c, to: 'bottom' })
  expect(await order()).toBe('abc')
  await api.tasks.move({ id: b })
  expect(await order()).toBe('bac')
  expect(await api.tasks.move({ id: a, status: 'completed' })).toMatchObject({
    status: 'completed',
    closed_at: expect.any(String),
  })
  expect([await order(), titles(await column('completed', api))]).toEqual(['bc', ['a']])
  for (const [spot, path] of [
    [{ before: a }, '/before'],
    [{ after: b }, '/after'],
    [{ after: newId() }, '/after'],
    [{ before: c, to: 'top' as const }, '/to'],
  ] as const)
    expect(await refusal(api.tasks.move({ id: b, ...spot }))).toMatchObject({ status: 422, errors: [{ path }] })
  expect(await refusal(api.tasks.move({ id: newId() }))).toMatchObject({ code: 'TASK_NOT_FOUND' })
})

test('a thousand moves to one spot keep the order and their keys short', async () => {
  const { api } = await cairn.stranger()
  const ids: string[] = []
  for (const title of ['c', 'b', 'a']) ids.unshift((await api.tasks.create({ title })).id)
  const [, second] = ids
  for (let at = 0; at < 500; at++) {
    // The first two change places right above the third: always the narrowest gap.
    await api.tasks.move({ id: ids[at % 2] as string, before: ids[2] as string })
  }
  const tasks = await column('pending', api)
  expect(tasks.map(({ id }) => id)).toEqual([ids[0], second, ids[2]])
  expect(tasks.every(({ position }) => position.length <= longKey)).toBe(true)
})

test('several tasks are changed together or not at all, with one event', async () => {
  const made = await Promise.all(['x', 'y', 'z'].map((title) => cairn.api.tasks.create({ title, tags: ['old'] })))
  const ids = made.map(({ id }) => id)
  const told = await eventsOf(cairn, async () => {
    const { items } = await cairn.api.tasks.change({
      ...{ ids: [...ids, ids[0] as string], status: 'in_progress', priority: 3, project: 'q' },
      ...{ add_tags: ['New'], remove_tags: ['old'] },
    })
    expect(items).toMatchObject(
      ids.map((id) => ({ id, status: 'in_progress', priority: 3, project: 'q', tags: ['new'] })),
    )
  })
  expect(told).toMatchObject([{ type: 'tasks.changed', data: { tasks: 3 } }])
  expect(titles(await column('in_progress')).slice(0, 3)).toEqual(['x', 'y', 'z'])
  const missing = cairn.api.tasks.change({ ids: [...ids, newId()], priority: 0 })
  expect(await refusal(missing)).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
  expect((await cairn.api.tasks.get({ id: ids[0] as string })).priority).toBe(3)
})

test('every list comes out of an index in its order', async () => {
  const workspace = cairn.core.workspace
  const filters: store.TaskFilter[] = [
    {},
    { status: ['pending'] },
    { status: ['pending', 'blocked'], priority: 1, q: 'x', tag: 'x', due_from: 1, due_to: 2 },
    { assignee: 'x' },
    { assignee: null },
    { project: 'x', thread_id: 'x', parent_id: 'x' },
  ]
  const plans = await plansOf(cairn.core.kernel.database, async (db) => {
    const from = { workspace, db }
    for (const filter of filters) {
      const { status: _, ...others } = filter
      await store.newestPage(from, filter, { limit: 51, after: null })
      await store.newestPage(from, filter, { limit: 51, after: [1, 'x'] })
      await store.duePage(from, filter, { limit: 51, after: [1, 'x'] })
      await store.boardPage(from, 'pending', others, { limit: 51, after: null })
      await store.boardPage(from, 'pending', others, { limit: 51, after: ['x', 'x'] })
    }
    for (const up of [true, false]) {
      await store.positionsBeyond(from, { status: 'pending', beyond: 'a0', up, without: 'x', limit: 1 })
      await store.positionsBeyond(from, { status: 'pending', beyond: null, up, without: 'x', limit: 1 })
    }
    await store.eventPage(from, 'x', { limit: 51, after: [1, 'x'] })
    await store.taskIdsAfter(from, 'x', 51)
    // The control: nothing keeps tasks in the order of their titles.
    await db
      .withTables<{ tasks: object & { title: string } }>()
      .selectFrom('tasks')
      .selectAll()
      .orderBy('title')
      .execute()
  })
  expect(plans.pop()).toMatchObject({ sorts: true })
  expect(plans.filter(({ sorts, scans }) => sorts || scans)).toEqual([])
  const [jobs] = await plansOf(cairn.core.kernel.database, (db) => openJobsOfTasks(db, workspace, ['x', 'y']))
  expect(jobs).toMatchObject({ scans: false, plan: expect.stringContaining('jobs_task') })
})
