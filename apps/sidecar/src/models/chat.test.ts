import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../test/model-server.ts'
import { chat } from './chat.ts'
import type { Provider } from './provider.ts'
import type { ChatRequest, Frame, Route } from './shapes.ts'

let models: ModelServer
let other: ModelServer

beforeAll(async () => {
  models = await startModelServer()
  other = await startModelServer({ reply: () => 'the other one answers' })
})
beforeEach(() => {
  for (const server of [models, other]) {
    server.requests.length = 0
    server.faults.length = 0
  }
  models.say(() => 'Leases are renewed by the heartbeat [1].')
})
afterAll(async () => {
  await models.close()
  await other.close()
})

const QUICK = [5, 10]
const KEY = 'sk-test-0123456789abcdef'
const ask = [{ role: 'user' as const, content: 'Who renews a lease?' }]

const compatible = (server: ModelServer, change: Partial<Provider> = {}): Route => ({
  provider: { kind: 'openai-compatible', base_url: `${server.url}/v1`, allow_host: server.host, ...change },
  model: 'test-chat',
})

const run = async (request: Partial<ChatRequest>, backOff = QUICK, signal = new AbortController().signal) => {
  const frames: Frame[] = []
  for await (const frame of chat({ routes: [compatible(models)], messages: ask, ...request }, signal, backOff)) {
    frames.push(frame)
  }
  return frames
}

const textOf = (frames: Frame[]) => frames.map((frame) => (frame.type === 'delta' ? frame.text : '')).join('')
const last = (frames: Frame[]) => frames.at(-1)

const everyKind: [string, () => Route, string][] = [
  ['openai-compatible', () => compatible(models), '/v1/chat/completions'],
  [
    'openai',
    () => ({
      provider: { kind: 'openai', base_url: `${models.url}/v1/`, api_key: KEY, allow_host: models.host },
      model: 'gpt-4o-mini-2024-07-18',
    }),
    '/v1/chat/completions',
  ],
  [
    'ollama',
    () => ({ provider: { kind: 'ollama', base_url: models.url, allow_host: models.host }, model: 'llama3' }),
    '/v1/chat/completions',
  ],
  [
    'anthropic',
    () => ({
      provider: { kind: 'anthropic', base_url: `${models.url}/anthropic/v1`, api_key: KEY, allow_host: models.host },
      model: 'claude-haiku-4-5-20251001',
    }),
    '/anthropic/v1/messages',
  ],
  [
    'google',
    () => ({
      provider: { kind: 'google', base_url: `${models.url}/google/v1beta`, api_key: KEY, allow_host: models.host },
      model: 'gemini-2.5-flash',
    }),
    '/google/v1beta/models/gemini-2.5-flash:streamGenerateContent',
  ],
]

for (const [kind, route, path] of everyKind) {
  test(`${kind}: streams text and ends with usage`, async () => {
    const frames = await run({ routes: [route()], temperature: 0.2, max_tokens: 50 })
    expect(models.requests.map((request) => request.path)).toEqual([path])
    expect(frames[0]).toEqual({ type: 'metadata', model: route().model, provider: kind, attempt: 1 })
    expect(frames.filter((frame) => frame.type === 'delta').length).toBeGreaterThan(3)
    expect(textOf(frames)).toBe('Leases are renewed by the heartbeat [1].')
    expect(last(frames)).toMatchObject({
      type: 'complete',
      finish_reason: 'stop',
      model: route().model,
      usage: { input_tokens: expect.any(Number), output_tokens: 7 },
    })
    expect(last(frames)).not.toHaveProperty('usage.estimated')
  })

  test(`${kind}: tools go out, calls come back and their results go in again`, async () => {
    const tools = [
      {
        name: 'search',
        description: 'Finds passages',
        parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
      },
    ]
    models.say(() => ({ tool_calls: [{ id: 'call_7', name: 'search', arguments: { query: 'lease "renewed"' } }] }))
    const first = await run({ routes: [route()], tools })
    const call = first.find((frame) => frame.type === 'tool_call')
    expect(call).toMatchObject({ type: 'tool_call', id: expect.any(String), name: 'search' })
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ query: 'lease "renewed"' })
    expect(last(first)).toMatchObject({ type: 'complete', finish_reason: 'tool_calls' })
    expect(JSON.stringify(models.requests[0]?.body)).toContain('Finds passages')

    models.say(() => 'It is the heartbeat.')
    const second = await run({
      routes: [route()],
      tools,
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...ask,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_7', name: 'search', arguments: '{"query":"lease"}' }],
        },
        { role: 'tool', tool_call_id: 'call_7', content: 'heartbeat renews the lease' },
      ],
    })
    expect(textOf(second)).toBe('It is the heartbeat.')
    const sent = JSON.stringify(models.requests[1]?.body)
    for (const part of ['Be brief.', 'search', 'heartbeat renews the lease']) expect(sent).toContain(part)
  })
}

test('calls nested as OpenAI nests them are taken as well, and arguments that are no JSON are refused', async () => {
  const call = (args: string) => ({
    id: 'c1',
    type: 'function' as const,
    function: { name: 'search', arguments: args },
  })
  const messages = (args: string): ChatRequest['messages'] => [
    ...ask,
    { role: 'assistant', content: '', tool_calls: [call(args)] },
    { role: 'tool', tool_call_id: 'c1', content: 'found' },
  ]
  expect(textOf(await run({ messages: messages('{"a":1}') }))).toContain('Leases')
  expect(() => chat({ routes: [compatible(models)], messages: messages('{a') }, new AbortController().signal)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
})

test('an answer of a tool that nobody called is refused before anything is sent', () => {
  const messages = [...ask, { role: 'tool' as const, tool_call_id: 'nobody', content: 'x' }]
  expect(() => chat({ routes: [compatible(models)], messages }, new AbortController().signal)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
  expect(models.requests).toEqual([])
})

test('the key goes to its own header and a compatible server without a key gets none', async () => {
  for (const [, route] of everyKind) await run({ routes: [route()] })
  const [bare, openai, ollama, anthropic, google] = models.requests.map((request) => request.headers)
  expect(bare).not.toHaveProperty('authorization')
  expect(ollama).not.toHaveProperty('authorization')
  expect(openai).toMatchObject({ authorization: `Bearer ${KEY}` })
  expect(anthropic).toMatchObject({ 'x-api-key': KEY })
  expect(google).toMatchObject({ 'x-goog-api-key': KEY })
})

test('a busy server is tried again before the first token, and Retry-After is honoured', async () => {
  models.faults.push({ kind: 'status', status: 429, retry_after: '0.05' }, { kind: 'status', status: 503 })
  const before = performance.now()
  const frames = await run({}, [5, 5])
  expect(performance.now() - before).toBeGreaterThanOrEqual(50)
  expect(models.requests).toHaveLength(3)
  expect(frames[0]).toMatchObject({ type: 'metadata', attempt: 3 })
  expect(last(frames)).toMatchObject({ type: 'complete' })
})

test('a server that stays away is left for the next route', async () => {
  models.faults.push(...Array.from({ length: 3 }, () => ({ kind: 'status' as const, status: 500 })))
  const frames = await run({ routes: [compatible(models), compatible(other)] })
  expect(models.requests).toHaveLength(3)
  expect(textOf(frames)).toBe('the other one answers')
  expect(frames[0]).toMatchObject({ attempt: 4 })
})

test('a server that asks for an hour of patience is left at once', async () => {
  models.faults.push({ kind: 'status', status: 429, retry_after: '3600' })
  const frames = await run({ routes: [compatible(models), compatible(other)] })
  expect(models.requests).toHaveLength(1)
  expect(textOf(frames)).toBe('the other one answers')
})

test('a refusal is not tried again; the last route decides what is told, without the key', async () => {
  models.faults.push({ kind: 'status', status: 401, message: `Incorrect API key provided: ${KEY}` })
  const frames = await run({ routes: [compatible(models, { api_key: KEY })] })
  expect(models.requests).toHaveLength(1)
  expect(frames).toHaveLength(1)
  expect(frames[0]).toMatchObject({ type: 'error', code: 'MODEL_REFUSED', retryable: false })
  expect(JSON.stringify(frames)).toContain('Incorrect API key')
  expect(JSON.stringify(frames)).not.toContain(KEY)
})

test('a server that is not there is MODEL_UNREACHABLE', async () => {
  const gone = await startModelServer()
  await gone.close()
  expect(await run({ routes: [compatible(gone)] })).toEqual([
    { type: 'error', code: 'MODEL_UNREACHABLE', message: expect.any(String), retryable: true },
  ])
})

test('no first token in time: the next route answers', async () => {
  models.faults.push({ kind: 'stall', after: 0 })
  const frames = await run({ routes: [compatible(models), compatible(other)], first_token_timeout_ms: 1000 })
  expect(models.requests).toHaveLength(1)
  expect(textOf(frames)).toBe('the other one answers')
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('a slow first token within the limit is waited for', async () => {
  models.faults.push({ kind: 'slow', ms: 150 })
  expect(textOf(await run({ first_token_timeout_ms: 20_000 }))).toContain('heartbeat')
  expect(models.requests).toHaveLength(1)
})

test('a stall in the middle ends the answer as MODEL_TIMEOUT, keeps what came, and hangs up', async () => {
  models.faults.push({ kind: 'stall', after: 2 })
  const frames = await run({ routes: [compatible(models), compatible(other)], stall_timeout_ms: 1000 })
  expect(textOf(frames)).toBe('Leases are ')
  expect(last(frames)).toMatchObject({ type: 'error', code: 'MODEL_TIMEOUT', retryable: true })
  expect(other.requests).toEqual([])
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('the limit of the whole holds over retries and tokens', async () => {
  models.faults.push({ kind: 'stall', after: 2 })
  const frames = await run({ timeout_ms: 150, stall_timeout_ms: 60_000 })
  expect(last(frames)).toMatchObject({ type: 'error', code: 'MODEL_TIMEOUT' })
})

test('a connection cut in the middle is an error, and nothing is said twice', async () => {
  models.faults.push({ kind: 'cut', after: 3 })
  const frames = await run({ routes: [compatible(models), compatible(other)] })
  expect(textOf(frames)).toBe('Leases are renewed ')
  expect(last(frames)).toMatchObject({ type: 'error', code: 'MODEL_UNREACHABLE', retryable: true })
  expect(models.requests).toHaveLength(1)
})

test.each(everyKind.filter(([kind]) => ['openai', 'anthropic', 'google'].includes(kind)))(
  '%s: a stream that ends without its end is no whole answer',
  async (_, route) => {
    models.faults.push({ kind: 'quiet-end', after: 3 })
    const frames = await run({ routes: [route()] })
    expect(textOf(frames)).toBe('Leases are renewed ')
    expect(last(frames)).toMatchObject({ type: 'error', code: 'MODEL_UNREACHABLE' })
  },
)

test('a connection cut before the first token is tried again', async () => {
  models.faults.push({ kind: 'cut', after: 0 })
  expect(textOf(await run({}))).toContain('heartbeat')
  expect(models.requests).toHaveLength(2)
})

test('an error that the server sends inside its stream is told', async () => {
  models.faults.push({ kind: 'error-event', after: 2, message: 'the server is overloaded' })
  expect(last(await run({}))).toMatchObject({
    type: 'error',
    code: 'MODEL_UNREACHABLE',
    message: expect.stringContaining('overloaded'),
  })
})

test('a page of a hotel network is no answer', async () => {
  models.faults.push({ kind: 'garbage' })
  const frames = await run({})
  expect(frames).toHaveLength(1)
  expect(frames[0]).toMatchObject({ type: 'error', retryable: false })
})

test('requests go to the allowed host only, whatever the base address says', async () => {
  const frames = await run({ routes: [compatible(models, { allow_host: other.host })] })
  expect(frames).toEqual([{ type: 'error', code: 'HOST_NOT_ALLOWED', message: expect.any(String), retryable: false }])
  expect(models.requests).toEqual([])
})

test('a redirect to another host is not followed, and the key does not travel', async () => {
  for (const status of [301, 302, 307, 308] as const) {
    models.faults.push({ kind: 'redirect', to: `${other.url}/v1/chat/completions`, status })
    const frames = await run({ routes: [compatible(models, { api_key: KEY })] })
    expect(frames[0]).toMatchObject({ type: 'error', code: 'HOST_NOT_ALLOWED' })
  }
  expect(other.requests).toEqual([])
})

test('a redirect within the host is followed with method and body', async () => {
  models.faults.push({ kind: 'redirect', to: '/v1/chat/completions' })
  expect(textOf(await run({}))).toContain('heartbeat')
  expect(models.requests[1]?.body).toEqual(models.requests[0]?.body)
})

test('tokens that a server does not count are estimated and marked', async () => {
  models.faults.push({ kind: 'uncounted' })
  const end = last(await run({}))
  expect(end).toMatchObject({ usage: { estimated: true, cost_usd: null } })
  expect(end?.type === 'complete' && end.usage.output_tokens).toBeGreaterThan(5)
})

test('hanging up cuts the request to the model and ends without a word', async () => {
  models.faults.push({ kind: 'stall', after: 2 })
  const gone = new AbortController()
  const frames: Frame[] = []
  for await (const frame of chat({ routes: [compatible(models)], messages: ask }, gone.signal)) {
    frames.push(frame)
    if (textOf(frames) === 'Leases are ') gone.abort()
  }
  expect(last(frames)?.type).toBe('delta')
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('a vendor without a key is refused without a request, and an ONNX folder cannot chat', async () => {
  const keyless: Route = {
    provider: { kind: 'openai', base_url: `${models.url}/v1`, allow_host: models.host },
    model: 'm',
  }
  const onnx: Route = { provider: { kind: 'onnx', folder: '/nowhere', allow_host: '' }, model: 'm' }
  for (const route of [keyless, onnx]) {
    expect(await run({ routes: [route] })).toMatchObject([{ type: 'error', code: 'INVALID_INPUT' }])
  }
  expect(models.requests).toEqual([])
})
