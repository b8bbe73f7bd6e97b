/** What a provider says it has. */
import { fail } from '@cairn/api/errors'
import { bodyOf } from './body.ts'
import { refusal, toFailure } from './failures.ts'
import { guardedFetch } from './guard.ts'
import { apiKey, baseUrl, type Provider } from './provider.ts'

const LIMIT = 10_000
const MAX_MODELS = 2000
const MAX_ANSWER = 4 * 1024 * 1024

type Listed = { data?: { id?: unknown }[]; models?: { name?: unknown }[] }

/** Ids of a provider's models, in its order. Rejects with the MODEL_* codes and HOST_NOT_ALLOWED. */
export const listModels = async (provider: Provider, signal: AbortSignal): Promise<{ id: string }[]> => {
  const { path, headers } = request(provider)
  const late = AbortSignal.timeout(LIMIT)
  try {
    const response = await guardedFetch(provider.allow_host)(`${baseUrl(provider)}${path}`, {
      headers,
      signal: AbortSignal.any([signal, late]),
    })
    const text = await bodyOf(response, MAX_ANSWER)
    if (!response.ok) throw refusal(response.status, text, undefined, provider).error
    const ids = idsIn(text)
    if (!ids) throw fail('MODEL_REFUSED', { reason: 'the answer is not a list of models' })
    return ids.slice(0, MAX_MODELS).map((id) => ({ id }))
  } catch (cause) {
    if (late.aborted) throw fail('MODEL_TIMEOUT', { reason: `no list of models came for ${LIMIT / 1000} s` }, [], cause)
    throw toFailure(cause, provider).error
  }
}

const request = (provider: Provider): { path: string; headers: Record<string, string> } => {
  const key = apiKey(provider)
  if (provider.kind === 'anthropic') {
    return { path: '/models?limit=1000', headers: { 'x-api-key': key ?? '', 'anthropic-version': '2023-06-01' } }
  }
  if (provider.kind === 'google') return { path: '/models?pageSize=1000', headers: { 'x-goog-api-key': key ?? '' } }
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return { path: provider.kind === 'ollama' ? '/v1/models' : '/models', headers }
}

const idsIn = (text: string): string[] | null => {
  try {
    const listed = JSON.parse(text) as Listed
    const ids =
      listed.data?.map(({ id }) => id) ?? listed.models?.map(({ name }) => String(name).replace(/^models\//, ''))
    return ids?.filter((id): id is string => typeof id === 'string') ?? null
  } catch {
    return null
  }
}
