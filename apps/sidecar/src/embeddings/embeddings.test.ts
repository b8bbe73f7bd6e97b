import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { bagOfWords } from '../../test/bag-of-words.ts'
import { type ModelServer, startModelServer } from '../../test/model-server.ts'
import { decodeFloats, encodeFloats } from '../floats.ts'
import type { Provider } from '../models/provider.ts'
import { type Embeddings, type EmbedRequest, makeEmbeddings } from './index.ts'

let models: ModelServer
let embeddings: Embeddings
const signal = new AbortController().signal

beforeAll(async () => {
  models = await startModelServer()
  embeddings = makeEmbeddings({ addons: '/nowhere', backOff: [5, 10] })
})
beforeEach(() => {
  models.requests.length = 0
  models.faults.length = 0
})
afterAll(async () => {
  await embeddings.close()
  await models.close()
})

const provider = (kind: Provider['kind'], path: string, change: Partial<Provider> = {}): Provider => ({
  kind,
  base_url: models.url + path,
  api_key: 'test-key-0123456789',
  model: 'test-embed',
  allow_host: models.host,
  ...change,
})
const compatible = (change: Partial<Provider> = {}) => provider('openai-compatible', '/v1', change)

const embed = (request: Partial<EmbedRequest>) =>
  embeddings.embed({ provider: compatible(), texts: ['one text'], purpose: 'passage', ...request }, signal)

const floatsOf = (vectors: string[]) => vectors.map((vector) => [...(decodeFloats(vector) ?? [])])
const close = (a: number[], b: number[]) => a.length === b.length && a.every((x, i) => Math.abs(x - (b[i] ?? 0)) < 1e-6)

const kinds: [Provider['kind'], string, string][] = [
  ['openai-compatible', '/v1', '/v1/embeddings'],
  ['openai', '/v1', '/v1/embeddings'],
  ['ollama', '', '/api/embed'],
  ['google', '/google/v1beta', '/google/v1beta/models/test-embed:batchEmbedContents'],
]

for (const [kind, base, path] of kinds) {
  test(`${kind}: 100 texts come back as 100 vectors in their order, asked for in batches of 32`, async () => {
    const texts = Array.from({ length: 100 }, (_, i) => `passage number ${i} about leases`)
    const answer = await embed({ provider: provider(kind, base), texts })
    expect(models.requests.map((request) => request.path)).toEqual([path, path, path, path])
    expect(answer).toMatchObject({ dimensions: 384, model: 'test-embed', usage: { tokens: expect.any(Number) } })
    expect(answer.usage.tokens).toBeGreaterThanOrEqual(400)
    floatsOf(answer.vectors).forEach((vector, i) => {
      expect(close(vector, bagOfWords(texts[i] ?? ''))).toBe(true)
    })
  })

  test(`${kind}: shorter vectors can be asked for`, async () => {
    const answer = await embed({ provider: provider(kind, base, kind === 'google' ? {} : { dimensions: 64 }) })
    expect(answer.dimensions).toBe(kind === 'google' ? 384 : 64)
  })
}

test('texts that share words are nearer than texts that do not', () => {
  const dot = (a: string, b: string) => bagOfWords(a).reduce((sum, x, i) => sum + x * (bagOfWords(b)[i] ?? 0), 0)
  expect(dot('where is a lease renewed', 'renewLease renews the lease of a job')).toBeGreaterThan(
    dot('where is a lease renewed', 'bananas are yellow'),
  )
})

test('a query and a passage are told apart where the model was trained so', async () => {
  const nomic = compatible({ model: 'nomic-embed-text:v1.5' })
  await embed({ provider: nomic, texts: ['lease'], purpose: 'query' })
  await embed({ provider: nomic, texts: ['lease'], purpose: 'passage' })
  await embed({ texts: ['lease'], purpose: 'query' })
  expect(models.requests.map((request) => request.body?.input)).toEqual([
    ['search_query: lease'],
    ['search_document: lease'],
    ['lease'],
  ])
  await embed({ provider: provider('google', '/google/v1beta'), purpose: 'query' })
  expect(JSON.stringify(models.requests.at(-1)?.body)).toContain('RETRIEVAL_QUERY')
})

test('an empty text is embedded as a blank one', async () => {
  await embed({ texts: ['', 'x'] })
  expect(models.requests[0]?.body?.input).toEqual([' ', 'x'])
})

test('a busy server is tried again, as late as it asks for', async () => {
  models.faults.push({ kind: 'status', status: 429, retry_after: '0.1' }, { kind: 'status', status: 502 })
  const before = performance.now()
  await embed({})
  expect(performance.now() - before).toBeGreaterThanOrEqual(100)
  expect(models.requests).toHaveLength(3)
})

test('after three tries it is told what was wrong', async () => {
  models.faults.push(...Array.from({ length: 3 }, () => ({ kind: 'status' as const, status: 503 })))
  await expect(embed({})).rejects.toMatchObject({ code: 'MODEL_UNREACHABLE' })
  expect(models.requests).toHaveLength(3)
  for (const kind of ['openai', 'ollama'] as const) {
    models.faults.push({ kind: 'status', status: 400, message: 'input too long' })
    const refused = embed({ provider: provider(kind, kind === 'openai' ? '/v1' : '') })
    await expect(refused).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('too long') })
  }
})

test('a query waits for nobody who asks for an hour', async () => {
  models.faults.push({ kind: 'status', status: 429, retry_after: '3600' })
  await expect(embed({ purpose: 'query' })).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
  expect(models.requests).toHaveLength(1)
})

test('answers that would spoil the index are refused', async () => {
  const bodies: unknown[] = [
    { data: [] },
    { data: [{ index: 0, embedding: [1, null, 3] }] },
    { data: [{ index: 0, embedding: [] }] },
    { data: [{ index: 0, embedding: 'abc' }] },
    { data: { nothing: true } },
    { error: 'something' },
    [],
  ]
  for (const body of bodies) {
    models.faults.push({ kind: 'answer', body })
    await expect(embed({}), JSON.stringify(body)).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
  }
  models.faults.push({ kind: 'garbage' })
  await expect(embed({})).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
  await expect(embed({ provider: compatible({ dimensions: 10 }) })).resolves.toMatchObject({ dimensions: 10 })
  models.faults.push({ kind: 'answer', body: { data: [{ index: 0, embedding: [1, 2, 3] }] } })
  await expect(embed({ provider: compatible({ dimensions: 10 }) })).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
})

test('vectors of mixed lengths over several batches are refused', async () => {
  models.faults.push({ kind: 'answer', body: { embeddings: Array.from({ length: 32 }, () => [1, 2]) } })
  const mixed = embed({ provider: provider('ollama', ''), texts: Array.from({ length: 40 }, () => 'x') })
  await expect(mixed).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
})

test('the allowed host holds for embeddings as well, also by redirect and through the SDK', async () => {
  const other = await startModelServer()
  try {
    for (const [kind, base] of kinds) {
      const wrong = provider(kind, base, { allow_host: other.host })
      await expect(embed({ provider: wrong })).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
      models.faults.push({ kind: 'redirect', to: `${other.url}/v1/embeddings` })
      await expect(embed({ provider: provider(kind, base) })).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
    }
    expect(other.requests).toEqual([])
  } finally {
    await other.close()
  }
})

test('what cannot embed says so', async () => {
  await expect(embed({ provider: provider('anthropic', '/anthropic/v1') })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  const { model: _, ...nameless } = compatible()
  await expect(embed({ provider: nameless })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('hanging up ends the request to the server', async () => {
  models.faults.push({ kind: 'stall', after: 0 })
  const gone = new AbortController()
  const asked = embeddings.embed({ provider: compatible(), texts: ['x'], purpose: 'query' }, gone.signal)
  await expect.poll(() => models.requests.length, { timeout: 20_000 }).toBe(1)
  gone.abort()
  await expect(asked).rejects.toThrow()
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('floats survive the wire, and what is no vector is none', () => {
  const vector = Float32Array.from([0, -1.5, 3.25e-10, 1e30])
  expect(decodeFloats(encodeFloats(vector), 4)).toEqual(vector)
  expect(encodeFloats(Float32Array.from([1]))).toBe('AACAPw==')
  expect(decodeFloats('AACAPw==', 2)).toBeNull()
  expect(decodeFloats('AACA')).toBeNull()
  expect(decodeFloats('')).toBeNull()
  expect(decodeFloats(encodeFloats(Float32Array.from([Number.NaN])))).toBeNull()
})
