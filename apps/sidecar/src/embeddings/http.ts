/** Ollama's own embedding protocol, and OpenAI's as other servers speak it. */
import { fail } from '@cairn/api/errors'
import { bodyOf } from '../models/body.ts'
import { refusal } from '../models/failures.ts'
import { guardedFetch } from '../models/guard.ts'
import { apiKey, baseUrl, type Provider } from '../models/provider.ts'
import type { Embedder } from './embedder.ts'
import { Refused } from './retry.ts'

const MAX_ANSWER = 64 * 1024 * 1024

/** `POST /api/embed` of Ollama; too long texts are cut by the server. */
export const embedByOllama: Embedder = async (provider, texts, _purpose, signal) => {
  const { model, dimensions } = provider
  const body = { model, input: texts, truncate: true, ...(dimensions === undefined ? {} : { dimensions }) }
  const answer = await post(provider, '/api/embed', body, signal)
  return { vectors: rows(answer.embeddings), tokens: whole(answer.prompt_eval_count) }
}

/** `POST /embeddings` as OpenAI defined it; vectors are put in the order of their `index`, which the SDK ignores. */
export const embedByOpenAiProtocol: Embedder = async (provider, texts, _purpose, signal) => {
  const { model, dimensions } = provider
  const body = { model, input: texts, encoding_format: 'float', ...(dimensions === undefined ? {} : { dimensions }) }
  const answer = await post(provider, '/embeddings', body, signal)
  if (!Array.isArray(answer.data)) throw unexpected()
  const data = answer.data as { index?: unknown; embedding?: unknown }[]
  const ordered = data.toSorted((a, b) => Number(a?.index ?? 0) - Number(b?.index ?? 0))
  const usage = answer.usage as { prompt_tokens?: unknown; total_tokens?: unknown } | undefined
  return {
    vectors: rows(ordered.map((item) => item?.embedding)),
    tokens: whole(usage?.prompt_tokens ?? usage?.total_tokens),
  }
}

const unexpected = () => fail('MODEL_REFUSED', { reason: 'the answer is not in the expected form' })

const rows = (value: unknown): Float32Array[] => {
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.every((number) => typeof number === 'number')
  if (!Array.isArray(value) || !value.every(isRow)) throw unexpected()
  return value.map((row) => Float32Array.from(row))
}

const whole = (value: unknown): number | null => (Number.isInteger(value) ? (value as number) : null)

const post = async (
  provider: Provider,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<Record<string, unknown>> => {
  const key = apiKey(provider)
  const response = await guardedFetch(provider.allow_host)(`${baseUrl(provider)}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
    signal,
  })
  const text = await bodyOf(response, MAX_ANSWER)
  if (!response.ok) {
    throw new Refused(refusal(response.status, said(text), Object.fromEntries(response.headers), provider))
  }
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, unknown>
  } catch {
    // Falls through: what is no JSON object is as good as no answer.
  }
  throw unexpected()
}

/** The message inside an error document, or the document itself. */
const said = (text: string): string => {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } | string }
    return typeof error === 'string' ? error : String(error?.message ?? text)
  } catch {
    return text
  }
}
