/** What the core asks of the AI process. Shapes mirror the sidecar's own; bytes go over, never paths. */
import type { Readable } from 'node:stream'
import { type ErrorCode, errors, fail } from '@cairn/api/errors'
import { type Dispatcher, request } from 'undici'
import type { SidecarStatus, SidecarSupervisor } from './supervisor.ts'

export type Provider = {
  kind: 'openai-compatible' | 'openai' | 'anthropic' | 'google' | 'ollama' | 'onnx'
  base_url?: string
  api_key?: string
  model?: string
  dimensions?: number
  /** `host` or `host:port` that requests may go to; nothing else, also by redirect. */
  allow_host: string
  folder?: string
}
export type ParsedChunk = {
  text: string
  start_line: number
  end_line: number
  kind: string
  name: string | null
  context: string[]
}
export type ParsedSymbol = {
  name: string
  kind: string
  start_line: number
  end_line: number
  container: string | null
}
export type ParsedFile = {
  id: string
  language: string | null
  passages: ParsedChunk[]
  symbols: ParsedSymbol[]
  error?: string
}
export type ChatMessage = { role: string; content: string; tool_calls?: unknown; tool_call_id?: string }
export type ChatRequest = {
  routes: { provider: Provider; model: string }[]
  messages: ChatMessage[]
  tools?: { name: string; description: string; parameters: unknown }[]
  temperature?: number
  max_tokens?: number
  timeout_ms?: number
  first_token_timeout_ms?: number
  stall_timeout_ms?: number
}
export type ChatFrame =
  | { type: 'metadata'; model: string; provider: string; attempt: number }
  | { type: 'delta'; text: string }
  | { type: 'tool_call'; id: string; name: string; arguments: unknown }
  | {
      type: 'complete'
      finish_reason: string
      usage: { input_tokens: number; output_tokens: number; cost_usd: number | null }
      model: string
    }
  | { type: 'error'; code: string; message: string; retryable: boolean }
export type Embedded = { vectors: Float32Array[]; dimensions: number; model: string; usage: { tokens: number } }
export type VectorRow = { id: string; vector: Float32Array; kind: string; source: string; time: number }
export type VectorModel = {
  model: string
  dimensions: number
  count: number
  bytes: number
  state: 'ok' | 'damaged' | 'empty'
}

export type Sidecar = ReturnType<typeof makeSidecar>

export function makeSidecar(supervisor: SidecarSupervisor) {
  const listeners = new Set<(status: SidecarStatus) => void>()
  supervisor.onChange((status) => {
    for (const listener of listeners) listener(status)
  })

  async function open(
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    method: 'GET' | 'POST' = 'POST',
  ): Promise<Dispatcher.ResponseData> {
    const address = await supervisor.address()
    if (!address) throw fail('SIDECAR_UNAVAILABLE')
    const headers: Record<string, string> = { authorization: `Bearer ${address.secret}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await request(address.url + path, {
      ...{ method, headers, signal: signal ?? null },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw signal.reason
      throw fail('SIDECAR_UNAVAILABLE', {}, [], cause)
    })
    if (response.statusCode === 200) return response
    throw await refusal(response)
  }

  async function ask<T>(path: string, body: unknown, signal?: AbortSignal, method?: 'GET'): Promise<T> {
    const response = await open(path, body, signal, method)
    return (await response.body.json().catch((cause: unknown) => {
      throw fail('SIDECAR_UNAVAILABLE', {}, [], cause)
    })) as T
  }

  const vectors = (workspace: string, action: string) => `/vectors/${encodeURIComponent(workspace)}${action}`

  return {
    status: () => supervisor.status(),
    /** The answer ends the listening. */
    onChange(listener: (status: SidecarStatus) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start: () => supervisor.start(),
    stop: () => supervisor.stop(),

    parse: async (files: { id: string; name: string; text: string }[], signal?: AbortSignal) =>
      (await ask<{ files: ParsedFile[] }>('/parse', { files }, signal)).files,

    async embed(
      provider: Provider,
      texts: string[],
      purpose: 'query' | 'passage',
      signal?: AbortSignal,
    ): Promise<Embedded> {
      type Reply = Omit<Embedded, 'vectors'> & { vectors: string[] }
      const reply = await ask<Reply>('/embed', { provider, texts, purpose }, signal)
      return { ...reply, vectors: reply.vectors.map(decodeVector) }
    },

    async *chat(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatFrame> {
      const { body } = await open('/chat', request, signal)
      // Whoever reads is told of it; behind the last frame nobody does.
      body.on('error', () => undefined)
      let whole = false
      try {
        for await (const frame of frames(body)) {
          whole = frame.type === 'complete' || frame.type === 'error'
          yield frame
        }
      } finally {
        // What ends by itself leaves its connection to the next one.
        if (whole) body.resume()
        else body.destroy()
      }
    },

    models: async (provider: Provider, signal?: AbortSignal) =>
      (await ask<{ models: { id: string }[] }>('/models', { provider }, signal)).models,

    vectors: {
      upsert: (workspace: string, model: string, dimensions: number, fence: number, rows: VectorRow[]) =>
        ask<{ upserted: number; count: number }>(vectors(workspace, '/upsert'), {
          model,
          dimensions,
          fence,
          rows: rows.map((row) => ({ ...row, vector: encodeVector(row.vector) })),
        }),
      remove: (
        workspace: string,
        model: string,
        fence: number,
        what: { ids?: string[]; source?: { kind: string; id: string } },
      ) => ask<{ deleted: number; count: number }>(vectors(workspace, '/delete'), { model, fence, ...what }),
      search: async (
        workspace: string,
        query: {
          model: string
          vector: Float32Array
          limit: number
          kinds?: string[]
          from?: number
          to?: number
          sources?: string[]
        },
        signal?: AbortSignal,
      ) => {
        const body = { ...query, vector: encodeVector(query.vector) }
        return (await ask<{ hits: { id: string; score: number }[] }>(vectors(workspace, '/search'), body, signal)).hits
      },
      compact: (workspace: string, model: string) => ask<unknown>(vectors(workspace, '/compact'), { model }),
      drop: (workspace: string, model?: string) =>
        ask<unknown>(vectors(workspace, '/drop'), { ...(model && { model }) }),
      stats: async (workspace: string) =>
        (await ask<{ models: VectorModel[] }>(vectors(workspace, ''), undefined, undefined, 'GET')).models,
    },
  }
}

/** Little-endian float32 in base64, as the sidecar speaks. */
export const encodeVector = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')

export function decodeVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** The sidecar's code where it is one of ours; a model's trouble becomes MODEL_UNAVAILABLE with the reason. */
async function refusal(response: Dispatcher.ResponseData) {
  const problem = (await response.body.json().catch(() => ({}))) as { code?: string; detail?: string }
  const code = problem.code ?? ''
  if (code.startsWith('MODEL_') || code === 'ADDON_MISSING') {
    return fail('MODEL_UNAVAILABLE', { reason: problem.detail ?? 'it gave no reason' })
  }
  if (code in errors) return fail(code as ErrorCode, { detail: problem.detail ?? '' })
  return fail(
    'SIDECAR_UNAVAILABLE',
    {},
    [],
    new Error(`the sidecar answered ${response.statusCode} ${code} ${problem.detail ?? ''}`),
  )
}

async function* frames(body: Readable): AsyncGenerator<ChatFrame> {
  let rest = ''
  for await (const piece of body.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const lines = (rest + (piece as string)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) yield JSON.parse(line) as ChatFrame
  }
  if (rest.trim()) yield JSON.parse(rest) as ChatFrame
}
