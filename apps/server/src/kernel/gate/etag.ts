/** `ETag` and `If-Match` (RFC 9110) of things that carry a `version`: a number in quotes. */
import { fail } from '@cairn/api/errors'
import type { Call } from './call.ts'

/** The tag of an answer with a `version`; null for every other answer. */
export function etagOf(result: unknown): string | null {
  const version = (result as { version?: unknown } | null | undefined)?.version
  return Number.isInteger(version) ? `"${version as number}"` : null
}

/** The version that `If-Match` demands; null when it demands none. Anything else is INVALID_INPUT. */
export function seenVersion(call: Pick<Call<unknown>, 'header'>): number | null {
  const wanted = call.header('if-match')?.trim()
  if (wanted === undefined || wanted === '*') return null
  const [, version] = /^"(\d{1,15})"$/.exec(wanted) ?? []
  if (version !== undefined) return Number(version)
  throw fail('INVALID_INPUT', {}, [{ path: '/if-match', message: 'must be the version in quotes, as ETag gave it' }])
}
