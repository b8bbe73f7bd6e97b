/**
 * A model server for tests, on loopback: OpenAI's protocol (`/v1`), Ollama's embeddings and tags (`/api`), Anthropic's
 * (`/anthropic/v1`) and Google's (`/google/v1beta`). It answers with what it is told to, fails on demand in every way
 * that real servers fail in, embeds by a bag of words, and keeps every request for the test to look at.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bagOfWords } from './bag-of-words.ts'
import { anthropic, google, openAi, type Protocol, type Reply } from './protocols.ts'

/** What goes wrong with one request. `after` counts pieces of the answer that still come. */
export type Fault =
  | { kind: 'status'; status: number; retry_after?: string; message?: string }
  | { kind: 'slow'; ms: number }
  | { kind: 'stall'; after: number }
  | { kind: 'cut'; after: number }
  /** It ends as if all had been said. */
  | { kind: 'quiet-end'; after: number }
  | { kind: 'redirect'; to: string; status?: 301 | 302 | 307 | 308 }
  | { kind: 'error-event'; after: number; message: string }
  | { kind: 'garbage' }
  | { kind: 'uncounted' }
  | { kind: 'answer'; body: unknown }

/** Fields that some protocol has; which of them are there depends on the request. */
export type SentBody = {
  model?: string
  messages?: ChatBody['messages']
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  input?: string | string[]
  dimensions?: number
  contents?: unknown
  content?: { parts: { text: string }[] }
  requests?: { content: { parts: { text: string }[] } }[]
  [field: string]: unknown
}

export type SeenRequest = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  /** Parsed JSON; undefined where there was none. */
  body: SentBody | undefined
  /** Did the caller hang up before the answer had ended? */
  aborted: boolean
}
export type ChatBody = { messages: { role: string; content: unknown }[]; [field: string]: unknown }
export type Answer = string | { text?: string; tool_calls: { id?: string; name: string; arguments: unknown }[] }

export type ModelServerOptions = {
  models?: string[]
  dimensions?: number
  /** Key that requests must carry, in whichever header their protocol has for it. */
  key?: string
  /** What to say; by default the last user message is said again. */
  reply?: (body: ChatBody) => Answer
}

export type ModelServer = {
  /** `http://127.0.0.1:port`; OpenAI's protocol lives at `${url}/v1`. */
  url: string
  /** `127.0.0.1:port`, as `allow_host` wants it. */
  host: string
  requests: SeenRequest[]
  /** Faults of the next chat and embedding requests, in order. */
  faults: Fault[]
  /** Replaces what is said. */
  say: (reply: (body: ChatBody) => Answer) => void
  close: () => Promise<void>
}

type Route = { protocol: Protocol; action: 'chat' | 'embed' | 'models'; model?: string; stream?: boolean }

/** Starts the server on a free port of loopback. */
export const startModelServer = async (options: ModelServerOptions = {}): Promise<ModelServer> => {
  const { models = ['test-chat', 'test-embed'], dimensions = 384, key } = options
  let reply = options.reply ?? echo
  const requests: SeenRequest[] = []
  const faults: Fault[] = []
  const timers = new Set<NodeJS.Timeout>()

  const later = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      timers.add(timer)
    })

  const server = createServer((request, response) => {
    handle(request, response).catch((cause: unknown) => {
      response.destroy(cause as Error)
    })
  })

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://model')
    const text = await textOf(request)
    const body = text === '' ? undefined : (JSON.parse(text) as SentBody)
    const seen: SeenRequest = {
      method: request.method ?? 'GET',
      path: url.pathname,
      headers: request.headers,
      body,
      aborted: false,
    }
    requests.push(seen)
    response.once('close', () => {
      seen.aborted = !response.writableFinished
    })
    const json = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(value))
    }
    const route = routeOf(url.pathname, body)
    if (!route) return json(404, { error: { message: `nothing at ${url.pathname}` } })
    const { protocol } = route
    if (key !== undefined && !carriesKey(request, key)) {
      return json(401, protocol.error(401, `Incorrect API key provided: ${keyOf(request)}`))
    }
    if (route.action === 'models') return json(200, modelList(url.pathname, models))

    const fault = faults.shift()
    if (fault?.kind === 'status') {
      const headers: Record<string, string> =
        fault.retry_after === undefined ? {} : { 'retry-after': fault.retry_after }
      return json(fault.status, protocol.error(fault.status, fault.message ?? `failed with ${fault.status}`), headers)
    }
    if (fault?.kind === 'redirect') return json(fault.status ?? 307, {}, { location: fault.to })
    if (fault?.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' })
      return response.end('<html>Welcome to the hotel network</html>')
    }
    if (fault?.kind === 'answer') return json(200, fault.body)
    if (fault?.kind === 'slow') await later(fault.ms)
    if (route.action === 'embed') {
      if (fault?.kind === 'stall') return
      if (fault?.kind === 'cut') return void response.destroy()
      return json(200, embeddingAnswer(url.pathname, body ?? {}, dimensions))
    }

    const said = toReply(reply(body as ChatBody))
    const model = route.model ?? String(body?.model)
    const counts =
      fault?.kind === 'uncounted' || (protocol === openAi && route.stream && !body?.stream_options?.include_usage)
        ? null
        : { input: countWords(JSON.stringify(body?.messages ?? body?.contents)), output: countWords(said.text) }
    if (!route.stream) return json(200, protocol.whole(model, said, counts))

    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    const pieces = said.text.match(/\S+\s*|\s+/g) ?? []
    let shown = 0
    for (const { event, data } of protocol.stream(model, said, pieces, counts)) {
      if (response.destroyed) return
      if (fault && 'after' in fault && shown >= fault.after && isPiece(data)) {
        if (fault.kind === 'stall') return
        if (fault.kind === 'cut') return void response.destroy()
        if (fault.kind === 'quiet-end') return void response.end()
        response.write(`data: ${JSON.stringify({ error: { message: fault.message, type: 'server_error' } })}\n\n`)
        return response.end()
      }
      if (isPiece(data)) shown += 1
      response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
      // One piece at a time on the wire, as a model that thinks would send them.
      await new Promise((next) => setImmediate(next))
    }
    response.end(protocol.end)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    faults,
    say: (next) => {
      reply = next
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

const routeOf = (path: string, body: SentBody | undefined): Route | null => {
  const stream = body?.stream === true
  switch (path) {
    case '/v1/models':
    case '/api/tags':
      return { protocol: openAi, action: 'models' }
    case '/v1/chat/completions':
      return { protocol: openAi, action: 'chat', stream }
    case '/v1/embeddings':
    case '/api/embed':
      return { protocol: openAi, action: 'embed' }
    case '/anthropic/v1/models':
      return { protocol: anthropic, action: 'models' }
    case '/anthropic/v1/messages':
      return { protocol: anthropic, action: 'chat', stream }
    case '/google/v1beta/models':
      return { protocol: google, action: 'models' }
  }
  const [, model, verb] = /^\/google\/v1beta\/models\/([^:]+):(\w+)$/.exec(path) ?? []
  if (model === undefined) return null
  if (verb === 'streamGenerateContent') return { protocol: google, action: 'chat', model, stream: true }
  if (verb === 'generateContent') return { protocol: google, action: 'chat', model }
  if (verb === 'batchEmbedContents' || verb === 'embedContent') return { protocol: google, action: 'embed', model }
  return null
}

const keyOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? (headers.authorization ?? '').replace(/^Bearer /, ''))

const carriesKey = (request: IncomingMessage, key: string) => keyOf(request) === key

const modelList = (path: string, models: string[]) => {
  if (path.startsWith('/google')) return { models: models.map((name) => ({ name: `models/${name}` })) }
  if (path === '/api/tags') return { models: models.map((name) => ({ name, model: name })) }
  return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'test' })) }
}

const embeddingAnswer = (path: string, body: SentBody, dimensions: number) => {
  const googleTexts = (body.requests ?? [body]).map((one) => one.content?.parts.map((part) => part.text).join('') ?? '')
  const texts = body.input === undefined ? googleTexts : [body.input].flat()
  const vectors = texts.map((text) => bagOfWords(text, body.dimensions ?? dimensions))
  const tokens = texts.reduce((sum, text) => sum + countWords(text), 0)
  if (path === '/api/embed') return { model: 'test', embeddings: vectors, prompt_eval_count: tokens }
  if (path.endsWith(':batchEmbedContents')) return { embeddings: vectors.map((values) => ({ values })) }
  if (path.endsWith(':embedContent')) return { embedding: { values: vectors[0] } }
  return {
    object: 'list',
    model: 'test',
    // Backwards, because the order is not promised and the index is.
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).toReversed(),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

const countWords = (text: string | undefined) => text?.match(/[\p{L}\p{N}]+/gu)?.length ?? 0

const echo = ({ messages }: ChatBody): string => {
  const last = messages?.findLast((message) => message.role === 'user')
  return `You said: ${typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)}`
}

const toReply = (answer: Answer): Reply => {
  if (typeof answer === 'string') return { text: answer, tool_calls: [] }
  const calls = answer.tool_calls.map(({ id, name, arguments: args }, i) => ({
    id: id ?? `call_${i + 1}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
  }))
  return { text: answer.text ?? '', tool_calls: calls }
}

/** Is this event of a stream a piece of the text? Only these are counted by `after`. */
const isPiece = (data: unknown): boolean => {
  const { choices, delta, candidates } = data as {
    choices?: { delta?: { content?: string } }[]
    delta?: { type?: string }
    candidates?: unknown[]
  }
  return Boolean(choices?.[0]?.delta?.content) || delta?.type === 'text_delta' || candidates !== undefined
}
