import type { ChatAnswer } from '@cairn/api/chat'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'
import type { JobTables } from '../../../kernel/jobs/rows.ts'

const [first, second] = ['what is first?', 'what is second?']
type Told = { event: string; data: never }

let cairn: Cairn
let model: ModelServer
beforeAll(async () => {
  model = await startModelServer({ models: ['test-chat'], reply: () => 'one two three four' })
  cairn = await startCairn({ sidecar: true })
  const { id } = await cairn.api.models.addProvider({
    ...{ name: 'first', kind: 'openai-compatible', base_url: `${model.url}/v1` },
  })
  await cairn.api.models.setRoutes({ chat: [{ provider_id: id, model: 'test-chat' }], embed: [] })
})
afterAll(async () => {
  await cairn?.stop()
  await model?.close()
})
afterEach(() => {
  model.faults.length = 0
})

/** A question that goes on being answered, after so many words. */
function asking(from: Cairn, thread_id: string, after: number | null = 2, headers?: Record<string, string>) {
  if (after !== null) model.faults.push({ kind: 'stall', after })
  const frames: Told[] = []
  const gone = new AbortController()
  const options = { signal: gone.signal, ...(headers && { headers }) }
  const all = (async () => {
    for await (const { event, data } of from.api.chat.ask.stream({ thread_id, message: first }, options))
      frames.push({ event, data: data as never })
  })()
  const done = all.catch((error: unknown) => {
    if (!gone.signal.aborted) throw error
  })
  const heard = (event: string, times = 1) =>
    until(() => frames.filter((frame) => frame.event === event).length >= times)
  const job = () => {
    const metadata = frames.find(({ event }) => event === 'metadata')
    return String((metadata?.data as { job_id?: string } | undefined)?.job_id)
  }
  return { frames, done, heard, job, leave: () => gone.abort() }
}
const newThread = async () => (await cairn.api.threads.create({ title: 'on its own' })).id
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const busy = { status: 409, code: 'THREAD_BUSY' }
/** What is shown of a thread, the oldest first. */
const shown = async (thread_id: string) => {
  const { items } = await cairn.api.threads.path({ thread_id })
  return items.toReversed().map(({ content }) => content.trim())
}

test('whoever stops an answer can ask on at once, and what was said comes before that', async () => {
  const thread = await newThread()
  const one = asking(cairn, thread)
  await one.heard('delta', 2)
  one.leave()
  const next = await cairn.api.chat.send({ thread_id: thread, message: second })
  expect(next.message).toMatchObject({ state: 'complete', content: 'one two three four' })
  expect(await shown(thread)).toEqual([first, 'one two', second, 'one two three four'])
})

test('the same when its job is cancelled', async () => {
  const thread = await newThread()
  const one = asking(cairn, thread)
  await one.heard('delta', 2)
  await cairn.api.jobs.cancel({ id: one.job() })
  await cairn.api.chat.send({ thread_id: thread, message: second })
  await one.done
  expect(await shown(thread)).toEqual([first, 'one two', second, 'one two three four'])
})

test('whoever stops an answer can have the question answered anew at once, and is shown that', async () => {
  const thread = await newThread()
  const one = asking(cairn, thread)
  await one.heard('delta', 2)
  one.leave()
  await cairn.api.chat.regenerate({ thread_id: thread })
  expect(await shown(thread)).toEqual([first, 'one two three four'])
  expect((await cairn.api.threads.get({ id: thread })).message_count).toBe(3)
})

test('an answer that was stopped before its question was stored is stopped all the same', async () => {
  const thread = await newThread()
  const { jobs } = cairn.core.kernel
  const { enqueue } = jobs
  const [arrived, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  jobs.enqueue = async (db, context, job) => {
    if (job.type === 'chat.answer') {
      arrived.resolve()
      await open.promise
    }
    return enqueue(db, context, job)
  }
  const one = asking(cairn, thread)
  await arrived.promise
  one.leave()
  await one.done
  // By then the core has heard that who asked is gone.
  for (let again = 0; again < 5; again++) await fetch(`${cairn.url}/nowhere`)
  jobs.enqueue = enqueue
  open.resolve()
  const latest = async () => (await cairn.api.jobs.list({ type: 'chat.answer' })).items[0]
  await until(async () => (await cairn.api.threads.get({ id: thread })).message_count === 1)
  await until(async () => model.faults.length === 0 || (await latest())?.completed_at)
  model.faults.length = 0
  const next = await cairn.api.chat.send({ thread_id: thread, message: second })
  expect(next.message.content).toBe('one two three four')
  expect(await shown(thread)).toEqual([first, second, 'one two three four'])
})

test('the next question is taken as soon as the answer before it was told', async () => {
  const thread_id = await newThread()
  for (let turn = 0; turn < 8; turn++) {
    for await (const { event, data } of cairn.api.chat.send.stream({ thread_id, message: 'what is again?' })) {
      expect(event, JSON.stringify(data)).not.toBe('error')
      if (event === 'complete') break
    }
  }
  expect((await cairn.api.threads.get({ id: thread_id })).message_count).toBe(16)
})

test('of two questions of the same moment one is answered; of the other nothing is stored', async () => {
  const thread = await newThread()
  model.faults.push({ kind: 'stall', after: 2 })
  const ends: unknown[] = []
  const leaving = new AbortController()
  const asked = ['what is a?', 'what is b?', 'what is c?'].map(async (message) => {
    const { signal } = leaving
    ends.push(await refusal(cairn.api.chat.send({ thread_id: thread, message }, { signal })))
  })
  await until(() => ends.length === 2)
  expect(ends).toEqual([expect.objectContaining(busy), expect.objectContaining(busy)])
  expect((await cairn.api.threads.get({ id: thread })).message_count).toBe(1)
  leaving.abort()
  await Promise.all(asked)
})

test('a thread whose answer a cut-off process has left behind is busy until the job ends or is cancelled', async () => {
  const thread = await newThread()
  const { id: job, question } = await leftBehind(thread)
  const { message_count } = await cairn.api.threads.get({ id: thread })
  expect(await refusal(cairn.api.chat.send({ thread_id: thread, message: 'what is next?' }))).toMatchObject(busy)
  const replaces = question
  expect(await refusal(cairn.api.chat.send({ thread_id: thread, message: 'what is edited?', replaces }))).toMatchObject(
    busy,
  )
  expect(await refusal(cairn.api.chat.regenerate({ thread_id: thread }))).toMatchObject(busy)
  expect(await cairn.api.threads.get({ id: thread })).toMatchObject({ message_count })
  await cairn.api.jobs.cancel({ id: job })
  expect((await cairn.api.chat.regenerate({ thread_id: thread })).message.content).toBe('one two three four')
})

/** A job that answers in a thread, held by another process that tells nothing. */
async function leftBehind(thread: string): Promise<{ id: string; question: string }> {
  const { user_message_id: question, job_id } = await cairn.api.chat.send({
    thread_id: thread,
    message: 'what is asked?',
  })
  const tables = cairn.core.kernel.database.db.withTables<JobTables>()
  const of = () => tables.selectFrom('jobs').selectAll().where('id', '=', job_id).executeTakeFirstOrThrow()
  const row = await until(async () => ((await of()).completed_at === null ? null : of()))
  const id = newId()
  const held = { status: 'running', worker: 'elsewhere/1', lease_until: row.created_at + 3_600_000 } as const
  await cairn.core.kernel.database.transaction((db) =>
    db
      .withTables<JobTables>()
      .insertInto('jobs')
      .values({ ...row, ...held, id, completed_at: null, result: null })
      .execute(),
  )
  return { id, question }
}

describe.runIf(inject('dialect') === 'postgres')('two cores on one PostgreSQL', () => {
  let other: Cairn
  beforeAll(async () => {
    const { CAIRN_DATABASE_URL } = cairn.environment
    other = await startCairn({ sidecar: true, environment: { CAIRN_DATABASE_URL: CAIRN_DATABASE_URL as string } })
  })
  afterAll(() => other?.stop())

  const last = (frames: Told[]) => frames.at(-1)?.data as unknown as ChatAnswer

  test('refuse a question in a thread that the other answers in; its job can be cancelled from anywhere', async () => {
    const thread = await newThread()
    const one = asking(cairn, thread)
    await one.heard('delta', 2)
    expect(await refusal(other.api.chat.send({ thread_id: thread, message: second }))).toMatchObject(busy)
    expect(await refusal(other.api.chat.regenerate({ thread_id: thread }))).toMatchObject(busy)
    expect((await cairn.api.threads.get({ id: thread })).message_count).toBe(1)
    await other.api.jobs.cancel({ id: one.job() })
    const { message } = await other.api.chat.send({ thread_id: thread, message: second })
    expect(message).toMatchObject({ state: 'complete', content: 'one two three four' })
    await one.done
    expect(last(one.frames)).toMatchObject({ code: 'ANSWER_STOPPED' })
  })

  test('have one winner when both are asked in the same instant', async () => {
    for (let round = 0; round < 5; round++) {
      const thread = await newThread()
      model.faults.push({ kind: 'stall', after: 1 })
      const leaving = new AbortController()
      const both = [cairn, other].map((core) =>
        refusal(core.api.chat.send({ thread_id: thread, message: first }, { signal: leaving.signal })),
      )
      expect(await Promise.race(both)).toMatchObject(busy)
      expect((await cairn.api.threads.get({ id: thread })).message_count).toBe(1)
      await until(() => model.faults.length === 0)
      leaving.abort()
      await Promise.all(both)
    }
  })

  test('whoever stopped an answer at one can ask on at the other', async () => {
    const thread = await newThread()
    const one = asking(cairn, thread)
    await one.heard('delta', 2)
    one.leave()
    await other.api.chat.send({ thread_id: thread, message: second })
    expect(await shown(thread)).toEqual([first, 'one two', second, 'one two three four'])
  })

  test('a call that is repeated at the other is told the answer that the first is writing', async () => {
    const thread = await newThread()
    const headers = { 'idempotency-key': newId() }
    model.faults.push({ kind: 'slow', ms: 3_000 })
    const one = asking(cairn, thread, null, headers)
    await one.heard('metadata')
    const repeated = asking(other, thread, null, headers)
    const whole = await other.api.chat.ask({ thread_id: thread, message: first }, { headers })
    await Promise.all([one.done, repeated.done])
    expect(whole).toEqual(last(one.frames))
    expect(repeated.frames.map(({ event }) => event)).toEqual(['metadata', 'delta', 'complete'])
    expect(last(repeated.frames)).toEqual(whole)
    expect((await cairn.api.threads.get({ id: thread })).message_count).toBe(2)
  })

  test('a repeated call is told when the first was stopped, and repeated once more it is answered', async () => {
    const thread = await newThread()
    const headers = { 'idempotency-key': newId() }
    const one = asking(cairn, thread, 2, headers)
    await one.heard('delta', 2)
    const repeated = asking(other, thread, null, headers)
    await until(async () => (await cairn.api.jobs.get({ id: one.job() })).status === 'running')
    one.leave()
    await repeated.done
    expect(last(repeated.frames)).toMatchObject({ code: 'ANSWER_STOPPED', message: { content: 'one two ' } })
    const once = await other.api.chat.ask({ thread_id: thread, message: first }, { headers })
    expect(once.message).toMatchObject({ state: 'complete', content: 'one two three four' })
    expect(await cairn.api.chat.ask({ thread_id: thread, message: first }, { headers })).toEqual(once)
  })

  test('an answer that only the other can write is told when it is there, and stopped when nobody waits', async () => {
    await other.core.kernel.jobs.stop()
    const thread = await newThread()
    const one = asking(other, thread, null)
    await one.done
    expect(one.frames.map(({ event }) => event)).toEqual(['metadata', 'delta', 'complete'])
    expect(last(one.frames).message.content).toBe('one two three four')

    const two = asking(other, thread)
    const job = await until(async () => {
      const { items } = await other.api.jobs.list({ type: 'chat.answer', status: ['running'] })
      return items.find((each) => each.thread_id === thread)
    })
    await until(() => model.faults.length === 0)
    two.leave()
    await until(async () => (await other.api.jobs.get({ id: job.id })).status === 'cancelled')
  })
})
