/** The numbers in an answer, and what they stand for. */
import type { Citation } from '@cairn/api/threads'

/** `[1]`, `[2, 3]`, `[1][4]`; not the index of an array, and not inside code. */
const marks = /( ?)(?<![\w\]])((?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+)/g
const code = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/

/**
 * Checks an answer's citations against what it could cite: unknown numbers are taken out of the text, and only what is
 * cited stays in the list, by number.
 */
export function checkCitations(text: string, possible: readonly Citation[]): { text: string; citations: Citation[] } {
  const known = new Map(possible.map((citation) => [citation.n, citation]))
  const cited = new Set<number>()
  const parts = text.split(code).map((part, at) => {
    if (at % 2 === 1) return part
    return part.replace(marks, (_, space: string, found: string) => {
      const numbers = (found.match(/\d+/g) ?? []).map(Number).filter((n) => known.has(n))
      for (const n of numbers) cited.add(n)
      return numbers.length === 0 ? '' : space + numbers.map((n) => `[${n}]`).join('')
    })
  })
  const citations = [...cited].sort((a, b) => a - b).map((n) => known.get(n) as Citation)
  return { text: parts.join(''), citations }
}
