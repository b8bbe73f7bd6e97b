import { randomUUID } from 'node:crypto'
import { allOperations } from '@cairn/api/table'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn } from '../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const post = (path: string, body: string) =>
  cairn.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code
const lists = allOperations.filter((one) => one.method === 'GET' && 'cursor' in one.query)

describe('a value nested a hundred thousand times', () => {
  const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const arrays = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`

  it.each([
    ['/api/memory', (value: string) => `{"key":"k","value":"v","metadata":${value}}`],
    ['/api/hydraflow/threads', (value: string) => `{"metadata":${value}}`],
  ])('is refused by %s with the field and the reason', async (path, body) => {
    for (const value of [objects, arrays]) {
      const response = await post(path, body(value))
      expect(response.status).toBe(422)
      expect(await response.json()).toMatchObject({
        code: 'INVALID_INPUT',
        errors: [{ path: '/metadata', message: expect.stringMatching(/nested/) }],
      })
    }
  })

  it('is refused among the tools of an OpenAI client', async () => {
    const tool = (parameters: string) => `{"type":"function","function":{"name":"f","parameters":${parameters}}}`
    const messages = '[{"role":"user","content":"hi"}]'
    for (const value of [objects, arrays]) {
      const body = `{"model":"cairn/memory","messages":${messages},"tools":[${tool(value)}]}`
      expect((await post('/v1/chat/completions', body)).status).toBe(422)
    }
  })

  it('does not keep out what is nested as people nest', async () => {
    const metadata = `${'{"a":['.repeat(20)}1${']}'.repeat(20)}`
    expect((await post('/api/memory', `{"key":"k","value":"v","metadata":${metadata}}`)).status).toBe(201)
  })
})

describe('a cursor that somebody wrote by hand', () => {
  const texts = ['[1.5,"x"]', '[1e300,"x"]', '[1e400,"x"]', '[1,"a\\u0000"]', '["a\\u0000","b"]', '["a\\u0000"]']
  texts.push('[1.5]', '[1e300]', '[1e400]', '["x",1e300]', '["x",1.5]', '[-9007199254740993,"x"]')

  it.each(lists.map((one) => [one.id, one] as const))('is refused by %s, never a fault', async (_, operation) => {
    const path = operation.path.replace(/\{\w+\}/g, randomUUID())
    const needed = Object.entries(operation.query)
      .filter(([, schema]) => !('~optional' in schema))
      .map(([name]) => `&${name}=${randomUUID()}`)
      .join('')
    for (const text of texts) {
      const response = await cairn.fetch(`${path}?cursor=${Buffer.from(text).toString('base64url')}${needed}`)
      expect([404, 422], `${text} → ${response.status}`).toContain(response.status)
      await response.arrayBuffer()
    }
  })
})

describe('an address', () => {
  it('with a part of thousands of characters leads nowhere', async () => {
    for (const path of ['/api/memory/', '/api/workspaces/', '/api/sources/file/']) {
      const response = await cairn.fetch(path + 'a'.repeat(3_000))
      expect([response.status, await codeOf(response)]).toEqual([404, 'ROUTE_NOT_FOUND'])
    }
  })
})

describe('a leap second, which no clock here can hold', () => {
  const leap = '2026-06-30T23:59:60Z'

  it('is refused wherever a time is taken', async () => {
    for (const path of ['models/usage', 'git/events', 'jobs', 'browser/history', 'visits'])
      for (const field of ['from', 'to'])
        expect((await cairn.fetch(`/api/${path}?${field}=${leap}`)).status, `${path} ${field}`).toBe(422)
    for (const field of ['from', 'to'])
      expect((await post('/api/search', JSON.stringify({ query: 'a', [field]: leap }))).status).toBe(422)
    expect((await post('/api/visits', JSON.stringify({ url: 'https://a.example/', visited_at: leap }))).status).toBe(
      422,
    )
  })

  it('makes no key that never ends', async () => {
    expect((await post('/api/auth/keys', JSON.stringify({ name: 'leap', expires_at: leap }))).status).toBe(422)
  })
})

describe('half a character', () => {
  it('is made whole before it is stored and told', async () => {
    const response = await post('/api/hydraflow/threads', '{"origin":"a\\ud800","title":"b\\udc00"}')
    expect([response.status, await response.json()]).toMatchObject([201, { origin: 'a\ufffd', title: 'b\ufffd' }])
    const visit = '{"url":"https://a.example/","title":"c\\ud800","content_type":"d\\ud800"}'
    expect((await post('/api/visits', `{"visits":[${visit}]}`)).ok).toBe(true)
    expect((await post('/api/browser/history', visit)).ok).toBe(true)
    expect((await cairn.api.browser.listVisits()).items[0]?.content_type).toBe('d\ufffd')
  })
})
