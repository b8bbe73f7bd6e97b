import { spawnSync } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeFloats } from '../src/floats.ts'
import { bagOfWords } from './bag-of-words.ts'
import { type ModelServer, startModelServer } from './model-server.ts'
import { launch, ndjson, type RunningSidecar, SECRET, startSidecar } from './start-sidecar.ts'

let sidecar: RunningSidecar
let models: ModelServer

beforeAll(async () => {
  ;[sidecar, models] = await Promise.all([startSidecar(), startModelServer()])
})
beforeEach(() => {
  models.requests.length = 0
  models.faults.length = 0
})
afterAll(async () => {
  await models.close()
  await sidecar.stop()
})

const WORKSPACE = '0190a000-0000-7000-8000-00000000000a'
const provider = () => ({ kind: 'openai-compatible', base_url: `${models.url}/v1`, allow_host: models.host })
const chatOf = (change: object = {}) => ({
  routes: [{ provider: provider(), model: 'test-chat' }],
  messages: [{ role: 'user', content: 'hello there' }],
  ...change,
})

test('health tells version, process, memory, open vectors and add-ons', async () => {
  expect(await sidecar.json('/health')).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    pid: sidecar.pid,
    uptime_ms: expect.any(Number),
    rss_bytes: expect.any(Number),
    vectors: { open: 0 },
    addons: [],
  })
})

test('every address needs the secret, in the right scheme, also those that are not there', async () => {
  const headers = [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Basic ${SECRET}` },
    { authorization: `Bearer ${SECRET}x` },
  ]
  for (const one of headers) {
    for (const path of ['/health', '/vectors/a', '/nowhere']) {
      const response = await fetch(sidecar.url + path, { headers: one as Record<string, string> })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      expect(await response.json()).toMatchObject({ code: 'SIDECAR_UNAUTHENTICATED', status: 401 })
    }
  }
})

test('a foreign Host is refused, with the secret and all', async () => {
  const status = (host: string) =>
    new Promise((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${SECRET}` }
      httpRequest({ host: '127.0.0.1', port: sidecar.port, path: '/health', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  expect(await status(`127.0.0.1:${sidecar.port}`)).toBe(200)
  expect(await status('localhost')).toBe(200)
  for (const host of ['evil.example', '127.0.0.1.evil.example', `evil.example:${sidecar.port}`, '127.0.0.1@evil']) {
    expect(await status(host), host).toBe(403)
  }
})

test('bad input is a clear problem, never a 500', async () => {
  const bad: [string, unknown, RequestInit, number, string][] = [
    ['/nowhere', {}, {}, 404, 'ROUTE_NOT_FOUND'],
    ['/parse', {}, {}, 422, 'INVALID_INPUT'],
    ['/parse', { files: [], extra: 1 }, {}, 422, 'INVALID_INPUT'],
    ['/parse', { files: [{ id: 'a', name: 'a', text: 5 }] }, {}, 422, 'INVALID_INPUT'],
    ['/parse', {}, { body: '{"files": [' }, 400, 'BROKEN_JSON'],
    ['/parse', {}, { body: '' }, 400, 'BROKEN_JSON'],
    ['/parse', {}, { body: 'null' }, 422, 'INVALID_INPUT'],
    ['/parse', {}, { headers: { 'content-type': 'text/xml' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      '/embed',
      { provider: { kind: 'nobody', allow_host: 'x' }, texts: ['a'], purpose: 'query' },
      {},
      422,
      'INVALID_INPUT',
    ],
    [
      '/embed',
      { provider: { ...provider(), base_url: 'file:///etc' }, texts: ['a'], purpose: 'query' },
      {},
      422,
      'INVALID_INPUT',
    ],
    ['/embed', { provider: provider(), texts: ['a'], purpose: 'query' }, {}, 422, 'INVALID_INPUT'],
    [
      '/embed',
      { provider: { ...provider(), api_key: 'new\nline' }, texts: ['a'], purpose: 'query' },
      {},
      422,
      'INVALID_INPUT',
    ],
    ['/chat', chatOf({ routes: [] }), {}, 422, 'INVALID_INPUT'],
    ['/chat', chatOf({ messages: [{ role: 'tool', content: 'x', tool_call_id: 'none' }] }), {}, 422, 'INVALID_INPUT'],
    ['/chat', chatOf({ temperature: 'hot' }), {}, 422, 'INVALID_INPUT'],
    ['/models', { provider: { ...provider(), kind: 'onnx', folder: '/nowhere' } }, {}, 422, 'INVALID_INPUT'],
    ['/vectors/..%2F..%2Fetc/search', { model: 'm', vector: 'AAAAAA==', limit: 1 }, {}, 422, 'INVALID_INPUT'],
    ['/vectors/a/search', { model: 'm', vector: '!!!!', limit: 1 }, {}, 422, 'INVALID_INPUT'],
    ['/vectors/a/search', { model: 'm', vector: 'AAAAAA==', limit: 1e9 }, {}, 422, 'INVALID_INPUT'],
    ['/vectors/a/upsert', { model: 'm', dimensions: 2, fence: -1, rows: [] }, {}, 422, 'INVALID_INPUT'],
    ['/vectors/a/delete', { model: 'm', fence: 1 }, {}, 422, 'INVALID_INPUT'],
  ]
  for (const [path, body, init, status, code] of bad) {
    const response = await sidecar.ask(path, body, init)
    const problem = (await response.json()) as { code: string }
    expect([path, response.status, problem.code]).toEqual([path, status, code])
    expect(problem).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
      status,
    })
    expect(JSON.stringify(problem)).not.toMatch(/\/src\/|node_modules|at Object|Error:/)
  }
  expect(models.requests).toEqual([])
})

test('a body that is too big is refused before it is read', async () => {
  const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${SECRET}`,
      'content-type': 'application/json',
      'content-length': 65 * 1024 * 1024,
    }
    const sent = httpRequest({ host: '127.0.0.1', port: sidecar.port, path: '/parse', method: 'POST', headers })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => {
        resolve({ status: response.statusCode, text })
        sent.destroy()
      })
    })
    sent.flushHeaders()
  })
  expect(answer.status).toBe(413)
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'BODY_TOO_LARGE' })
})

test('a wrong field is named', async () => {
  expect(await sidecar.json('/parse', { files: [{ id: 'a', name: 'a.ts', text: 'x', path: '/etc' }] })).toMatchObject({
    errors: [{ path: '/files/0/path', message: expect.any(String) }],
  })
})

test('files are parsed in threads', async () => {
  const { files } = await sidecar.json<{ files: object[] }>('/parse', {
    files: [
      { id: '1', name: 'a.py', text: 'def renew():\n    return 1\n' },
      {
        id: '2',
        name: 'b.md',
        text: '# Leases\n\nWords about leases that are enough to be a section of their own here.\n',
      },
      { id: '3', name: 'c.bin', text: '\0'.repeat(900) },
    ],
  })
  expect(files).toMatchObject([
    {
      id: '1',
      language: 'python',
      symbols: [{ name: 'renew', kind: 'function', start_line: 1, end_line: 2, container: null }],
    },
    { id: '2', language: 'markdown', passages: [{ kind: 'section', name: 'Leases' }] },
    { id: '3', error: 'looks binary' },
  ])
  expect(files[0]).not.toHaveProperty('error')
})

test('texts are embedded, stored, found, deleted, compacted and dropped', async () => {
  const texts = ['where a lease is renewed', 'how bananas grow', 'the renewed lease of a job']
  const embedded = await sidecar.json<{ vectors: string[] }>('/embed', {
    provider: { ...provider(), model: 'test-embed' },
    texts,
    purpose: 'passage',
  })
  expect(embedded).toMatchObject({ dimensions: 384, model: 'test-embed', usage: { tokens: 14 } })
  const rows = embedded.vectors.map((vector, i) => ({
    id: `p${i}`,
    vector,
    kind: 'file',
    source: `f${i}`,
    time: i,
  }))
  const to = (action: string, body: object) =>
    sidecar.json(`/vectors/${WORKSPACE}/${action}`, { model: 'test-embed', ...body })
  expect(await to('upsert', { dimensions: 384, fence: 1, rows })).toEqual({ upserted: 3, count: 3 })
  const vector = encodeFloats(Float32Array.from(bagOfWords('renewed lease')))
  const { hits } = (await to('search', { vector, limit: 2 })) as { hits: { id: string }[] }
  expect(hits.map((hit) => hit.id).toSorted()).toEqual(['p0', 'p2'])
  expect(await to('delete', { fence: 1, ids: ['p0'] })).toEqual({ deleted: 1, count: 2 })
  expect(await to('upsert', { dimensions: 384, fence: 0, rows })).toMatchObject({ code: 'STALE_FENCE', status: 409 })
  expect(await to('compact', {})).toEqual({})
  expect(await sidecar.json(`/vectors/${WORKSPACE}`)).toEqual({
    models: [{ model: 'test-embed', dimensions: 384, count: 2, bytes: expect.any(Number), state: 'ok' }],
  })
  const { vectors } = await sidecar.json<{ vectors: { open: number } }>('/health')
  expect(vectors.open).toBeGreaterThan(0)
  expect(await sidecar.json(`/vectors/${WORKSPACE}/drop`, {})).toEqual({})
  expect(await sidecar.json(`/vectors/${WORKSPACE}`)).toEqual({ models: [] })
})

test('an answer streams as NDJSON, one frame a line', async () => {
  const response = await sidecar.ask('/chat', chatOf())
  expect(response.headers.get('content-type')).toContain('application/x-ndjson')
  const frames = await ndjson(response)
  expect(frames[0]).toEqual({ type: 'metadata', model: 'test-chat', provider: 'openai-compatible', attempt: 1 })
  const said = frames.map((frame) => (frame.type === 'delta' ? frame.text : '')).join('')
  expect(said).toBe('You said: hello there')
  expect(frames.at(-1)).toMatchObject({ type: 'complete', finish_reason: 'stop', usage: { cost_usd: null } })
})

test('a failing model is an error frame, and the process stays well', async () => {
  models.faults.push(
    { kind: 'cut', after: 2 },
    { kind: 'garbage' },
    { kind: 'status', status: 404, message: 'no such model' },
  )
  const ends = []
  for (let i = 0; i < 3; i += 1) ends.push((await ndjson(await sidecar.ask('/chat', chatOf()))).at(-1))
  expect(ends).toMatchObject([
    { type: 'error', code: 'MODEL_UNREACHABLE' },
    { type: 'error', code: 'MODEL_REFUSED' },
    { type: 'error', code: 'MODEL_REFUSED', message: expect.stringContaining('no such model') },
  ])
  expect(await sidecar.json('/health')).toMatchObject({ status: 'ok', pid: sidecar.pid })
})

test('a failing embedding is a problem with its code', async () => {
  models.faults.push({ kind: 'status', status: 400, message: 'too long' })
  const ask = (change: object) =>
    sidecar.ask('/embed', { provider: { ...provider(), model: 'm', ...change }, texts: ['x'], purpose: 'query' })
  const refused = await ask({})
  expect(refused.status).toBe(502)
  expect(await refused.json()).toMatchObject({ code: 'MODEL_REFUSED', detail: expect.stringContaining('too long') })
  expect((await ask({ allow_host: 'example.com' })).status).toBe(403)
  const missing = await ask({ kind: 'onnx', folder: sidecar.home })
  expect(missing.status).toBe(503)
  expect(await missing.json()).toMatchObject({ code: 'ADDON_MISSING', detail: expect.stringContaining('npm install') })
})

test('who hangs up in the middle of an answer ends the request to the model', async () => {
  models.faults.push({ kind: 'stall', after: 2 })
  const gone = new AbortController()
  const response = await sidecar.ask('/chat', chatOf(), { signal: gone.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  gone.abort()
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
  expect(await sidecar.json('/health')).toMatchObject({ status: 'ok' })
})

test('models of a provider are listed', async () => {
  expect(await sidecar.json('/models', { provider: provider() })).toEqual({
    models: [{ id: 'test-chat' }, { id: 'test-embed' }],
  })
})

test('its log is JSON lines without the secret or what was said', () => {
  const lines = sidecar.errors().trim().split('\n')
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) })
  expect(sidecar.errors()).not.toContain(SECRET)
  expect(sidecar.errors()).not.toContain('hello there')
})

const holding = async (): Promise<{ server: Server; port: number }> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as { port: number }).port }
}

test('a taken port: under a supervisor another one, alone a clear refusal', async () => {
  const { server, port } = await holding()
  const other = await startSidecar({ CAIRN_SIDECAR_PORT: String(port) })
  expect(other.port).not.toBe(port)
  expect((await other.ask('/health')).status).toBe(200)
  expect(await other.stop()).toBe(0)
  const alone = await launch({ CAIRN_SIDECAR_SECRET: SECRET, CAIRN_SIDECAR_PORT: String(port) })
  expect(alone.line).toBeNull()
  expect(await alone.ended).toBe(1)
  expect(alone.errors()).toContain(`Port ${port} is taken`)
  server.close()
})

test('without a good secret or with a wrong setting it does not start, and says why', async () => {
  const wrong: [Record<string, string>, string][] = [
    [{}, 'CAIRN_SIDECAR_SECRET'],
    [{ CAIRN_SIDECAR_SECRET: 'short' }, 'at least 32'],
    [{ CAIRN_SIDECAR_SECRET: SECRET, CAIRN_SIDECAR_PORT: 'http' }, 'CAIRN_SIDECAR_PORT'],
    [{ CAIRN_SIDECAR_SECRET: SECRET, CAIRN_SIDECAR_PORT: '70000' }, 'CAIRN_SIDECAR_PORT'],
    [{ CAIRN_SIDECAR_SECRET: SECRET, CAIRN_LOG: 'loud' }, 'CAIRN_LOG'],
  ]
  for (const [settings, said] of wrong) {
    const { line, ended, errors } = await launch(settings)
    expect([line, await ended]).toEqual([null, 2])
    expect(errors()).toContain(said)
  }
})

test('it ends when its standard input closes, in the middle of an answer as well', async () => {
  const other = await startSidecar()
  models.faults.push({ kind: 'stall', after: 1 })
  const answer = other.ask('/chat', chatOf()).then((response) => response.text().catch(() => 'cut'))
  await expect.poll(() => models.requests.length, { timeout: 20_000 }).toBe(1)
  expect(await other.stop()).toBe(0)
  await answer
  await expect.poll(() => models.requests[0]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('under a supervisor it leaves Ctrl-C to that one, which still needs it', async () => {
  const other = await startSidecar()
  other.child.kill('SIGINT')
  for (let asked = 0; asked < 5; asked += 1) expect((await other.ask('/health')).status).toBe(200)
  expect(await other.stop()).toBe(0)
  expect(other.errors()).not.toContain('SIGINT')
})

test('alone it does not mind a closed input and ends in order on SIGTERM', async () => {
  const { child, line, ended } = await launch({
    CAIRN_SIDECAR_SECRET: SECRET,
    CAIRN_SIDECAR_PORT: '0',
    CAIRN_LOG: 'pretty',
  })
  const { port } = JSON.parse(line ?? '{}') as { port: number }
  child.stdin?.end()
  const health = () => fetch(`http://127.0.0.1:${port}/health`, { headers: { authorization: `Bearer ${SECRET}` } })
  expect((await health()).status).toBe(200)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('it loads neither LanceDB, nor the AI SDK, nor a grammar before they are needed', () => {
  const program = `
    const seen = []
    const resolve = (specifier, context, next) => {
      const found = next(specifier, context)
      seen.push(found.url)
      return found
    }
    ;(await import('node:module')).registerHooks({ resolve })
    const { makeServer } = await import(${JSON.stringify(new URL('../src/server.ts', import.meta.url).href)})
    makeServer({ vectors: '/nowhere', addons: '/nowhere', secret: '', version: '' }, {})
    console.log(JSON.stringify(seen))`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  const packages = (JSON.parse(ran.stdout) as string[]).filter((url) => url.includes('/node_modules/'))
  expect(packages.some((url) => url.includes('/node_modules/fastify/'))).toBe(true)
  const heavy = /\/node_modules\/(@lancedb|apache-arrow|web-tree-sitter|@vscode|ai|@ai-sdk|undici|piscina)\//
  expect(packages.filter((url) => heavy.test(url))).toEqual([])
})
