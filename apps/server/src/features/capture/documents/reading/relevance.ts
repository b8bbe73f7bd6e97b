/** How much a page has to do with what is looked for, and which of its links look promising. Pure. */
import { tokenize } from '../../../../kernel/passages/analysis.ts'
import type { Link } from './content.ts'

const longestLook = 200_000

/** Distinct stemmed words, as the index has them. */
export const termsIn = (text: string): Set<string> =>
  new Set(tokenize(text.slice(0, longestLook)).map(({ term }) => term))

/** The part of the words that a text holds, each counting more the oftener it stands there: 0 to 1. */
export function relevanceOf(title: string, text: string, wanted: readonly string[]): number {
  if (wanted.length === 0) return 0
  const counts = new Map<string, number>(wanted.map((term) => [term, 0]))
  for (const { term } of tokenize(text.slice(0, longestLook))) {
    const seen = counts.get(term)
    if (seen !== undefined) counts.set(term, seen + 1)
  }
  const named = termsIn(title)
  const each = wanted.map((term) => {
    const seen = (counts.get(term) ?? 0) + (named.has(term) ? 3 : 0)
    return seen / (seen + 1.5)
  })
  return each.reduce((sum, one) => sum + one, 0) / wanted.length
}

/**
 * Words of the link and of its address count for themselves, the page that it stands on a little: pages on one subject
 * lead to each other (Chakrabarti et al., Focused crawling, 1999).
 */
export function promising(
  links: readonly { url: string; text: string }[],
  wanted: readonly string[],
  page: number,
): Link[] {
  if (wanted.length === 0) return links.map(({ url }) => ({ url, promise: 0 }))
  const share = (text: string) => {
    const terms = termsIn(text)
    return wanted.filter((term) => terms.has(term)).length / wanted.length
  }
  return links.map(({ url, text }) => {
    const { pathname, search } = new URL(url)
    const promise =
      0.5 * share(text) + 0.25 * share(`${pathname} ${search}`.replaceAll(/[/_?=&.+%-]+/g, ' ')) + 0.25 * page
    return { url, promise: Math.min(promise, 1) }
  })
}
