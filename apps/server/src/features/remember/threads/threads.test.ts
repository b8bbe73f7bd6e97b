import { maxContentBytes } from '@cairn/api/threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import * as store from './store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: { problem?: { status: number; code: string; errors?: unknown } }) => thrown,
  )
  return error?.problem ?? error
}
const eventsOf = async (action: () => Promise<unknown>) => {
  const { events } = cairn.core.kernel
  const scope = cairn.core.kernel.scope({
    workspace: cairn.core.workspace,
    principal: { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] },
  })
  const before =
    (
      await scope.db
        .withTables<{ event_head: { workspace: string; seq: number } }>()
        .selectFrom('event_head')
        .select('seq')
        .where('workspace', '=', scope.workspace)
        .executeTakeFirst()
    )?.seq ?? 0
  await action()
  return (await events.read(scope, before, 100)).map(({ type, data }) => ({ type, data }))
}

test('a thread is made with one event, read, listed, renamed and deleted with its messages', async () => {
  const made: { id?: string } = {}
  const events = await eventsOf(async () => {
    made.id = (await cairn.api.threads.create({ title: 'Leases', origin: 'test' })).id
  })
  const id = made.id as string
  expect(events).toEqual([{ type: 'thread.created', data: { origin: 'test' } }])
  expect(await cairn.api.threads.get({ id })).toMatchObject({ id, title: 'Leases', message_count: 0, version: 1 })

  await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: 'hello' })
  await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: 'hi', model: 'm', tokens: 3 })
  const thread = await cairn.api.threads.get({ id })
  expect(thread.message_count).toBe(2)
  expect(thread.last_user_message_at).not.toBeNull()
  expect(thread.last_assistant_message_at).not.toBeNull()

  const removed = await cairn.api.threads.remove({ id })
  expect(removed).toEqual({ removed: { threads: 1, messages: 2, links: 0, memories: 0, contexts: 0 } })
  expect(await refusal(cairn.api.threads.get({ id }))).toMatchObject({ status: 404, code: 'THREAD_NOT_FOUND' })
  expect(await refusal(cairn.api.threads.messages({ thread_id: id }))).toMatchObject({ code: 'THREAD_NOT_FOUND' })
})

test('threads of another workspace are not there, for any operation', async () => {
  const stranger = await cairn.stranger()
  const { id } = await cairn.api.threads.create({ title: 'mine' })
  const { id: message } = await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: 'private' })
  const { threads } = stranger.api
  for (const call of [
    () => threads.get({ id }),
    () => threads.update({ id, title: 'theirs' }),
    () => threads.remove({ id }),
    () => threads.messages({ thread_id: id }),
    () => threads.links({ thread_id: id }),
    () => threads.addMessage({ thread_id: id, role: 'user', content: 'x' }),
  ]) {
    expect(await refusal(call())).toMatchObject({ status: 404, code: 'THREAD_NOT_FOUND' })
  }
  expect((await threads.list()).items).toEqual([])
  const own = await threads.create({ title: 'own' })
  expect(
    await refusal(threads.addMessage({ thread_id: own.id, role: 'user', content: 'x', parent_id: message })),
  ).toMatchObject({
    status: 422,
    errors: [{ path: '/parent_id' }],
  })
})

test('the same id and content again is the same row; other content is refused', async () => {
  const id = newId()
  const first = await cairn.api.threads.create({ id, title: 'once', metadata: { b: 1, a: 2 } })
  const again = await eventsOf(async () => {
    expect(await cairn.api.threads.create({ id, title: 'once', metadata: { a: 2, b: 1 } })).toEqual(first)
  })
  expect(again).toEqual([])
  expect(await refusal(cairn.api.threads.create({ id, title: 'twice' }))).toMatchObject({
    status: 409,
    code: 'CONFLICT',
  })

  const message = { thread_id: id, id: newId(), role: 'user' as const, content: 'the same' }
  const all = await Promise.all(Array.from({ length: 10 }, () => cairn.api.threads.addMessage(message)))
  expect(new Set(all.map(({ turn }) => turn))).toEqual(new Set([1]))
  expect((await cairn.api.threads.get({ id })).message_count).toBe(1)
  expect(await refusal(cairn.api.threads.addMessage({ ...message, content: 'another' }))).toMatchObject({ status: 409 })
  const other = await cairn.api.threads.create({})
  expect(await refusal(cairn.api.threads.addMessage({ ...message, thread_id: other.id }))).toMatchObject({
    status: 409,
  })
  expect((await cairn.api.threads.get({ id: other.id })).message_count).toBe(0)
})

test('messages written at the same moment get the turns 1, 2, 3, … without a gap', async () => {
  const { id } = await cairn.api.threads.create({})
  await Promise.all(
    Array.from({ length: 25 }, (_, at) =>
      cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: `m${at}` }),
    ),
  )
  const turns = (await cairn.api.threads.messages({ thread_id: id, limit: 200 })).items.map(({ turn }) => turn)
  expect(turns).toEqual(Array.from({ length: 25 }, (_, at) => at + 1))
})

test('a rename with the version that was seen works once; with a stale one nothing changes', async () => {
  const { id } = await cairn.api.threads.create({ title: 'a' })
  const response = await cairn.fetch(`/api/hydraflow/threads/${id}`)
  const etag = response.headers.get('etag') as string
  expect(etag).toBe('"1"')
  const headers = { 'if-match': etag }
  const renamed = await cairn.api.threads.update({ id, title: 'b' }, { headers })
  expect(renamed).toMatchObject({ title: 'b', version: 2 })
  expect(await refusal(cairn.api.threads.update({ id, title: 'c' }, { headers }))).toMatchObject({
    status: 412,
    code: 'PRECONDITION_FAILED',
  })
  expect(await refusal(cairn.api.threads.remove({ id }, { headers }))).toMatchObject({ status: 412 })
  const nonsense = { headers: { 'if-match': 'yesterday' } }
  expect(await refusal(cairn.api.threads.update({ id, title: 'd' }, nonsense))).toMatchObject({ status: 422 })
  expect(await cairn.api.threads.get({ id })).toMatchObject({ title: 'b', version: 2 })
  const silent = await eventsOf(() => cairn.api.threads.update({ id, title: 'b' }))
  expect(silent).toEqual([])
})

test('threads are listed by last activity, in pages, and found by a part of their title', async () => {
  const stranger = await cairn.stranger()
  const { threads } = stranger.api
  const ids: string[] = []
  for (const title of ['Alpha 100%', 'beta_1', 'betaX1', 'Gamma', 'ÄPFEL'])
    ids.push((await threads.create({ title })).id)
  await threads.addMessage({ thread_id: ids[0] as string, role: 'user', content: 'newest' })
  const first = await threads.list({ limit: 2 })
  const rest = await threads.list({ limit: 200, cursor: first.next_cursor as string })
  expect(first.items[0]?.id).toBe(ids[0])
  expect(new Set([...first.items, ...rest.items].map(({ id }) => id))).toEqual(new Set(ids))
  expect(rest.next_cursor).toBeNull()
  const titles = async (q: string) => (await threads.list({ q })).items.map(({ title }) => title)
  expect(await titles('GAMM')).toEqual(['Gamma'])
  expect(await titles('beta_1')).toEqual(['beta_1'])
  expect(await titles('0%')).toEqual(['Alpha 100%'])
  expect(await titles('äpf')).toEqual([])
  expect(await titles('ÄPF')).toEqual(['ÄPFEL'])
  expect(await refusal(threads.list({ cursor: 'bm9uc2Vuc2U' }))).toMatchObject({
    status: 422,
    errors: [{ path: '/cursor' }],
  })
})

test('messages of a thread are listed both ways, by role and by what they hold', async () => {
  const { id } = await cairn.api.threads.create({})
  for (const content of ['one', 'TWO 50%', 'three']) {
    await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content })
    await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: `re ${content}` })
  }
  const contents = async (filter: object) =>
    (await cairn.api.threads.messages({ thread_id: id, ...filter })).items.map(({ content }) => content)
  expect(await contents({ limit: 2, order: 'desc' })).toEqual(['re three', 'three'])
  expect(await contents({ role: 'user' })).toEqual(['one', 'TWO 50%', 'three'])
  expect(await contents({ q: 'two 50%' })).toEqual(['TWO 50%', 're TWO 50%'])
  const page = await cairn.api.threads.messages({ thread_id: id, limit: 4, order: 'desc' })
  expect(await contents({ order: 'desc', cursor: page.next_cursor })).toEqual(['re one', 'one'])
})

test('what a message cites becomes a link of the thread, once', async () => {
  const { id } = await cairn.api.threads.create({})
  const source = { kind: 'file', id: 'f1', title: 'lease\u0000.ts', uri: 'src/lease.ts' }
  const citations = [{ n: 1, source, place: null, quote: 'x', time: null }]
  await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: 'see [1]', citations })
  await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: 'again [1]', citations })
  const { items } = await cairn.api.threads.links({ thread_id: id })
  expect(items).toMatchObject([{ kind: 'file', id: 'f1', title: 'lease.ts', uri: 'src/lease.ts', relation: 'cites' }])
  expect((await cairn.api.threads.remove({ id })).removed).toEqual({
    threads: 1,
    messages: 2,
    links: 1,
    memories: 0,
    contexts: 0,
  })
})

test('five megabytes are a message, one byte more is not, and events never carry content', async () => {
  const { id } = await cairn.api.threads.create({})
  const content = `${'é'.repeat(maxContentBytes / 2 - 3)}secret`
  const events = await eventsOf(() => cairn.api.threads.addMessage({ thread_id: id, role: 'user', content }))
  expect(events.map(({ type }) => type)).toEqual(['message.created'])
  expect(JSON.stringify(events)).not.toContain('secret')
  const [stored] = (await cairn.api.threads.messages({ thread_id: id })).items
  expect(stored?.content === content).toBe(true)
  expect(
    await refusal(cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: `${content}!` })),
  ).toMatchObject({
    status: 422,
    errors: [{ path: '/content' }],
  })
  const huge = JSON.stringify({ role: 'user', content: 'x'.repeat(4 * maxContentBytes) })
  const response = await cairn.fetch(`/api/hydraflow/threads/${id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: huge,
  })
  expect(response.status).toBe(413)
  expect((await cairn.api.threads.get({ id })).message_count).toBe(1)
})

test('NUL, broken UTF-8 and lone surrogates are refused or made whole, never stored broken', async () => {
  const { id } = await cairn.api.threads.create({})
  const post = (body: string | Uint8Array<ArrayBuffer>) =>
    cairn.fetch(`/api/hydraflow/threads/${id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  expect((await post('{"role":"user","content":"a\\u0000b"}')).status).toBe(422)
  expect(
    (await post(new Uint8Array([...Buffer.from('{"role":"user","content":"'), 0xff, 0xfe, ...Buffer.from('"}')])))
      .status,
  ).toBe(400)
  const same = '11111111-1111-4111-8111-111111111111'
  const lone = `{"id":"${same}","role":"user","content":"x\\ud800y"}`
  expect(await (await post(lone)).json()).toMatchObject({ content: 'x\ufffdy' })
  expect((await post(lone)).status).toBe(201)
  expect((await post('{"role":"boss","content":"x"}')).status).toBe(422)
  expect((await post('{"role":"user","content":""}')).status).toBe(422)
  expect((await post('{"role":"user","content":"x","citations":[{"n":0}]}')).status).toBe(422)
  expect((await cairn.api.threads.get({ id })).message_count).toBe(1)
})

test('messages are found over all threads with who said them and where, and not once their thread is gone', async () => {
  const { id } = await cairn.api.threads.create({ title: 'Heron rollout' })
  const said = await cairn.api.threads.addMessage({
    thread_id: id,
    role: 'user',
    content: 'We agreed to drain the staging cluster before the migration.',
  })
  await cairn.api.threads.addMessage({ thread_id: id, role: 'assistant', content: 'Noted: drain first.' })
  const indexed = () => until(async () => (await cairn.api.search.status()).pending === 0, 50_000)
  await indexed()
  const { items } = await cairn.api.threads.search({ q: 'draining the cluster before migrating' })
  expect(items[0]).toMatchObject({ message: { id: said.id, role: 'user' }, thread: { id, title: 'Heron rollout' } })
  const { hits } = await cairn.api.search.query({ query: 'heron rollout drain', kinds: ['message'] })
  expect(hits[0]).toMatchObject({ source: { kind: 'message', title: 'Heron rollout' } })
  expect(hits[0]?.passage.speaker).toMatch(/user|assistant/)
  const opened = await cairn.api.search.open({ kind: 'message', id: said.id })
  expect(opened).toMatchObject({ text: said.content, source: { uri: `thread:${id}#1` } })
  const { api } = await cairn.stranger()
  expect((await api.threads.search({ q: 'drain the staging cluster' })).items).toEqual([])
  await cairn.api.threads.remove({ id })
  await indexed()
  const left = (await cairn.api.threads.search({ q: 'drain the staging cluster' })).items
  expect(left.map(({ message }) => message.id)).not.toContain(said.id)
})

test('every list comes out of an index in its order', async () => {
  const workspace = cairn.core.workspace
  const plans = await plansOf(cairn.core.kernel.database, async (db) => {
    const from = { workspace, db }
    await store.threadPage(from, { limit: 51, after: null })
    await store.threadPage(from, { limit: 51, after: [1, 'x'], q: 'x' })
    await store.messagePage(from, { thread: 'x', limit: 51, after: null, order: 'asc' })
    await store.messagePage(from, { thread: 'x', limit: 51, after: 7, order: 'desc', role: 'user', q: 'x' })
    await store.linkPage(from, 'x', { limit: 51, after: [1, 'x'] })
    await store.messageIdsAfter(from, 'x', 51)
    await store.repliesTo(from, 'x', 'y')
  })
  expect(plans).toHaveLength(7)
  expect(plans.filter(({ sorts, scans }) => sorts || scans)).toEqual([])
})
