/** Every way in which a model server can fail, told in Cairn's codes and without anybody's secrets. */
import { CairnError, type ErrorCode, fail } from '@cairn/api/errors'
import type { Provider } from './provider.ts'

export type Failure = {
  error: CairnError
  /** May the same request work later, or elsewhere? */
  retryable: boolean
  /** Milliseconds the server asked to wait, where it did. */
  retryAfter: number | null
}

const MAX_REASON = 300

/** One line without keys, tokens or addresses' user parts, at most 300 characters. */
export const redact = (text: string, provider?: Provider): string => {
  let safe = text
  if (provider?.api_key !== undefined) safe = safe.replaceAll(provider.api_key, '[key]')
  return safe
    .replace(/\b(sk|pk|rk|gsk|xai|key)[-_][A-Za-z0-9*_-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S+/g, '[key]')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REASON)
}

/** Milliseconds that `Retry-After` (seconds or a date) or `retry-after-ms` ask for. */
export const retryAfterOf = (headers: Record<string, string> | undefined, now: number): number | null => {
  const exact = Number(headers?.['retry-after-ms'])
  if (headers?.['retry-after-ms'] !== undefined && Number.isFinite(exact)) return Math.max(0, exact)
  const asked = headers?.['retry-after']
  if (asked === undefined) return null
  const seconds = Number(asked)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(asked)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** A failure by the status of an HTTP answer. */
export const refusal = (
  status: number,
  reason: string,
  headers: Record<string, string> | undefined,
  provider: Provider,
): Failure => {
  const code: ErrorCode = status >= 500 ? 'MODEL_UNREACHABLE' : 'MODEL_REFUSED'
  return {
    error: fail(code, { reason: `${status} ${redact(reason, provider)}`.trim() }),
    retryable: status >= 500 || status === 429 || status === 408 || status === 409,
    retryAfter: retryAfterOf(headers, Date.now()),
  }
}

/** A request that was too slow. */
export const timeout = (reason: string): Failure => ({
  error: fail('MODEL_TIMEOUT', { reason }),
  retryable: true,
  retryAfter: null,
})

type Known = {
  name?: unknown
  message?: unknown
  statusCode?: unknown
  isRetryable?: unknown
  responseBody?: unknown
  responseHeaders?: Record<string, string>
  cause?: unknown
  code?: unknown
  type?: unknown
  error?: unknown
}

const unreadable = new Set([
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_NoContentGeneratedError',
])
const ofTheServer = /overload|unavailable|server_error|internal|timeout|capacity/i

/** Puts any error of the SDK, of fetch or of a stream into a failure. */
export const toFailure = (cause: unknown, provider: Provider): Failure => {
  if (cause instanceof CairnError) {
    return {
      error: cause,
      retryable: cause.code === 'MODEL_TIMEOUT' || cause.code === 'MODEL_UNREACHABLE',
      retryAfter: null,
    }
  }
  const known = (typeof cause === 'object' && cause !== null ? cause : { message: String(cause) }) as Known
  const inner = known.cause
  if (inner instanceof CairnError) return toFailure(inner, provider)
  const message = messageOf(known)
  const name = String(known.name ?? '')
  const status = typeof known.statusCode === 'number' ? known.statusCode : null
  // A server that answers 200 with something else than the protocol has refused in its own way.
  const isCutOff = status !== null && status < 400 && known.isRetryable === true
  if (isCutOff) return away(message, provider, cause)
  if (unreadable.has(name) || (status !== null && status < 400)) {
    return {
      error: fail('MODEL_REFUSED', { reason: `the answer is not in the expected form` }, [], cause),
      retryable: false,
      retryAfter: null,
    }
  }
  if (status !== null) return refusal(status, message, known.responseHeaders, provider)
  const isTheServer =
    cause instanceof Error || ofTheServer.test(`${String(known.type)} ${String(known.code)} ${message}`)
  if (isTheServer) return away(message, provider, cause)
  return {
    error: fail('MODEL_REFUSED', { reason: redact(message, provider) }, [], cause),
    retryable: false,
    retryAfter: null,
  }
}

const away = (message: string, provider: Provider, cause: unknown): Failure => ({
  error: fail('MODEL_UNREACHABLE', { reason: redact(message, provider) || 'the connection broke' }, [], cause),
  retryable: true,
  retryAfter: null,
})

const messageOf = (known: Known): string => {
  const inner = known.error
  if (typeof inner === 'object' && inner !== null && 'message' in inner) return String(inner.message)
  if (typeof inner === 'string') return inner
  const cause = known.cause
  const detail = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : ''
  return `${String(known.message ?? '')}${detail}`
}
