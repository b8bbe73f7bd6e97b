import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn

beforeAll(async () => {
  cairn = await startCairn()
  await cairn.api.memories.create({ key: 'lease', value: 'The heartbeat renews the lease of a job every ten seconds.' })
  await cairn.api.memories.create({ key: 'bread', value: 'Bread needs flour,\nwater and salt.' })
  await until(async () => (await cairn.api.search.status()).pending === 0)
})
afterAll(async () => {
  await cairn?.stop()
})

test('what was remembered is found a moment later, says where it is, and opens there', async () => {
  const { hits, mode, reason, corrected } = await cairn.api.search.query({ query: 'who renews the leese?' })
  expect(hits[0]).toMatchObject({
    source: { kind: 'memory', title: 'lease' },
    passage: { text: expect.stringContaining('The heartbeat renews the lease') },
    why: { keyword: 1, semantic: null },
  })
  expect(corrected).toEqual([{ from: 'leese', to: 'lease' }])
  expect([mode, reason]).toEqual(['keyword', 'No embedding model is configured.'])
  const { kind, id } = hits[0]?.source ?? { kind: '', id: '' }
  const opened = await cairn.api.search.open({ kind, id, start_line: 1 })
  expect(opened).toMatchObject({ source: { kind, id, title: 'lease' }, start_line: 1 })
  expect(opened.text).toContain('every ten seconds')
})

test('asking for meaning without a model is answered by words, and says so', async () => {
  for (const mode of ['semantic', 'hybrid'] as const) {
    const answer = await cairn.api.search.query({ query: 'flour', mode })
    expect([answer.mode, answer.reason, answer.hits.length]).toEqual([
      'keyword',
      'No embedding model is configured.',
      1,
    ])
  }
  expect(await cairn.api.search.query({ query: 'flour', mode: 'keyword' })).toMatchObject({
    mode: 'keyword',
    reason: null,
  })
})

test('another workspace finds nothing, opens nothing and counts nothing of it', async () => {
  const { api } = await cairn.stranger()
  expect((await api.search.query({ query: 'lease heartbeat' })).hits).toEqual([])
  expect(await api.search.status()).toMatchObject({ passages: 0, sources: 0, pending: 0 })
  const [hit] = (await cairn.api.search.query({ query: 'lease' })).hits
  const { kind = '', id = '' } = hit?.source ?? {}
  await expect(api.search.open({ kind, id })).rejects.toMatchObject({
    problem: { status: 404, code: 'SOURCE_NOT_FOUND' },
  })
})

test.each([
  ['no query', {}],
  ['an empty query', { query: '' }],
  ['a query that is no text', { query: 5 }],
  ['a query with NUL', { query: 'a\u0000' }],
  ['a query too long', { query: 'x'.repeat(20_001) }],
  ['an unknown mode', { query: 'a', mode: 'magic' }],
  ['an absurd limit', { query: 'a', limit: 1_000_000 }],
  ['a limit of none', { query: 'a', limit: 0 }],
  ['a time that is none', { query: 'a', from: 'yesterday' }],
  ['kinds that are no list', { query: 'a', kinds: 'file' }],
  ['an unknown field', { query: 'a', workspace: 'other' }],
])('%s is refused with the field that is wrong', async (_name, body) => {
  const response = await cairn.fetch('/api/search', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const problem = (await response.json()) as { code: string; errors: unknown[] }
  expect([response.status, problem.code]).toEqual([422, 'INVALID_INPUT'])
  expect(problem.errors.length).toBeGreaterThan(0)
})

test('what cannot be opened is not found, and absurd lines are refused', async () => {
  const open = (path: string) => cairn.fetch(`/api/sources/${path}`).then((response) => response.status)
  expect(await open('memory/018f0000-0000-7000-8000-000000000000')).toBe(404)
  expect(await open('memory/%27%20or%201%3D1')).toBe(404)
  expect(await open('nothing/1')).toBe(404)
  expect(await open('file/..%2F..%2Fetc%2Fpasswd')).toBe(404)
  expect(await open('memory/x?start_line=0')).toBe(422)
  expect(await open('memory/x?start_line=1e9')).toBe(422)
})

test('a rebuild is a job, after which all is found as before', async () => {
  const before = await cairn.api.search.query({ query: 'flour' })
  const { job_id } = await cairn.api.search.rebuild({})
  await until(async () => (await cairn.api.jobs.get({ id: job_id })).status === 'succeeded')
  await until(async () => (await cairn.api.search.status()).pending === 0)
  const after = await cairn.api.search.query({ query: 'flour' })
  expect(after.hits).toEqual(before.hits)
})

test('the index tells how far it is', async () => {
  const status = await cairn.api.search.status()
  expect(status).toMatchObject({ state: 'idle', pending: 0, failed: 0, model: null, embedded: 0, failures: [] })
  expect(status.kinds.memory).toEqual({ sources: 2, passages: 2 })
  expect(status.bytes).toBeGreaterThan(100)
})
