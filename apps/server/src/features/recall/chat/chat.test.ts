import type { ChatAnswer } from '@cairn/api/chat'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
  await cairn.api.memories.create({
    key: 'lease renewal',
    value: 'The heartbeat renews the lease of every running job each ten seconds. Lunch is at noon.',
  })
  await cairn.api.memories.create({
    key: 'backups',
    value: 'Backups run nightly and are verified before the old one goes.',
  })
  const { id } = await cairn.api.threads.create({ title: 'On fencing' })
  await cairn.api.threads.addMessage({
    thread_id: id,
    role: 'user',
    content: 'We decided that a stale worker is refused by its fencing number.',
  })
  await indexed()
})
afterAll(() => cairn?.stop())

const indexed = () =>
  until(async () => {
    const { pending, passages } = await cairn.api.search.status()
    return pending === 0 && passages > 0
  }, 50_000)
const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const framesOf = async (input: object) => {
  const frames: { event: string; data: never }[] = []
  for await (const { event, data } of cairn.api.chat.ask.stream(input as never))
    frames.push({ event, data: data as never })
  return frames
}

test('a question is answered word for word, with citations, and kept as thread, messages and job', async () => {
  const answer = await cairn.api.chat.ask({ message: 'Who renews the lease of a job?' })
  expect(answer.message).toMatchObject({ role: 'assistant', kind: 'extract', state: 'complete', model: null, turn: 2 })
  expect(answer.usage).toBeNull()
  expect(answer.message.content).toContain('> The heartbeat renews the lease of every running job each ten seconds.')
  expect(answer.message.content).toContain('no model is set up')
  expect(answer.citations[0]).toMatchObject({ n: 1, source: { kind: 'memory', title: 'lease renewal' } })
  expect(answer.citations[0]?.quote).toContain('The heartbeat renews the lease')
  expect(answer.message.citations).toEqual(answer.citations)

  const thread = await cairn.api.threads.get({ id: answer.thread_id })
  expect(thread).toMatchObject({ title: 'Who renews the lease of a job?', origin: 'chat', message_count: 2 })
  expect(thread.last_assistant_message_at).not.toBeNull()
  const { items } = await cairn.api.threads.messages({ thread_id: answer.thread_id })
  expect(items.map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect(items[0]).toMatchObject({ id: answer.user_message_id, content: 'Who renews the lease of a job?' })
  expect(items[1]).toMatchObject({ id: answer.message.id, parent_id: answer.user_message_id })
  const links = await cairn.api.threads.links({ thread_id: answer.thread_id })
  expect(links.items).toContainEqual(
    expect.objectContaining({ kind: 'memory', relation: 'cites', message_id: answer.message.id }),
  )

  const job = await until(async () => {
    const found = await cairn.api.jobs.get({ id: answer.job_id })
    return found.status === 'succeeded' ? found : null
  })
  expect(job).toMatchObject({ type: 'chat.answer', thread_id: answer.thread_id })
  expect(JSON.stringify([job.input, job.result])).not.toMatch(/heartbeat|renews/)

  const context = await cairn.api.chat.context({ thread_id: answer.thread_id })
  expect(context).toMatchObject({ message_id: answer.message.id, kind: 'extract', model: null, messages: [] })
  expect(context.passages[0]?.text).toContain('The heartbeat renews')
})

test('a streamed answer tells its passages first, then its words, then everything at once', async () => {
  const frames = await framesOf({ message: 'when do backups run?' })
  expect(frames.map(({ event }) => event)).toEqual(['metadata', 'delta', 'complete'])
  const [metadata, delta, complete] = frames.map(({ data }) => data) as unknown as [
    { thread_id: string; user_message_id: string; message_id: string; job_id: string; citations: object[] },
    { text: string },
    ChatAnswer,
  ]
  expect(metadata.citations.length).toBeGreaterThan(0)
  expect(complete).toMatchObject({ thread_id: metadata.thread_id, job_id: metadata.job_id })
  expect(complete.message).toMatchObject({ id: metadata.message_id, content: delta.text })
})

test('the next question goes on in the same thread, and a short one is understood by the one before it', async () => {
  const first = await cairn.api.chat.ask({ message: 'what does the heartbeat renew?' })
  const second = await cairn.api.chat.send({ thread_id: first.thread_id, message: 'and why?' })
  expect(second.thread_id).toBe(first.thread_id)
  expect(second.message.turn).toBe(4)
  expect(second.citations[0]?.source.title).toBe('lease renewal')
  const third = await cairn.api.chat.ask({ thread_id: first.thread_id, message: 'when do backups run?' })
  expect(third.message.turn).toBe(6)
  expect(await cairn.api.threads.get({ id: first.thread_id })).toMatchObject({
    title: 'what does the heartbeat renew?',
  })
})

test('a question that was asked before is not its own answer', async () => {
  const message = 'Which stale worker is refused by a number?'
  for (let again = 0; again < 3; again += 1) {
    const answer = await cairn.api.chat.ask({ message })
    await indexed()
    expect(answer.citations.map(({ quote }) => quote)).not.toContainEqual(expect.stringContaining(message))
    expect(answer.citations[0]).toMatchObject({ source: { kind: 'message', title: 'On fencing' } })
  }
})

test('a thread without a title gets one from its first question', async () => {
  const { id } = await cairn.api.threads.create({})
  await cairn.api.chat.ask({ thread_id: id, message: '# Where are backups verified?\nI forgot.' })
  expect(await cairn.api.threads.get({ id })).toMatchObject({ title: 'Where are backups verified?', version: 2 })
})

test('when nothing is found the answer says so and what to do next', async () => {
  const answer = await cairn.api.chat.ask({ message: 'xylophone quetzalcoatl?' })
  expect(answer.citations).toEqual([])
  expect(answer.message.content).toContain('I found nothing about “xylophone quetzalcoatl?”')
  const only = await cairn.api.chat.ask({ message: 'Who renews the lease?', sources: ['message'] })
  expect(only.citations.every(({ source }) => source.kind === 'message')).toBe(true)
})

test('an empty question, an unknown model or thread is refused with the field, and nothing is stored', async () => {
  const before = (await cairn.api.threads.list({ limit: 200 })).items.length
  for (const message of ['', '   ', ' \n\t ']) {
    expect(await refusal(cairn.api.chat.ask({ message }))).toMatchObject({
      status: 422,
      code: 'INVALID_INPUT',
      errors: [{ path: '/message' }],
    })
  }
  expect(await refusal(cairn.api.chat.ask({ message: 'x', model: 'gpt-99' }))).toMatchObject({
    status: 422,
    errors: [{ path: '/model' }],
  })
  const nowhere = '11111111-1111-4111-8111-111111111111'
  expect(await refusal(cairn.api.chat.ask({ message: 'x', thread_id: nowhere }))).toMatchObject({ status: 404 })
  expect(await refusal(cairn.api.chat.send({ message: 'x', thread_id: nowhere }))).toMatchObject({ status: 404 })
  expect(await refusal(cairn.api.chat.context({ thread_id: nowhere }))).toMatchObject({ code: 'THREAD_NOT_FOUND' })
  const streamed = await cairn.fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ message: 'x', thread_id: nowhere }),
  })
  expect(streamed.status).toBe(404)
  expect((await cairn.api.threads.list({ limit: 200 })).items.length).toBe(before)
  const { id } = await cairn.api.threads.create({})
  expect(await refusal(cairn.api.chat.context({ thread_id: id }))).toMatchObject({ code: 'CONTEXT_NOT_FOUND' })
})

test('what an answer was made from goes with its thread', async () => {
  const { thread_id } = await cairn.api.chat.ask({ message: 'who renews the lease?' })
  expect(await cairn.api.chat.context({ thread_id })).toMatchObject({ query: 'who renews the lease?' })
  expect((await cairn.api.threads.remove({ id: thread_id })).removed).toMatchObject({ contexts: 1 })
  await cairn.api.threads.create({ id: thread_id })
  expect(await refusal(cairn.api.chat.context({ thread_id }))).toMatchObject({ code: 'CONTEXT_NOT_FOUND' })
})

test('nobody asks in, or learns of, another workspace', async () => {
  const { api } = await cairn.stranger()
  const mine = await cairn.api.chat.ask({ message: 'Who renews the lease of a job?' })
  expect(await refusal(api.chat.ask({ message: 'x', thread_id: mine.thread_id }))).toMatchObject({ status: 404 })
  expect(await refusal(api.chat.context({ thread_id: mine.thread_id }))).toMatchObject({ status: 404 })
  const theirs = await api.chat.ask({ message: 'Who renews the lease of a job?' })
  expect(theirs.citations).toEqual([])
  expect(theirs.message.content).not.toContain('heartbeat')
})

test('the same Idempotency-Key asks once, streamed or not; with other words it is refused', async () => {
  const headers = { 'idempotency-key': 'ask-once-1' }
  const input = { message: 'when do backups run?' }
  const first = await cairn.api.chat.ask(input, { headers })
  expect(await cairn.api.chat.ask(input, { headers })).toEqual(first)
  const streamed: { event: string; data: unknown }[] = []
  for await (const { event, data } of cairn.api.chat.ask.stream(input, { headers })) streamed.push({ event, data })
  expect(streamed).toEqual([{ event: 'complete', data: first }])
  expect((await cairn.api.threads.get({ id: first.thread_id })).message_count).toBe(2)
  expect(await refusal(cairn.api.chat.ask({ message: 'something else' }, { headers }))).toMatchObject({
    status: 409,
    code: 'IDEMPOTENCY_CONFLICT',
  })
  const together = await Promise.all(
    [1, 2, 3].map(() => cairn.api.chat.ask(input, { headers: { 'idempotency-key': 'ask-once-2' } })),
  )
  expect(new Set(together.map(({ message }) => message.id)).size).toBe(1)
  expect((await cairn.api.threads.get({ id: together[0]?.thread_id as string })).message_count).toBe(2)
})

test('what is searched and asked may be anything: long, in any script, broken', async () => {
  for (const message of [
    'ляля '.repeat(20_000),
    '数据库备份什么时候运行？',
    '"\'\\%_*[](){}<script>',
    'x\ud800y',
    '🙂'.repeat(500),
  ]) {
    expect((await cairn.api.chat.ask({ message })).message.state).toBe('complete')
  }
  expect(await refusal(cairn.api.chat.ask({ message: 'a\u0000b' }))).toMatchObject({ status: 422 })
  expect(await refusal(cairn.api.chat.ask({ message: 'x'.repeat(200_001) }))).toMatchObject({ status: 422 })
})

test('programs learn the shapes of request, answer and frames', async () => {
  const { request, frames } = (await cairn.api.chat.schema()) as { request: { required: string[] }; frames: object }
  expect(request.required).toEqual(['message'])
  expect(Object.keys(frames)).toEqual(['metadata', 'delta', 'complete', 'error'])
})
