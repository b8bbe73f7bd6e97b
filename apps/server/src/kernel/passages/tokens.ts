/**
 * Words of the inverted index, the same on both databases: a term or a filter, after the number of its workspace, so
 * that every posting list belongs to one workspace alone. `12.lease` holds it, `12!lease` is about it, `12:file` is of
 * that kind, `12@…` of that root, `12~2026` and `12~202611` of that year and month (UTC).
 */
import type { DialectName } from '../database/dialect.ts'

/** What to look for: a token, or several joined. */
export type Match = string | { any: Match[] } | { all: Match[] }

/** Neither database's query language sees anything but letters, digits, marks and these few signs. */
const clean = (value: string) => value.replace(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}.+#]/gu, escape)
const escape = (sign: string) => `_${sign.codePointAt(0)?.toString(16)}_`

export const termToken = (space: number, term: string) => `${space}.${clean(term)}`
export const strongToken = (space: number, term: string) => `${space}!${clean(term)}`
export const kindToken = (space: number, kind: string) => `${space}:${clean(kind.toLowerCase())}`
export const rootToken = (space: number, root: string) => `${space}@${clean(root.toLowerCase())}`

const firstYear = 1970
const lastYear = 2100
const yearOf = (time: number) => Math.min(Math.max(new Date(time).getUTCFullYear() || firstYear, firstYear), lastYear)
const monthOf = (time: number) => new Date(time).getUTCMonth() + 1
const yearToken = (space: number, year: number) => `${space}~${year}`
const monthToken = (space: number, year: number, month: number) => `${space}~${year}${String(month).padStart(2, '0')}`

/** What a passage is filed under beside its terms. */
export type Filing = { kind: string; root: string | null; time: number }

export function filingTokens(space: number, filing: Filing): string[] {
  const year = yearOf(filing.time)
  return [
    kindToken(space, filing.kind),
    ...(filing.root === null ? [] : [rootToken(space, filing.root)]),
    yearToken(space, year),
    monthToken(space, year, monthOf(filing.time) || 1),
  ]
}

/** Terms as they are stored with a passage (`lease renew! worker`), as tokens. */
export function wordTokens(space: number, words: string): string[] {
  if (words === '') return []
  return words.split(' ').flatMap((word) => {
    if (!word.endsWith('!')) return [termToken(space, word)]
    const term = word.slice(0, -1)
    return [termToken(space, term), strongToken(space, term)]
  })
}

/** Years and months that cover [from, to): a superset, checked against the exact time afterwards. Null covers all. */
export function timeMatch(space: number, from: number | null, to: number | null): Match | null {
  if (from === null && to === null) return null
  const [first, last] = [from === null ? Date.UTC(firstYear) : from, to === null ? Date.UTC(lastYear, 11) : to - 1]
  if (last < first) return { any: [] }
  const [firstAt, lastAt] = [monthIndex(first), monthIndex(last)]
  const any: Match[] = []
  for (let at = firstAt; at <= lastAt; ) {
    const [year, month] = [Math.floor(at / 12), (at % 12) + 1]
    const whole = month === 1 && at + 11 <= lastAt
    any.push(whole ? yearToken(space, year) : monthToken(space, year, month))
    at += whole ? 12 : 1
  }
  return { any }
}
const monthIndex = (time: number) => yearOf(time) * 12 + (monthOf(time) || 1) - 1

/** The match in the query language of the database; null when nothing can match. */
export function matchText(match: Match, dialect: DialectName): string | null {
  if (typeof match === 'string') return dialect === 'postgres' ? `'${match}'` : `"${match}"`
  const [or, and] = dialect === 'postgres' ? [' | ', ' & '] : [' OR ', ' AND ']
  if ('any' in match)
    return grouped(
      match.any.map((each) => matchText(each, dialect)).filter((each) => each !== null),
      or,
    )
  const all = match.all.map((each) => matchText(each, dialect))
  return all.includes(null) ? null : grouped(all as string[], and)
}

function grouped(parts: string[], joiner: string): string | null {
  if (parts.length < 2) return parts[0] ?? null
  return `(${parts.join(joiner)})`
}
