import type { Task, TaskStatus } from '@cairn/api/tasks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import { openJobsOfTasks } from '../../../kernel/jobs/survey.ts'
import { longKey } from '../../../kernel/order.ts'
import * as store from './store.ts'

let cairn: Cairn
let now = Date.parse('2026-11-21T09:00:00Z')
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
/** Types and data of the events that an action made. */
async function eventsOf(action: () => Promise<unknown>) {
  const { last } = await cairn.api.events.follow({ limit: 1_000 })
  await action()
  const { items } = await cairn.api.events.follow({ after: last, limit: 1_000 })
  return items.map(({ type, data }) => ({ type, data }))
}
const column = async (status: TaskStatus, api = cairn.api) =>
  (await api.tasks.list({ status: [status], order: 'board', limit: 200 })).items
const titles = (tasks: readonly Pick<Task, 'title'>[]) => tasks.map(({ title }) => title)
const later = () => (now += 1)

test('a task is written, read, changed and removed, each with exactly one event that tells nothing of it', async () => {
  let task = {} as Task
  const told = await eventsOf(async () => {
    task = await cairn.api.tasks.create({
      title: 'Count the stones',
      description: 'All of them.',
      due_at: '2026-12-01T14:00:00.000Z',
      priority: 2,
      assignee: 'me',
      project: 'trail',
      tags: ['Ford', 'ford', 'pass'],
      metadata: { a: 1 },
    })
  })
  const { id: person } = await cairn.api.users.me()
  expect(task).toMatchObject({
    ...{ status: 'pending', priority: 2, due_at: '2026-12-01T14:00:00.000Z', owner: person, version: 1 },
    ...{ assignee: `person:${person}`, tags: ['ford', 'pass'], closed_at: null, job_id: null, result: null },
  })
  expect(told).toEqual([{ type: 'task.created', data: { status: 'pending' } }])
  expect(await cairn.api.tasks.get({ id: task.id })).toEqual(task)

  const changing = await eventsOf(() => cairn.api.tasks.update({ id: task.id, status: 'completed', title: 'Counted' }))
  expect(changing).toEqual([
    { type: 'task.changed', data: { fields: expect.arrayContaining(['title', 'status']), status: 'completed' } },
  ])
  const done = await cairn.api.tasks.get({ id: task.id })
  expect(done).toMatchObject({ title: 'Counted', version: 2, closed_at: expect.any(String) })
  expect(await eventsOf(() => cairn.api.tasks.update({ id: task.id, title: 'Counted' }))).toEqual([])
  expect(await cairn.api.tasks.update({ id: task.id, status: 'in_progress' })).toMatchObject({ closed_at: null })

  const gone = await eventsOf(() => cairn.api.tasks.remove({ id: task.id, purge: true }))
  expect(gone).toEqual([{ type: 'task.removed', data: { tasks: 1, events: 3, jobs: 0 } }])
  expect(JSON.stringify([told, changing, gone])).not.toMatch(/stones|Counted|trail/)
  expect(await refusal(cairn.api.tasks.get({ id: task.id }))).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
})

test('the same id and content is the same task, other content is refused, also at the same moment', async () => {
  const input = { id: newId(), title: 'once', metadata: { b: 1, a: [2] } }
  const all = await Promise.all(Array.from({ length: 8 }, () => cairn.api.tasks.create(input)))
  expect(new Set(all.map(({ created_at }) => created_at)).size).toBe(1)
  expect((await cairn.api.tasks.events({ task_id: input.id })).items).toHaveLength(1)
  expect(await refusal(cairn.api.tasks.create({ ...input, title: 'twice' }))).toMatchObject({ code: 'CONFLICT' })
})

test('its history says what each change replaced, and takes what others write down, once', async () => {
  const { id } = await cairn.api.tasks.create({ title: 'old', priority: 0 })
  later()
  await cairn.api.tasks.update({ id, title: 'new', due_at: '2026-11-30T00:00:00.000Z', tags: ['x'] })
  later()
  const entry = { id: newId(), task_id: id, event_type: 'comment', payload: { text: 'half way' } }
  const written = await cairn.api.tasks.addEvent(entry)
  expect(await cairn.api.tasks.addEvent(entry)).toEqual(written)
  expect(await refusal(cairn.api.tasks.addEvent({ ...entry, payload: {} }))).toMatchObject({ code: 'CONFLICT' })
  const { items } = await cairn.api.tasks.events({ task_id: id, limit: 2 })
  expect(items).toMatchObject([
    { event_type: 'comment', payload: { text: 'half way' } },
    {
      event_type: 'changed',
      payload: {
        fields: {
          title: { from: 'old', to: 'new' },
          due_at: { from: null, to: '2026-11-30T00:00:00.000Z' },
          tags: { from: [], to: ['x'] },
        },
      },
    },
  ])
  expect(await refusal(cairn.api.tasks.addEvent({ task_id: id, event_type: 'created' }))).toMatchObject({
    errors: [{ path: '/event_type' }],
  })
  expect(await refusal(cairn.api.tasks.addEvent({ task_id: newId(), event_type: 'comment' }))).toMatchObject({
    code: 'TASK_NOT_FOUND',
  })
})

test('two people who change one task at once do not overwrite each other unseen', async () => {
  const { id, version } = await cairn.api.tasks.create({ title: 'shared' })
  const patch = (title: string, tag: string) =>
    cairn.fetch(`/api/tasks/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': tag },
      body: JSON.stringify({ title }),
    })
  const first = await patch('mine', `"${version}"`)
  expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"'])
  expect((await patch('yours', `"${version}"`)).status).toBe(412)
  expect(await cairn.api.tasks.get({ id })).toMatchObject({ title: 'mine' })
})

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
  const told = await eventsOf(async () => {
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

test('what a task refers to has to be there, and it never hangs below itself', async () => {
  const stranger = await cairn.stranger()
  const theirs = await stranger.api.tasks.create({ title: 'theirs' })
  const thread = await stranger.api.threads.create({})
  const top = await cairn.api.tasks.create({ title: 'top' })
  const below = await cairn.api.tasks.create({ title: 'below', parent_id: top.id })
  for (const [wrong, path] of [
    [{ parent_id: theirs.id }, '/parent_id'],
    [{ parent_id: below.id }, '/parent_id'],
    [{ parent_id: top.id }, '/parent_id'],
    [{ thread_id: thread.id }, '/thread_id'],
    [{ assignee: `person:${stranger.person}` }, '/assignee'],
  ] as const)
    expect(await refusal(cairn.api.tasks.update({ id: top.id, ...wrong }))).toMatchObject({
      status: 422,
      errors: [{ path }],
    })
  await cairn.api.tasks.remove({ id: top.id, purge: true })
  expect(await cairn.api.tasks.get({ id: below.id })).toMatchObject({ parent_id: null, version: 2 })
})

test('a thread knows the tasks that it led to, and leaves them behind when it goes', async () => {
  const thread = await cairn.api.threads.create({ title: 'Plans' })
  const { id } = await cairn.api.tasks.create({ title: 'pack', thread_id: thread.id })
  const links = async () => (await cairn.api.threads.links({ thread_id: thread.id })).items
  expect(await links()).toMatchObject([{ kind: 'task', id, relation: 'plans', title: 'pack', uri: `task:${id}` }])
  await cairn.api.tasks.update({ id, title: 'pack the tent' })
  expect(await links()).toMatchObject([{ title: 'pack the tent' }])
  await cairn.api.tasks.update({ id, thread_id: null })
  expect(await links()).toEqual([])
  await cairn.api.tasks.update({ id, thread_id: thread.id })
  await cairn.api.threads.remove({ id: thread.id })
  await until(async () => (await cairn.api.tasks.get({ id })).thread_id === null)
})

test('cancelling a task by whichever way stops its job, and only its own', async () => {
  const ways: [string, (id: string) => Promise<unknown>][] = [
    ['remove', (id) => cairn.api.tasks.remove({ id })],
    ['purge', (id) => cairn.api.tasks.remove({ id, purge: true })],
    ['update', (id) => cairn.api.tasks.update({ id, status: 'cancelled' })],
    ['move', (id) => cairn.api.tasks.move({ id, status: 'cancelled' })],
    ['change', (id) => cairn.api.tasks.change({ ids: [id], status: 'cancelled' })],
  ]
  for (const [way, cancel] of ways) {
    const { id } = await cairn.api.tasks.create({ title: way })
    const other = await cairn.api.tasks.create({ title: 'goes on' })
    const [mine, others] = [await workOn(id), await workOn(other.id)]
    expect((await cairn.api.tasks.list({ q: way })).items[0]).toMatchObject({ id, job_id: mine })
    const told = await eventsOf(() => cancel(id))
    expect(told.map(({ type }) => type)).toContain('job.cancelled')
    expect(told).toHaveLength(2)
    expect(await cairn.api.jobs.get({ id: mine })).toMatchObject({ status: 'cancelled' })
    expect(await cairn.api.jobs.get({ id: others })).toMatchObject({ status: 'queued' })
    if (way !== 'purge') expect(await cairn.api.tasks.get({ id })).toMatchObject({ status: 'cancelled', job_id: null })
    await cairn.api.jobs.cancel({ id: others })
  }
  const { id } = await cairn.api.tasks.create({ title: 'twice' })
  expect(await cairn.api.tasks.remove({ id })).toMatchObject({ task: { status: 'cancelled' }, stopped: [] })
  expect(await eventsOf(() => cairn.api.tasks.remove({ id }))).toEqual([])
})

/** A job that a task asked for and that waits for its time. */
async function workOn(task: string): Promise<string> {
  const { kernel, workspace } = cairn.core
  const { id: person } = await cairn.api.users.me()
  const principal = { kind: 'person', person, agent: null, credential: null, scopes: ['*'] } as const
  return kernel
    .scope({ workspace, principal })
    .write((tx) => tx.enqueue({ type: 'tasks.detach', input: { thread: newId() }, task, runAt: now + 3_600_000 }))
}

test('tasks of another workspace are not there', async () => {
  const stranger = await cairn.stranger()
  const { id } = await cairn.api.tasks.create({ title: 'private' })
  const { tasks } = stranger.api
  const calls = [
    () => tasks.get({ id }),
    () => tasks.update({ id, title: 'x' }),
    () => tasks.move({ id }),
    () => tasks.remove({ id }),
    () => tasks.remove({ id, purge: true }),
    () => tasks.change({ ids: [id], priority: 0 }),
    () => tasks.events({ task_id: id }),
    () => tasks.addEvent({ task_id: id, event_type: 'comment' }),
  ]
  for (const call of calls) expect(await refusal(call())).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
  expect((await tasks.list()).items).toEqual([])
  expect(await cairn.api.tasks.get({ id })).toMatchObject({ title: 'private', version: 1 })
})

const indexed = () => until(async () => (await cairn.api.search.status()).pending === 0, 50_000)

test('tasks are found by their words and cited, renamed ones by their new words, removed ones no more', async () => {
  const { id } = await cairn.api.tasks.create({ title: 'Grease the turnstile', description: 'The Heron gate squeaks.' })
  await indexed()
  const find = async (query: string) => (await cairn.api.search.query({ query, kinds: ['task'] })).hits
  const [hit] = await find('which gate squeaks')
  expect(hit?.source).toEqual({ kind: 'task', id, title: 'Grease the turnstile', uri: `task:${id}` })
  expect(await cairn.api.search.open({ kind: 'task', id })).toMatchObject({ source: { title: 'Grease the turnstile' } })
  await cairn.api.tasks.update({ id, title: 'Oil the barrier', description: '' })
  await indexed()
  expect(await find('turnstile')).toEqual([])
  expect((await find('barrier'))[0]?.source.id).toBe(id)
  await cairn.api.tasks.remove({ id, purge: true })
  await indexed()
  expect(await find('barrier')).toEqual([])
})

test('the overview counts tasks, and those that are open', async () => {
  const { api } = await cairn.stranger()
  await api.tasks.create({ title: 'open' })
  await api.tasks.create({ title: 'done', status: 'completed' })
  expect((await api.overview.get()).counts).toMatchObject({ tasks: 2, open_tasks: 1 })
})

test('hostile input is refused with its field, and nothing is changed', async () => {
  const { api, key } = await cairn.stranger()
  const send = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(cairn.url + path, { method, headers, body: JSON.stringify(body) })
    return [response.status, ((await response.json()) as { errors?: { path: string }[] }).errors?.[0]?.path]
  }
  const bad: [unknown, string][] = [
    [{}, '/title'],
    [{ title: '' }, '/title'],
    [{ title: 'a\u0000b' }, '/title'],
    [{ title: 'x'.repeat(501) }, '/title'],
    [{ title: 't', description: 'x'.repeat(20_001) }, '/description'],
    [{ title: 't', status: 'done' }, '/status'],
    [{ title: 't', priority: 4 }, '/priority'],
    [{ title: 't', priority: 1.5 }, '/priority'],
    [{ title: 't', due_at: 'tomorrow' }, '/due_at'],
    [{ title: 't', due_at: '2026-02-30T00:00:00.000Z' }, '/due_at'],
    [{ title: 't', assignee: 'root' }, '/assignee'],
    [{ title: 't', assignee: 'agent:a b' }, '/assignee'],
    [{ title: 't', tags: ['two words'] }, '/tags/0'],
    [{ title: 't', tags: ['a"b'] }, '/tags/0'],
    [{ title: 't', tags: Array.from({ length: 21 }, (_, at) => `t${at}`) }, '/tags'],
    [{ title: 't', position: 'a0' }, '/position'],
    [{ title: 't', id: 'no-id' }, '/id'],
  ]
  for (const [body, path] of bad) expect(await send('POST', '/api/tasks', body), path).toEqual([422, path])
  expect((await send('POST', '/api/tasks/bulk', { ids: [] }))[0]).toBe(422)
  const many = Array.from({ length: 201 }, newId)
  expect(await send('POST', '/api/tasks/bulk', { ids: many })).toEqual([422, '/ids'])
  expect((await api.tasks.list()).items).toEqual([])

  const odd = '‮<img src=x onerror=alert(1)> \ud800 %_\\ \' " ; drop table tasks; --'
  const kept = await api.tasks.create({ title: odd, description: odd, project: odd, source: odd })
  expect(kept.title).toBe(odd.toWellFormed())
  expect((await api.tasks.list({ q: "%_\\ '" })).items).toHaveLength(1)
  expect((await api.tasks.list({ project: odd.toWellFormed() })).items).toHaveLength(1)
  const tags = Array.from({ length: 20 }, (_, at) => `t${at}`)
  await api.tasks.update({ id: kept.id, tags })
  expect(await refusal(api.tasks.change({ ids: [kept.id], add_tags: ['one-more'] }))).toMatchObject({
    errors: [{ path: '/add_tags' }],
  })
})

test('words are read as dates in the time zone of whoever writes them', async () => {
  const read = async (text: string, zone = 'Europe/Berlin') => cairn.api.tasks.date({ text, zone })
  const kept = now
  now = Date.parse('2026-11-21T09:00:00Z')
  expect(await read('Call Anna tomorrow 9:00')).toEqual({
    due_at: '2026-11-22T08:00:00.000Z',
    timed: true,
    words: 'tomorrow 9:00',
    title: 'Call Anna',
  })
  const due = async (text: string, zone?: string) => (await read(text, zone)).due_at
  expect(await due('next fri')).toBe('2026-11-27T22:59:00.000Z')
  expect(await due('2026-12-01 14:00')).toBe('2026-12-01T13:00:00.000Z')
  expect(await due('2026-12-01 14:00', 'Asia/Kolkata')).toBe('2026-12-01T08:30:00.000Z')
  expect(await due('in 2 hours')).toBe('2026-11-21T11:00:00.000Z')
  expect(await due('tonight')).toBe('2026-11-21T21:00:00.000Z')
  expect(await due('pay rent 1/12')).toBe('2026-12-01T22:59:00.000Z')
  expect(await due('dec 24')).toBe('2026-12-24T22:59:00.000Z')
  // Clocks go forward on 28 March 2027 in Berlin, and on 14 March in New York.
  expect(await due('2027-04-01 09:00')).toBe('2027-04-01T07:00:00.000Z')
  expect(await due('2027-03-28 02:30')).toBe('2027-03-28T01:30:00.000Z')
  expect(await due('2027-03-14 09:00', 'America/New_York')).toBe('2027-03-14T13:00:00.000Z')
  expect(await read('Send the report by friday')).toMatchObject({ title: 'Send the report', timed: false })
  expect(await read('tomorrow: buy 3 apples')).toMatchObject({ title: 'buy 3 apples' })
  for (const text of ['Buy 3 apples', 'May the force be with you', 'Release 2.10.3', '🪨'.repeat(200)])
    expect(await read(text)).toEqual({ due_at: null, timed: false, words: '', title: text })
  now = kept
  expect(await refusal(read('tomorrow', 'Mars/Olympus'))).toMatchObject({ status: 422, errors: [{ path: '/zone' }] })
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
