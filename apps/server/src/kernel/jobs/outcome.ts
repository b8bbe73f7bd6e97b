/** How an attempt's end is written down: bounded, without stack traces, with what may be tried again told apart. */
import { CairnError, type ErrorCode, fail } from '@cairn/api/errors'
import type { JobError } from '@cairn/api/jobs'

const maxInputBytes = 262_144
export const maxResultBytes = 262_144
const maxMessage = 1_000
const defaultDelays = [1_000, 5_000, 15_000, 30_000, 60_000]

/** Statuses of refusals that will not change by waiting. */
const final = new Set([400, 401, 403, 404, 405, 413, 422])
const finalCodes = new Set<ErrorCode>(['JOB_RESULT_TOO_LARGE'])

/** Milliseconds before the next attempt after `failed` failed ones (1 and up). */
export function delayAfter(failed: number, delays: readonly number[] = defaultDelays): number {
  return delays[Math.min(failed, delays.length) - 1] ?? 0
}

/** Can another attempt end better? */
export const mayRetry = (error: unknown) =>
  !(error instanceof CairnError) || !(final.has(error.status) || finalCodes.has(error.code))

/** Whatever was thrown (it need not be an error) as a code and one bounded sentence. */
export function describe(thrown: unknown, mask: (text: string) => string): JobError {
  if (thrown instanceof CairnError) return { code: thrown.code, message: bounded(mask(thrown.message)) }
  const error = fail('JOB_FAILED', { reason: firstLine(mask(reasonOf(thrown))) || 'it gave no reason.' })
  return { code: error.code, message: bounded(error.message) }
}

function reasonOf(thrown: unknown): string {
  try {
    if (isOfTheMachine(thrown)) return `the system reports ${thrown.code}; the log of the server says more.`
    // An error's message need not be text, whatever its type says.
    const reason: unknown = thrown instanceof Error ? thrown.message : thrown
    return typeof reason === 'object' && reason !== null ? (JSON.stringify(reason) ?? '') : String(reason)
  } catch {
    return 'it threw something that cannot be shown.'
  }
}

/** Errors of files, sockets and databases: their words name paths, addresses and statements. */
const isOfTheMachine = (thrown: unknown): thrown is Error & { code: string } =>
  thrown instanceof Error && typeof (thrown as { code?: unknown }).code === 'string'

/** The message without what often follows it: a stack trace. */
const firstLine = (text: string) => bounded(text.split(/\r?\n\s+at /, 1)[0]?.trim() ?? '')

/** At most `max` UTF-16 units of text, without lone surrogates and control characters other than tab and newline. */
export function bounded(text: string, max = maxMessage): string {
  // What is cut off is copied out: a slice would keep the whole text in memory.
  const cut = text.length > max ? Buffer.from(`${text.slice(0, max - 1)}…`).toString() : text
  return cut.toWellFormed().replaceAll('\r\n', '\n').replace(controls, '\ufffd')
}

const controls = /(?![\t\n])\p{Cc}/gu

/** A job's input as JSON; INVALID_INPUT when it is none or too large. */
export function inputJson(input: unknown): string {
  const json = jsonOf(input)
  if (json === null) throw fail('INVALID_INPUT', {}, [{ path: '/input', message: 'is not JSON' }])
  if (Buffer.byteLength(json) > maxInputBytes)
    throw fail('INVALID_INPUT', {}, [{ path: '/input', message: `must have at most ${maxInputBytes} bytes` }])
  return json
}

/** A result as masked JSON; JOB_FAILED when it is none, JOB_RESULT_TOO_LARGE. */
export function resultJson(result: unknown, mask: (text: string) => string): string {
  const json = jsonOf(result, (_, value: unknown) => (typeof value === 'string' ? mask(value) : value))
  if (json === null) throw fail('JOB_FAILED', { reason: 'what it returned is not JSON.' })
  if (Buffer.byteLength(json) > maxResultBytes) throw fail('JOB_RESULT_TOO_LARGE', { max: maxResultBytes })
  return json
}

function jsonOf(value: unknown, replacer?: (key: string, value: unknown) => unknown): string | null {
  try {
    return JSON.stringify(value === undefined ? null : value, replacer) ?? null
  } catch {
    return null
  }
}
