import type { Client } from '@cairn/api/client'
import type { ChatsImported } from '@cairn/api/imports'
import type { Table } from '@cairn/api/table'
import { maxContentBytes } from '@cairn/api/threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../../test/harness.ts'
import { chatGpt, claude, claudeRoot } from './exports.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Api = Client<Table>
const file = (content: string | Uint8Array<ArrayBuffer>) => new File([content], 'conversations.json')
const ended = (api: Api, id: string) =>
  until(async () => {
    const job = await api.jobs.get({ id })
    return ['succeeded', 'failed', 'cancelled'].includes(job.status) ? job : null
  })
const send = async (api: Api, content: string) => {
  const { job_id } = await api.imports.chats.upload(file(content))
  return ended(api, job_id)
}
async function bring(api: Api, given: unknown): Promise<ChatsImported> {
  const job = await send(api, JSON.stringify(given))
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return job.result as ChatsImported
}
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const unreadable = (words: RegExp) => ({ code: 'CHATS_NOT_READABLE', detail: expect.stringMatching(words) })
const pathOf = async (api: Api, thread_id: string) => (await api.threads.path({ thread_id })).items.toReversed()
const uploads = async (api: Api) => cairn.core.kernel.blobs.size((await api.workspaces.list()).items[0]?.id as string)

const lease = chatGpt(
  'c0ffee00-0000-4000-8000-000000000001',
  'On leases',
  [
    { id: 'q1', parent: 'system', role: 'user', text: 'What is a lease?' },
    { id: 'a1', parent: 'q1', role: 'assistant', text: 'A promise for a time.' },
    {
      id: 'tool',
      parent: 'q1',
      role: 'assistant',
      text: 'search("lease")',
      more: { recipient: 'browser' },
    },
    { id: 'found', parent: 'tool', role: 'tool', text: 'many pages' },
    { id: 'a2', parent: 'found', role: 'assistant', text: 'A contract, for a time.' },
    {
      id: 'q2',
      parent: 'a2',
      role: 'user',
      content: {
        content_type: 'multimodal_text',
        parts: [{ content_type: 'image_asset_pointer', asset_pointer: 'file-service://x' }, 'And this?'],
      },
    },
    {
      id: 'a3',
      parent: 'q2',
      role: 'assistant',
      content: { content_type: 'code', language: 'python', text: 'renew()' },
    },
  ],
  'a3',
)

test('an export of ChatGPT comes in with its branches, times and models, and without what nobody saw', async () => {
  const { api } = await cairn.stranger()
  const result = await bring(api, [lease])
  expect(result).toEqual({
    ...{ conversations: 1, threads: 1, messages: 5, duplicates: 0, cut: 0 },
    skipped: { hidden: 3 },
  })
  const [thread] = (await api.threads.list()).items
  expect(thread).toMatchObject({ title: 'On leases', origin: 'chatgpt', message_count: 5 })
  expect(thread?.created_at).toBe('2024-04-05T19:34:38.500Z')
  const path = await pathOf(api, thread?.id as string)
  expect(path.map(({ role, content, branch }) => [role, content, branch.of])).toEqual([
    ['user', 'What is a lease?', 1],
    ['assistant', 'A contract, for a time.', 2],
    ['user', '*(image)*\n\nAnd this?', 1],
    ['assistant', '```python\nrenew()\n```', 1],
  ])
  expect(path[1]).toMatchObject({ model: 'gpt-4o', created_at: '2024-04-05T19:34:44.500Z' })
  expect(path.map(({ turn }) => turn)).toEqual([1, 3, 4, 5])
})

test('brought in again nothing comes twice; what was said since comes in, and what was done here stays', async () => {
  const { api } = await cairn.stranger()
  await bring(api, [lease])
  expect(await bring(api, [lease])).toMatchObject({ threads: 0, messages: 0, duplicates: 5 })
  const [thread] = (await api.threads.list()).items
  const id = thread?.id as string
  await api.threads.update({ id, title: 'My name for it' })
  const nodes = { ...lease.mapping }
  const grown = {
    ...lease,
    current_node: 'q3',
    mapping: { ...nodes, q3: { id: 'q3', parent: 'a3', children: [], message: { ...nodes.q2?.message, id: 'q3' } } },
  }
  expect(await bring(api, [grown])).toMatchObject({ threads: 0, messages: 1, duplicates: 5 })
  expect(await api.threads.get({ id })).toMatchObject({ title: 'My name for it', message_count: 6 })
  expect(await pathOf(api, id)).toHaveLength(5)
  const own = await api.threads.addMessage({ thread_id: id, role: 'user', content: 'here' })
  await bring(api, [{ ...lease, mapping: { ...grown.mapping, q4: { ...grown.mapping.q3, id: 'q4' } } }])
  expect(await api.threads.get({ id })).toMatchObject({ head_id: own.id, message_count: 8 })
  expect(await uploads(api)).toBe(0)
})

test('exports of Claude come in, old ones as one line and new ones with branches', async () => {
  const { api } = await cairn.stranger()
  const old = claude('11111111-aaaa-4aaa-8aaa-000000000001', '', [
    { uuid: 'm1', sender: 'human', text: 'Where do herons live? I wonder.' },
    { uuid: 'm2', sender: 'assistant', text: 'By the water.' },
    {
      uuid: 'm3',
      sender: 'human',
      text: '',
      more: { content: [], attachments: [{ file_name: 'bird.txt', extracted_content: 'grey, tall' }] },
    },
  ])
  const branched = claude('11111111-aaaa-4aaa-8aaa-000000000002', 'Branches', [
    { uuid: 'b1', sender: 'human', text: 'one', parent: claudeRoot },
    { uuid: 'b2', sender: 'assistant', text: 're one', parent: 'b1' },
    { uuid: 'b3', sender: 'assistant', text: 're one, anew', parent: 'b1' },
    { uuid: 'b4', sender: 'assistant', text: '', parent: 'b3' },
    { uuid: 'b5', sender: 'human', text: 'two', parent: 'b4' },
  ])
  expect(await bring(api, [old, branched])).toMatchObject({
    conversations: 2,
    threads: 2,
    messages: 7,
    skipped: { empty: 1 },
  })
  const threads = (await api.threads.list()).items
  const one = threads.find(({ title }) => title === 'Where do herons live?')
  expect((await pathOf(api, one?.id as string)).map(({ content }) => content)).toEqual([
    'Where do herons live? I wonder.',
    'By the water.',
    '*(attached: bird.txt)*\n\ngrey, tall',
  ])
  const other = threads.find(({ title }) => title === 'Branches')
  const path = await pathOf(api, other?.id as string)
  expect(path.map(({ content, branch }) => [content, branch.at, branch.of])).toEqual([
    ['one', 1, 1],
    ['re one, anew', 2, 2],
    ['two', 1, 1],
  ])
})

test('a message of five megabytes comes in whole, of a longer one its first five', async () => {
  const { api } = await cairn.stranger()
  // One byte too many for the last of its letters, which is left out whole.
  const long = `\u0000x${'é'.repeat(maxContentBytes / 2)}`
  const big = claude('22222222-aaaa-4aaa-8aaa-000000000001', 'Big', [{ uuid: 'm1', sender: 'assistant', text: long }])
  expect(await bring(api, [big])).toMatchObject({ messages: 1, cut: 1 })
  const [thread] = (await api.threads.list()).items
  const [cut] = await pathOf(api, thread?.id as string)
  expect(cut?.content === long.slice(1, -1)).toBe(true)
  expect(cut?.metadata).toEqual({ cut: true })
})

test('circles, lost parents, times that cannot be and parts of any shape do no harm', async () => {
  const { api } = await cairn.stranger()
  const odd = chatGpt(
    'odd',
    'Odd',
    [
      { id: 'x', parent: 'y', role: 'user', text: 'x' },
      { id: 'y', parent: 'x', role: 'assistant', text: 'y' },
      { id: 'self', parent: 'self', role: 'user', text: 'self' },
      { id: 'lost', parent: 'nowhere', role: 'user', text: 'lost', at: 1e300 },
      { id: 'early', parent: 'lost', role: 'assistant', text: 'early', at: -1_712_345_000 },
      {
        id: 'shapes',
        parent: 'early',
        role: 'user',
        content: { content_type: 'text', parts: [null, 7, { a: 1 }, 'ok\u0000'] },
      },
    ],
    'nothing',
  )
  const strange = {
    ...odd,
    conversation_id: 'strange',
    mapping: { a: null, b: 7, c: { message: [] }, d: { message: { author: 'me' } } },
  }
  const result = await bring(api, [odd, strange, { hello: 'world' }, { ...odd, id: undefined, conversation_id: 5 }])
  expect(result).toMatchObject({ conversations: 4, threads: 1, messages: 6, skipped: { unknown: 2 } })
  const [thread] = (await api.threads.list()).items
  const all = (await api.threads.messages({ thread_id: thread?.id as string })).items
  const turnOf = new Map(all.map(({ id, turn }) => [id, turn]))
  for (const { parent_id, turn } of all) if (parent_id) expect(turnOf.get(parent_id)).toBeLessThan(turn)
  expect(all.map(({ content }) => content)).toContain('ok')
})

test('what is no export is refused with what is wrong, and leaves nothing', async () => {
  const { api } = await cairn.stranger()
  const refused = (content: string) => refusal(api.imports.chats.upload(file(content)))
  expect(await refused('')).toMatchObject(unreadable(/empty/))
  expect(await refused('PK\u0003\u0004abc')).toMatchObject(unreadable(/ZIP/))
  expect(await refused('{"a":1}')).toMatchObject(unreadable(/not a list/))
  const other = new FormData()
  other.set('other', file('[]'))
  const response = await cairn.fetch('/api/import/chats', { method: 'POST', body: other })
  expect(await response.json()).toMatchObject({ errors: [{ path: '/file' }] })
  const whole = JSON.stringify([lease, claude('u', 'n', [])])
  for (const [content, words] of [
    [whole.slice(0, -20), /cut off/],
    [whole.slice(0, -1), /cut off/],
    [whole.replace('"title"', 'title'), /not JSON/],
    [`${whole}[]`, /not a list/],
    ['[1,2]', /not a list/],
    ['[{"hello":"world"}]', /no conversation/],
    ['   ', /cut off/],
  ] as const) {
    const job = await send(api, content)
    expect(job, content.slice(-40)).toMatchObject({ status: 'failed', error: { code: 'CHATS_NOT_READABLE' } })
    expect(job.error?.message).toMatch(words)
  }
  expect((await api.threads.list()).items).toEqual([])
  expect(await uploads(api)).toBe(0)
  expect(await bring(api, [])).toMatchObject({ conversations: 0, threads: 0 })
})

test('stopped in the middle it goes on after a start, and a cancelled one leaves no file', async () => {
  const { api, key } = await cairn.stranger()
  const many = Array.from({ length: 400 }, (_, at) =>
    claude(`stopped-${at}`, `Stopped ${at}`, [
      { uuid: 'm1', sender: 'human', text: `question ${at} ${'x'.repeat(5_000)}` },
    ]),
  )
  const content = JSON.stringify(many)
  const { job_id } = await api.imports.chats.upload(file(content))
  await until(async () => (await api.threads.list({ limit: 1 })).items.length > 0)
  await cairn.restart()
  const again = cairn.client(key)
  const job = await ended(again, job_id)
  expect(job).toMatchObject({ status: 'succeeded', result: { conversations: 400 } })
  const { threads, duplicates } = job.result as ChatsImported
  expect(threads + duplicates).toBe(400)
  expect((await again.overview.get()).counts).toMatchObject({ threads: 400, messages: 400 })

  const other = await cairn.stranger()
  const first = await other.api.imports.chats.upload(file(content))
  await other.api.jobs.cancel({ id: first.job_id }).catch(() => undefined)
  await ended(other.api, first.job_id)
  await until(async () => (await uploads(other.api)) === 0)
})

test('two imports at once bring everything in once; a reader may not import, and a stranger sees nothing of it', async () => {
  const { api, key } = await cairn.stranger()
  const many = Array.from({ length: 120 }, (_, at) =>
    claude(`many-${at}`, `Many ${at}`, [
      { uuid: 'm1', sender: 'human', text: `question ${at}` },
      { uuid: 'm2', sender: 'assistant', text: `answer ${at}` },
    ]),
  )
  const results = await Promise.all([bring(api, many), bring(api, many)])
  expect(results.map(({ threads }) => threads).sort()).toEqual([0, 120])
  expect(results.reduce((sum, { messages, duplicates }) => sum + messages + duplicates, 0)).toBe(480)
  expect(await uploads(api)).toBe(0)
  const reader = await cairn.client(key).users.createKey({ name: 'reader', scopes: ['*:read'] })
  expect(await refusal(cairn.client(reader.secret).imports.chats.upload(file('[]')))).toMatchObject({
    code: 'ACCESS_DENIED',
  })
  const other = await cairn.stranger()
  expect((await other.api.threads.list()).items).toEqual([])
})
