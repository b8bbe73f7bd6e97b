/** Cursors of lists: opaque to clients, the last row's sort values inside. */
import { fail } from '@cairn/api/errors'

export const pageSize = (limit: number | undefined) => limit ?? 50

export const encodeCursor = (values: readonly (string | number)[]) =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

/** The values of a cursor, checked against an example's types; INVALID_INPUT when it is not one of ours. */
export function decodeCursor<T extends readonly (string | number)[]>(cursor: string | undefined, like: T): T | null {
  if (cursor === undefined) return null
  const values = parse(cursor)
  const fits = Array.isArray(values) && values.length === like.length
  if (fits && values.every((value, at) => typeof value === typeof like[at] && isStorable(value)))
    return values as unknown as T
  throw fail('INVALID_INPUT', {}, [{ path: '/cursor', message: 'is not a cursor of this list' }])
}

/** What both databases take as a whole number or as text. */
const isStorable = (value: unknown) =>
  typeof value === 'number' ? Number.isSafeInteger(value) : !String(value).includes('\0')

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

/** Cuts a list fetched with one row too many into a page. */
export function toPage<R, I>(
  rows: R[],
  limit: number,
  cursorOf: (row: R) => readonly (string | number)[],
  toItem: (row: R) => I,
) {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit).map(toItem), next_cursor: last ? encodeCursor(cursorOf(last)) : null }
}
