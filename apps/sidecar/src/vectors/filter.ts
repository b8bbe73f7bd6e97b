/** Filters for LanceDB, which takes SQL text and no parameters: every value comes in by its type and is quoted here. */

/** A string as an SQL literal: quotes doubled, nothing else has a meaning inside. */
export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const number = (value: number): string => {
  if (!Number.isFinite(value)) throw new TypeError('a filter needs a finite number')
  return value.toString()
}

/** `column IN (…)`; no values match no row. */
export const isIn = (column: Column, values: string[]): string =>
  values.length === 0 ? 'false' : `${column} IN (${values.map(quoted).join(', ')})`

export type Column = 'id' | 'kind' | 'source' | 'time'

export type SearchFilter = { kinds?: string[]; sources?: string[]; from?: number; to?: number }

/** The condition of a search, or undefined where there is none. Times are epoch milliseconds, both ends included. */
export const searchFilter = ({ kinds, sources, from, to }: SearchFilter): string | undefined => {
  const parts = [
    kinds && isIn('kind', kinds),
    sources && isIn('source', sources),
    from !== undefined && `time >= ${number(from)}`,
    to !== undefined && `time <= ${number(to)}`,
  ].filter((part) => typeof part === 'string')
  return parts.length === 0 ? undefined : parts.join(' AND ')
}

/** The condition for everything of one source. */
export const ofSource = ({ kind, id }: { kind: string; id: string }): string =>
  `kind = ${quoted(kind)} AND source = ${quoted(id)}`
