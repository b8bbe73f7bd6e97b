import type { Task } from '@cairn/api/tasks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import { eventsOf, refusal } from './tasks.fixture.ts'

let cairn: Cairn
let now = Date.parse('2026-11-21T09:00:00Z')
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const later = () => (now += 1)

test('a task is written, read, changed and removed, each with exactly one event that tells nothing of it', async () => {
  let task = {} as Task
  const told = await eventsOf(cairn, async () => {
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

  const changing = await eventsOf(cairn, () =>
    cairn.api.tasks.update({ id: task.id, status: 'completed', title: 'Counted' }),
  )
  expect(changing).toEqual([
    { type: 'task.changed', data: { fields: expect.arrayContaining(['title', 'status']), status: 'completed' } },
  ])
  const done = await cairn.api.tasks.get({ id: task.id })
  expect(done).toMatchObject({ title: 'Counted', version: 2, closed_at: expect.any(String) })
  expect(await eventsOf(cairn, () => cairn.api.tasks.update({ id: task.id, title: 'Counted' }))).toEqual([])
  expect(await cairn.api.tasks.update({ id: task.id, status: 'in_progress' })).toMatchObject({ closed_at: null })

  const gone = await eventsOf(cairn, () => cairn.api.tasks.remove({ id: task.id, purge: true }))
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
    const told = await eventsOf(cairn, () => cancel(id))
    expect(told.map(({ type }) => type)).toContain('job.cancelled')
    expect(told).toHaveLength(2)
    expect(await cairn.api.jobs.get({ id: mine })).toMatchObject({ status: 'cancelled' })
    expect(await cairn.api.jobs.get({ id: others })).toMatchObject({ status: 'queued' })
    if (way !== 'purge') expect(await cairn.api.tasks.get({ id })).toMatchObject({ status: 'cancelled', job_id: null })
    await cairn.api.jobs.cancel({ id: others })
  }
  const { id } = await cairn.api.tasks.create({ title: 'twice' })
  expect(await cairn.api.tasks.remove({ id })).toMatchObject({ task: { status: 'cancelled' }, stopped: [] })
  expect(await eventsOf(cairn, () => cairn.api.tasks.remove({ id }))).toEqual([])
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
  const spoken = (text: string, languages: string[]) => cairn.api.tasks.date({ text, zone: 'Europe/Berlin', languages })
  expect(await spoken('Bericht bis Freitag', ['de-AT'])).toEqual({
    ...{ due_at: '2026-11-27T22:59:00.000Z', timed: false, words: 'Freitag', title: 'Bericht' },
  })
  expect(await spoken('明天上午9点给安娜打电话', ['en-US', 'zh-CN'])).toMatchObject({
    due_at: '2026-11-22T08:00:00.000Z',
  })
  expect(await spoken('Call Anna tomorrow 9:00', ['de', 'fr'])).toMatchObject({ title: 'Call Anna', timed: true })
  now = kept
  // Languages are a hint: what is none is passed over.
  for (const odd of ['en-US@posix', 'C', 'constructor', '__proto__', '💤', "de'--", 'x'.repeat(100), ''])
    expect(await spoken('tomorrow', [odd])).toMatchObject({ words: 'tomorrow' })
  for (const german of ['de_DE.UTF-8', 'de_AT@euro'])
    expect(await spoken('Bericht übermorgen', ['en-US@posix', german])).toMatchObject({ title: 'Bericht' })
  for (const odd of ['x'.repeat(101), 'de\0'])
    expect(await refusal(spoken('morgen', [odd]))).toMatchObject({ status: 422, errors: [{ path: '/languages/0' }] })
  expect(await refusal(read('tomorrow', 'Mars/Olympus'))).toMatchObject({ status: 422, errors: [{ path: '/zone' }] })
})
