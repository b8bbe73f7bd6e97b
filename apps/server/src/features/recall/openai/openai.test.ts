import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn
let server: ModelServer
let client: OpenAI

beforeAll(async () => {
  server = await startModelServer({ models: ['test-chat', 'test-embed'] })
  cairn = await startCairn({ sidecar: true })
  client = new OpenAI({ baseURL: `${cairn.url}/v1`, apiKey: cairn.key, maxRetries: 0 })
  await cairn.api.memories.create({ key: 'lease', value: 'The heartbeat renews the lease every ten seconds.' })
  await until(async () => {
    const { pending, passages } = await cairn.api.search.status()
    return pending === 0 && passages > 0
  }, 50_000)
})
afterAll(async () => {
  await cairn?.stop()
  await server?.close()
})

const route = async () => {
  const { id } = await cairn.api.models.addProvider({
    name: 'test',
    kind: 'openai-compatible',
    base_url: `${server.url}/v1`,
  })
  await cairn.api.models.setRoutes({
    chat: [{ provider_id: id, model: 'test-chat' }],
    embed: [{ provider_id: id, model: 'test-embed' }],
  })
  return async () => void (await cairn.api.models.removeProvider({ id }))
}
const ask = { role: 'user' as const, content: 'who renews the lease?' }
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { status?: number }) => error.status,
  )

test('without a model there is still one to ask: the memory of the workspace', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['cairn/memory'])
  const before = (await cairn.api.threads.list({ limit: 200 })).items.length
  const answer = await client.chat.completions.create({ model: 'cairn/memory', messages: [ask] })
  expect(answer.choices[0]?.message.content).toContain('> The heartbeat renews the lease every ten seconds.')
  expect(answer.choices[0]?.finish_reason).toBe('stop')
  expect((answer as unknown as { citations: object[] }).citations).toMatchObject([{ n: 1, source: { kind: 'memory' } }])
  expect((await cairn.api.threads.list({ limit: 200 })).items.length).toBe(before)
  expect(await refusal(client.chat.completions.create({ model: 'gpt-5', messages: [ask] }))).toBe(422)
  expect(await refusal(client.embeddings.create({ model: 'gpt-5', input: 'x' }))).toBe(422)
})

test('a model of the workspace answers whole and streamed, with its use counted', async () => {
  const undo = await route()
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['cairn/memory', 'test-chat', 'test-embed'])
  server.say(() => 'one two three')
  const whole = await client.chat.completions.create({
    model: 'test-chat',
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: [{ type: 'text', text: 'count' }] },
    ],
    temperature: 0,
    max_tokens: 50,
    top_p: 1,
    user: 'somebody',
  })
  expect(whole.choices[0]?.message.content).toBe('one two three')
  expect(whole.usage?.total_tokens).toBeGreaterThan(0)
  const stream = await client.chat.completions.create({
    model: 'test-chat',
    messages: [ask],
    stream: true,
    stream_options: { include_usage: true },
  })
  const texts: string[] = []
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of stream) {
    texts.push(chunk.choices[0]?.delta.content ?? '')
    usage = chunk.usage ?? usage
  }
  expect(texts.join('')).toBe('one two three')
  expect(texts.filter(Boolean).length).toBeGreaterThan(1)
  expect(usage?.completion_tokens).toBeGreaterThan(0)
  expect((await cairn.api.models.usage()).items).toContainEqual(
    expect.objectContaining({ model: 'test-chat', calls: 2 }),
  )
  await undo()
})

test('tools are passed through, there and back', async () => {
  const undo = await route()
  server.say(() => ({ tool_calls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Paris' } }] }))
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ]
  const first = await client.chat.completions.create({ model: 'test-chat', messages: [ask], tools })
  const [call] = first.choices[0]?.message.tool_calls ?? []
  expect(first.choices[0]?.finish_reason).toBe('tool_calls')
  expect(call).toMatchObject({ id: 'call_1', type: 'function', function: { name: 'weather' } })
  expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '{}')).toEqual({ city: 'Paris' })

  const streamed: string[] = []
  const stream = await client.chat.completions.create({ model: 'test-chat', messages: [ask], tools, stream: true })
  for await (const chunk of stream) {
    const [delta] = chunk.choices[0]?.delta.tool_calls ?? []
    if (delta) streamed.push(delta.function?.arguments ?? '')
  }
  expect(JSON.parse(streamed.join(''))).toEqual({ city: 'Paris' })

  server.say(() => 'It is sunny.')
  const second = await client.chat.completions.create({
    model: 'test-chat',
    messages: [
      ask,
      { role: 'assistant', content: null, tool_calls: first.choices[0]?.message.tool_calls ?? [] },
      { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
    ],
    tools,
  })
  expect(second.choices[0]?.message.content).toBe('It is sunny.')
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('21 degrees')
  await undo()
})

test('no secret reaches a model: said by anybody, in what tools were given and answered, or to be embedded', async () => {
  const undo = await route()
  server.say(() => 'I saw none.')
  const secrets = ['ghp_1a2B3c4D5e6F7g8H9i0JkLmNoPqRsTuVwXy12', 'AKIAIOSFODNN7EXAMPLE', 'x9Kq7ZpR2vL8wT4mB6nC']
  const [github, aws, drawn] = secrets as [string, string, string]
  const called = { url: 'https://example.org/', token: github, headers: { api_key: drawn }, count: 2 }
  await client.chat.completions.create({
    model: 'test-chat',
    messages: [
      { role: 'system', content: `Use ${github}.` },
      { role: 'user', content: [{ type: 'text', text: `my key is ${aws}, API_KEY=${drawn}` }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get', arguments: JSON.stringify(called) } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: `{"aws":"${aws}"}` },
    ],
  })
  type Sent = { messages: { tool_calls?: { function: { arguments: string } }[] }[] }
  const sent = server.requests.at(-1)?.body as Sent | undefined
  for (const secret of secrets) expect(JSON.stringify(sent)).not.toContain(secret)
  expect(JSON.stringify(sent)).toContain('my key is ***')
  const call = sent?.messages[2]?.tool_calls?.[0]
  const given = { url: 'https://example.org/', token: '***', headers: { api_key: '***' }, count: 2 }
  expect(JSON.parse(call?.function.arguments ?? '')).toEqual(given)
  await client.embeddings.create({ model: 'test-embed', input: [`a key: ${github}`, 'none'] })
  expect(server.requests.at(-1)?.body?.input).toEqual(['a key: ***', 'none'])
  await undo()
})

test('the memory answers by the model where there is one, and names what its numbers stand for', async () => {
  const undo = await route()
  server.say(() => 'The heartbeat does [1], and nobody else [7].')
  const stream = await client.chat.completions.create({
    model: 'cairn/memory',
    messages: [{ role: 'user', content: 'hello' }, { role: 'assistant', content: 'hi' }, ask],
    stream: true,
  })
  let said = ''
  for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? ''
  expect(said).toContain('The heartbeat does [1]')
  expect(said).toMatch(/\n\n\[1\] memory:/)
  const sent = server.requests.at(-1)?.body as { messages: { role: string; content: string }[] }
  expect(sent.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(sent.messages.at(-1)?.content).toContain('The heartbeat renews the lease')
  await undo()
})

test('texts become vectors, in order, as numbers or as the bytes that the client asks for', async () => {
  const undo = await route()
  const texts = ['a lease is renewed', 'bananas are yellow']
  const packed = await client.embeddings.create({ model: 'test-embed', input: texts })
  const plain = await client.embeddings.create({ model: 'test-embed', input: texts, encoding_format: 'float' })
  expect(packed.data.map(({ index }) => index)).toEqual([0, 1])
  expect(packed.data[0]?.embedding).toHaveLength(384)
  packed.data.forEach(({ embedding }, at) => {
    embedding.forEach((value, i) => expect(value).toBeCloseTo(plain.data[at]?.embedding[i] ?? Number.NaN, 5))
  })
  expect(packed.usage.prompt_tokens).toBeGreaterThan(0)
  expect((await cairn.api.egress.list({ purpose: 'model.embed' })).items[0]).toMatchObject({ host: server.host })
  await undo()
})

test('what fails before the first word is a refusal, what fails after it an error in the stream', async () => {
  const undo = await route()
  const bare = (apiKey: string) => new OpenAI({ baseURL: `${cairn.url}/v1`, apiKey, maxRetries: 0 })
  expect(await refusal(bare('nobody').chat.completions.create({ model: 'test-chat', messages: [ask] }))).toBe(401)
  expect(await refusal(client.chat.completions.create({ model: 'cairn/memory', messages: [] }))).toBe(422)
  expect(
    await refusal(
      client.chat.completions.create({ model: 'cairn/memory', messages: [{ role: 'user', content: ' ' }] }),
    ),
  ).toBe(422)
  server.faults.push({ kind: 'status', status: 400 })
  expect(await refusal(client.chat.completions.create({ model: 'test-chat', messages: [ask], stream: true }))).toBe(502)
  server.say(() => 'one two three four')
  server.faults.push({ kind: 'cut', after: 2 })
  let said = ''
  const cut = await client.chat.completions.create({ model: 'test-chat', messages: [ask], stream: true })
  const failing = (async () => {
    for await (const chunk of cut) said += chunk.choices[0]?.delta.content ?? ''
  })()
  await expect(failing).rejects.toThrow(OpenAI.APIError)
  expect(said).toBe('one two ')
  await undo()
})

test('a program that hangs up stops the model', async () => {
  const undo = await route()
  server.say(() => 'one two three four')
  server.faults.push({ kind: 'stall', after: 1 })
  const stream = await client.chat.completions.create({ model: 'test-chat', messages: [ask], stream: true })
  for await (const _ of stream) break
  await until(() => server.requests.at(-1)?.aborted)
  await until(async () => {
    const [row] = (await cairn.api.egress.list({ purpose: 'model.chat', limit: 1 })).items
    return row?.outcome === 'CANCELLED'
  })
  await undo()
})
