/**
 * A typed client: it walks a list of routes, so it knows every operation and holds the code of none. The web hands it
 * a generated list (no schemas in its bundle), everyone else `routesOf(table)`.
 */
import type { Problem } from './errors.ts'
import type { InputOf, Method, Operation, OutputOf, Reply } from './operation.ts'

export type Route = { method: Method; path: string; query: readonly string[]; reply: readonly Reply[] }
export type Routes = Record<string, Record<string, Route>>
type Table = Record<string, Record<string, unknown>>

export type CallOptions = {
  signal?: AbortSignal
  headers?: Record<string, string>
}
type Needs<I> = Record<never, never> extends I ? [input?: I, options?: CallOptions] : [input: I, options?: CallOptions]
export type OperationCall<D> = {
  (...given: Needs<InputOf<D>>): Promise<OutputOf<D>>
  /** The reply as it streams: server-sent events of the operation, parsed one by one. */
  stream(...given: Needs<InputOf<D>>): AsyncGenerator<ServerSentEvent>
  /** The bare reply, for bytes and text. */
  raw(...given: Needs<InputOf<D>>): Promise<Response>
  /** Sends a file along, to an operation that takes an upload. */
  upload(file: Blob, ...given: Needs<InputOf<D>>): Promise<OutputOf<D>>
}
export type Client<T extends Table> = { [F in keyof T]: { [K in keyof T[F]]: OperationCall<T[F][K]> } }
export type ServerSentEvent = { event: string; data: unknown; id: string | null }

export type ClientSettings = {
  /** `http://127.0.0.1:9300`; empty for the page's own origin. */
  url: string
  /** Owner's or API key; a page relies on its cookie. */
  key?: string
  /** Id or slug. */
  workspace?: string
  fetch?: typeof fetch
}

/** The server's refusal, as an error: `problem` is its document, `status` 0 when it could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem
  readonly retryAfter: number | null
  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail)
    this.name = 'ApiError'
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** Routes of a table of operations. */
export const routesOf = (table: Table): Routes =>
  Object.fromEntries(
    Object.entries(table).map(([feature, declared]) => [
      feature,
      Object.fromEntries(Object.entries(declared).map(([name, one]) => [name, routeOf(one as Operation)])),
    ]),
  )

const routeOf = ({ method, path, query, reply }: Operation): Route => ({
  method,
  path,
  query: Object.keys(query),
  reply,
})

/** Builds the client. Calls throw ApiError. */
export function makeClient<T extends Table>(routes: Routes, settings: ClientSettings): Client<T> {
  const features = Object.entries(routes).map(([feature, declared]) => [
    feature,
    Object.fromEntries(Object.entries(declared).map(([name, route]) => [name, caller(route, settings)])),
  ])
  return Object.fromEntries(features) as Client<T>
}

function caller(route: Route, settings: ClientSettings) {
  const raw = (input: Record<string, unknown> = {}, options: CallOptions = {}, accept?: string) =>
    send(route, settings, input, options, accept)
  const call = async (input?: Record<string, unknown>, options?: CallOptions) => {
    const response = await raw(input, options, route.reply.includes('json') ? 'application/json' : undefined)
    if (response.status === 204) return null
    return (response.headers.get('content-type') ?? '').includes('json') ? response.json() : response.text()
  }
  async function* stream(input?: Record<string, unknown>, options?: CallOptions) {
    const response = await raw(input, options, 'text/event-stream')
    if (response.body) yield* serverSentEvents(response.body)
  }
  async function upload(file: Blob, input: Record<string, unknown> = {}, options: CallOptions = {}) {
    const form = new FormData()
    // What goes neither into the path nor into the query comes before the file, which may be long.
    for (const [name, value] of Object.entries(place(route, input).body ?? {}))
      if (value !== undefined) form.set(name, String(value))
    form.set('file', file)
    return (await send(route, settings, input, options, 'application/json', form)).json()
  }
  return Object.assign(call, { raw, stream, upload })
}

async function send(
  route: Route,
  settings: ClientSettings,
  input: Record<string, unknown>,
  options: CallOptions,
  accept?: string,
  form?: FormData,
): Promise<Response> {
  const { address, body } = place(route, input)
  const headers: Record<string, string> = { ...options.headers }
  if (accept) headers.accept = accept
  if (settings.key) headers.authorization = `Bearer ${settings.key}`
  if (settings.workspace) headers['x-cairn-workspace'] = settings.workspace
  if (body !== undefined && !form) headers['content-type'] = 'application/json'
  const call = settings.fetch ?? fetch
  const response = await call(settings.url + address, {
    method: route.method,
    headers,
    ...(form ? { body: form } : body !== undefined && { body: JSON.stringify(body) }),
    ...(options.signal && { signal: options.signal }),
    ...(settings.key ? {} : { credentials: 'same-origin' as const }),
  }).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause
    throw unreachable(settings.url)
  })
  if (!response.ok) throw await refusal(response)
  return response
}

function place(route: Route, input: Record<string, unknown>) {
  const rest = { ...input }
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  const query = new URLSearchParams()
  for (const name of route.query) {
    const value = rest[name]
    delete rest[name]
    if (value === undefined || value === null) continue
    query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const address = query.size > 0 ? `${path}?${query.toString()}` : path
  const hasBody = Object.keys(rest).length > 0 || route.method === 'POST' || route.method === 'PUT'
  return { address, body: hasBody ? rest : undefined }
}

async function refusal(response: Response): Promise<ApiError> {
  const after = response.headers.get('retry-after')
  const text = await response.text()
  try {
    const problem = JSON.parse(text) as Problem
    if (typeof problem.code === 'string') return new ApiError(problem, after === null ? null : Number(after))
  } catch {
    // not one of ours: told below
  }
  const detail = `The server answered ${response.status} without saying why.`
  return new ApiError(problemOf(response.status, 'INTERNAL_ERROR', 'Unexpected answer', detail))
}

const unreachable = (url: string) =>
  new ApiError(
    problemOf(
      0,
      'INTERNAL_ERROR',
      'Not reachable',
      `Cairn does not answer at ${url || 'this address'}. Is it running?`,
    ),
  )

const problemOf = (status: number, code: Problem['code'], title: string, detail: string): Problem => ({
  type: 'about:blank',
  title,
  status,
  detail,
  code,
  request_id: '',
})

/** Parses `text/event-stream` (WHATWG HTML, server-sent events); data is JSON. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    while (true) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = parseBlock(block)
        if (event) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function parseBlock(block: string): ServerSentEvent | null {
  const found: ServerSentEvent = { event: 'message', data: null, id: null }
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(event|data|id): ?(.*)$/.exec(line) ?? []
    if (field === 'data') data.push(value ?? '')
    if (field === 'event') found.event = value ?? ''
    if (field === 'id') found.id = value ?? null
  }
  if (data.length === 0) return null
  return { ...found, data: JSON.parse(data.join('\n')) as unknown }
}
