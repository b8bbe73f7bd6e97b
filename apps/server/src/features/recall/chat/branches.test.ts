import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn
let memory: string
let task: string
beforeAll(async () => {
  cairn = await startCairn()
  memory = (
    await cairn.api.memories.create({
      key: 'lease renewal',
      value: 'The heartbeat renews the lease of every running job each ten seconds.',
    })
  ).id
  await cairn.api.memories.create({ key: 'lunch', value: 'Lunch is at noon.' })
  task = (await cairn.api.tasks.create({ title: 'Rewrite the lease renewal', description: 'Heartbeat of jobs.' })).id
  await until(async () => {
    const { pending, passages } = await cairn.api.search.status()
    return pending === 0 && passages > 2
  }, 50_000)
})
afterAll(() => cairn?.stop())

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const pathOf = async (thread_id: string) => (await cairn.api.threads.path({ thread_id })).items.toReversed()
const roles = async (thread_id: string) => (await pathOf(thread_id)).map(({ role }) => role)

test('a question that is edited becomes a branch with an answer of its own', async () => {
  const first = await cairn.api.chat.ask({ message: 'what does the heartbeat renew?' })
  const { thread_id } = first
  const second = await cairn.api.chat.send({ thread_id, message: 'when is lunch?' })
  const edited = await cairn.api.chat.send({
    thread_id,
    message: 'who renews the lease?',
    replaces: second.user_message_id,
  })
  const path = await pathOf(thread_id)
  expect(path.map(({ id }) => id)).toEqual([
    first.user_message_id,
    first.message.id,
    edited.user_message_id,
    edited.message.id,
  ])
  expect(path[2]).toMatchObject({
    parent_id: first.message.id,
    branch: { at: 2, of: 2, previous: second.user_message_id },
  })

  const anew = await cairn.api.chat.ask({ thread_id, message: 'when is lunch, then?', replaces: first.user_message_id })
  expect(anew.message.content).toContain('Lunch is at noon')
  expect((await pathOf(thread_id)).map(({ id }) => id)).toEqual([anew.user_message_id, anew.message.id])

  for (const replaces of [first.message.id, '11111111-1111-4111-8111-111111111111'])
    expect(await refusal(cairn.api.chat.send({ thread_id, message: 'x', replaces }))).toMatchObject({
      status: 422,
      errors: [{ path: '/replaces' }],
    })
  expect(await refusal(cairn.api.chat.ask({ message: 'x', replaces: first.user_message_id }))).toMatchObject({
    errors: [{ path: '/replaces' }],
  })
  expect(await roles(thread_id)).toEqual(['user', 'assistant'])
})

test('an answer is made anew beside the one before, and the same key makes one', async () => {
  const first = await cairn.api.chat.ask({ message: 'what does the heartbeat renew?' })
  const { thread_id } = first
  const second = await cairn.api.chat.regenerate({ thread_id })
  expect(second).toMatchObject({ user_message_id: first.user_message_id })
  expect(second.message).toMatchObject({ parent_id: first.user_message_id, role: 'assistant' })
  expect((await pathOf(thread_id)).at(-1)).toMatchObject({
    id: second.message.id,
    branch: { at: 2, of: 2, previous: first.message.id },
  })
  const headers = { 'idempotency-key': 'anew-1' }
  const third = await cairn.api.chat.regenerate({ thread_id, message_id: first.message.id }, { headers })
  expect(await cairn.api.chat.regenerate({ thread_id, message_id: first.message.id }, { headers })).toEqual(third)
  expect((await pathOf(thread_id)).at(-1)).toMatchObject({ id: third.message.id, branch: { at: 3, of: 3 } })
  expect((await cairn.api.threads.get({ id: thread_id })).message_count).toBe(4)

  const empty = await cairn.api.threads.create({})
  expect(await refusal(cairn.api.chat.regenerate({ thread_id: empty.id }))).toMatchObject({ code: 'CONTEXT_NOT_FOUND' })
  expect(await refusal(cairn.api.chat.regenerate({ thread_id: empty.id, message_id: first.message.id }))).toMatchObject(
    { status: 422, errors: [{ path: '/message_id' }] },
  )
  const { api } = await cairn.stranger()
  expect(await refusal(api.chat.regenerate({ thread_id }))).toMatchObject({ code: 'THREAD_NOT_FOUND' })
})

test('an answer made anew says its days by the clocks of whoever asks for it', async () => {
  const visited_at = '2026-11-20T23:30:00.000Z'
  await cairn.api.browser.createVisits({ url: 'https://ferry.example/', title: 'Timetable of the ferry', visited_at })
  const message = 'what was in the timetable of the ferry?'
  await until(async () => (await cairn.api.search.query({ query: 'timetable ferry' })).hits.length > 0)
  const first = await cairn.api.chat.ask({ message, sources: ['visit'], zone: 'Asia/Tokyo' })
  expect(first.message.content).toContain('2026-11-21')
  const { thread_id } = first
  const again = (zone: string) => cairn.api.chat.regenerate({ thread_id, sources: ['visit'], zone })
  expect((await again('Asia/Tokyo')).message.content).toContain('2026-11-21')
  expect((await again('Pacific/Honolulu')).message.content).toContain('2026-11-20')
  for (const call of [again('Mars/Olympus'), cairn.api.chat.preview({ thread_id, message, zone: 'Mars/Olympus' })])
    expect(await refusal(call)).toMatchObject({ status: 422, errors: [{ path: '/zone' }] })
})

test('an answer does not rest on the question that it was edited from, nor on answers to it', async () => {
  const first = await cairn.api.chat.ask({ message: 'does a walrus whistle in the quarry?' })
  await until(async () => (await cairn.api.search.status()).pending === 0)
  const second = await cairn.api.chat.send({
    thread_id: first.thread_id,
    message: 'does a walrus whistle in the old quarry at all?',
    replaces: first.user_message_id,
  })
  expect(second.citations.map(({ source }) => source.id)).not.toContain(first.user_message_id)
  const elsewhere = await cairn.api.chat.ask({ message: 'does a walrus whistle in the old quarry at night?' })
  expect(elsewhere.citations.map(({ source }) => source.id)).toContain(first.user_message_id)
  await cairn.api.threads.remove({ id: first.thread_id })
})

test('what an answer would be made from is told without asking', async () => {
  const { id } = await cairn.api.threads.create({})
  const preview = await cairn.api.chat.preview({ thread_id: id, message: 'who renews the lease of a job?' })
  expect(preview).toMatchObject({ thread_id: id, kind: 'extract', model: null, messages: [] })
  expect(preview.passages.map(({ source }) => source.id)).toContain(memory)
  expect(await cairn.api.threads.get({ id })).toMatchObject({ message_count: 0, title: '' })
  expect(await refusal(cairn.api.chat.preview({ thread_id: id, message: 'x', model: 'gpt-99' }))).toMatchObject({
    errors: [{ path: '/model' }],
  })
  const { api } = await cairn.stranger()
  expect(await refusal(api.chat.preview({ thread_id: id, message: 'x' }))).toMatchObject({ code: 'THREAD_NOT_FOUND' })
})

test('a question about a task goes into its thread, and both are linked', async () => {
  const first = await cairn.api.chat.ask({ message: 'how shall we begin?', task_id: task })
  expect(await cairn.api.tasks.get({ id: task })).toMatchObject({ thread_id: first.thread_id })
  // The words say nothing of a lease: the task's title does.
  expect(first.citations.map(({ source }) => source.id)).toContain(memory)
  const second = await cairn.api.chat.ask({ message: 'and what comes next?', task_id: task })
  expect(second.thread_id).toBe(first.thread_id)
  const elsewhere = await cairn.api.chat.ask({ message: 'when is lunch?' })
  await cairn.api.chat.send({ thread_id: elsewhere.thread_id, message: 'and the lease?', task_id: task })
  expect(await cairn.api.tasks.get({ id: task })).toMatchObject({ thread_id: first.thread_id })
  const { items } = await cairn.api.threads.linked({ kind: 'task', id: task })
  const planned = items.filter(({ relation }) => relation === 'plans').map(({ thread }) => thread.id)
  expect(new Set(planned)).toEqual(new Set([first.thread_id, elsewhere.thread_id]))

  const nowhere = '11111111-1111-4111-8111-111111111111'
  expect(await refusal(cairn.api.chat.ask({ message: 'x', task_id: nowhere }))).toMatchObject({
    code: 'TASK_NOT_FOUND',
  })
  const { secret } = await cairn.api.users.createKey({ name: 'asks only', scopes: ['chat:*'] })
  expect(await refusal(cairn.client(secret).chat.ask({ message: 'x', task_id: task }))).toMatchObject({
    code: 'ACCESS_DENIED',
  })
  const { api } = await cairn.stranger()
  expect(await refusal(api.chat.ask({ message: 'x', task_id: task }))).toMatchObject({ code: 'TASK_NOT_FOUND' })
})

test('tasks and memories that an answer has to do with are linked, others are not', async () => {
  const { thread_id } = await cairn.api.chat.ask({ message: 'heartbeat lease renewal jobs?' })
  const { items } = await cairn.api.threads.links({ thread_id })
  const linked = new Map(items.map(({ id, relation }) => [id, relation]))
  expect(linked.get(task)).toMatch(/^(cites|relates)$/)
  expect(linked.get(memory)).toMatch(/^(cites|relates)$/)
  expect(items.map(({ title }) => title)).not.toContain('lunch')
  const back = await cairn.api.threads.linked({ kind: 'memory', id: memory })
  expect(back.items.map(({ thread }) => thread.id)).toContain(thread_id)
  await until(async () => (await cairn.api.memories.list()).items.find(({ id }) => id === memory)?.last_accessed_at)
})
