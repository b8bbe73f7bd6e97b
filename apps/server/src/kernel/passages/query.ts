/** A query as the index understands it: its terms with their rarity, unknown words corrected, the rest left out. */
import { type Token, tokenize } from './analysis.ts'
import { smoothed } from './background.ts'
import { type Correction, correct, type Vocabulary } from './correct.ts'
import { idf, type ScoreTerm } from './score.ts'
import { hashExact, hashTerm } from './terms.ts'
import { stem } from './words.ts'

export type QueryTerm = ScoreTerm & {
  term: string
  /** As the person typed it, in lower case. */
  typed: string
  /** Passages of the workspace that hold it, and those that are about it. */
  passages: number
  strong: number
}
export type Understood = {
  /** Sorted by group. */
  terms: QueryTerm[]
  /** Pairs of terms that stand side by side in the query, for the bonus of phrases. */
  pairs: [string, string][]
  /** `term` is what was looked for; `to` how to show it, a stem where no word is known. */
  corrected: { from: string; to: string; term: string }[]
}
/** What is known of terms: two numbers each. */
export type TermCounts = { passages: number; strong: number }
export type Dictionary = Pick<Vocabulary, 'beginning'> & {
  counts(terms: readonly string[]): Promise<Map<string, TermCounts>>
}

export const MAX_QUERY = 20_000
const looked = 400
const scored = 24
const correctable = 8
/** How much each sort of term says: parts of an identifier, the identifier as a whole, two words written as one. */
const trusts = { word: 1, part: 1, whole: 0.8 }
const trustInJoined = 0.5

type Wanted = { term: string; typed: string; exact: Set<number>; trust: number; group: number; token: Token | null }

/** Reads a query against the vocabulary of a workspace with `passages` passages. */
export async function understand(query: string, dictionary: Dictionary, passages: number): Promise<Understood> {
  const text = query.slice(0, MAX_QUERY)
  const tokens = tokenize(text)
  const wanted = wantedOf(tokens, text)
  for (const joined of joinedOf(tokens, text, wanted)) wanted.set(joined.term, joined)
  const counts = await dictionary.counts([...wanted.keys()])
  const terms: QueryTerm[] = []
  for (const each of wanted.values()) {
    const known = counts.get(each.term)
    if (known) terms.push(toTerm(each, each.term, each.trust, known, passages))
  }
  const corrected = await corrections([...wanted.values()], counts, dictionary, passages, terms)
  terms.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
  const kept = terms.slice(0, scored).sort((a, b) => a.group - b.group)
  return { terms: renumbered(kept), pairs: pairsOf(tokens), corrected }
}

function wantedOf(tokens: readonly Token[], text: string): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const token of tokens) {
    let each = wanted.get(token.term)
    if (!each) {
      if (wanted.size >= looked) break
      const typed = text.slice(token.start, token.end).toLowerCase().slice(0, 64)
      each = { term: token.term, typed, exact: new Set(), trust: 0, group: wanted.size, token }
      wanted.set(token.term, each)
    }
    if (token.exact !== token.term) each.exact.add(hashExact(token.exact))
    each.trust = Math.max(each.trust, trusts[token.sort])
  }
  return wanted
}

/** `web socket` may be written `websocket` where it is looked for. */
function joinedOf(tokens: readonly Token[], text: string, wanted: ReadonlyMap<string, Wanted>): Wanted[] {
  const words = tokens.filter((token) => token.sort === 'word').slice(0, 40)
  return words.flatMap((token, at): Wanted[] => {
    const next = words[at + 1]
    if (!next || next.position !== token.position + 1 || text.slice(token.end, next.start) !== ' ') return []
    const written = text.slice(token.start, token.end) + text.slice(next.start, next.end)
    const term = tokenize(written)[0]?.term ?? ''
    if (token.term.length < 2 || next.term.length < 2 || term === '' || wanted.has(term)) return []
    return [
      { term, typed: written.toLowerCase(), exact: new Set(), trust: trustInJoined, group: 1_000 + at, token: null },
    ]
  })
}

async function corrections(
  wanted: readonly Wanted[],
  counts: ReadonlyMap<string, TermCounts>,
  dictionary: Dictionary,
  passages: number,
  terms: QueryTerm[],
): Promise<Understood['corrected']> {
  const vocabulary: Vocabulary = {
    beginning: dictionary.beginning,
    known: async (list) =>
      new Map([...(await dictionary.counts(list))].map(([term, count]) => [term, count.passages] as const)),
  }
  const known = new Set([...counts.keys()])
  const unknown = wanted.filter((each) => each.token && !known.has(each.term) && !partOfKnown(each, wanted, known))
  const last = wanted.findLast((each) => each.token)
  const corrected: Understood['corrected'] = []
  for (const each of unknown.slice(0, correctable)) {
    const found = await correct(foldedOf(each), vocabulary, each === last)
    if (found.length === 0) continue
    const { term: first, shown: to } = found[0] as Correction
    corrected.push({ from: each.typed, to, term: first })
    const fresh = await dictionary.counts(found.map(({ term }) => term))
    for (const { term, trust, shown } of found) {
      if (terms.some((other) => other.term === term && other.group === each.group)) continue
      const apart = shown.includes(' ') ? { ...each, group: each.group + (shown.startsWith(term) ? 0 : 0.5) } : each
      terms.push(toTerm(apart, term, each.trust * trust, fresh.get(term) ?? { passages: 1, strong: 0 }, passages))
    }
  }
  return corrected
}

/** The parts of a known identifier, and the whole of known parts, need no correction. */
function partOfKnown(each: Wanted, wanted: readonly Wanted[], known: ReadonlySet<string>): boolean {
  const own = each.token as Token
  if (own.sort === 'word') return false
  const others = wanted.filter(({ token }) => token && token !== own && token.start < own.end && own.start < token.end)
  return own.sort === 'whole'
    ? others.length > 0
    : others.some(({ term, token }) => token?.sort === 'whole' && known.has(term))
}

/** Words are corrected as they were typed; stems alone are too short to tell. */
const foldedOf = ({ token, term }: Wanted) =>
  token && token.sort !== 'whole' && stem(token.exact) === term ? token.exact : term

function toTerm(each: Wanted, term: string, trust: number, counts: TermCounts, passages: number): QueryTerm {
  const common = smoothed(term, passages, counts.passages)
  return {
    ...{ term, typed: each.typed, group: each.group, passages: counts.passages, strong: counts.strong },
    hash: hashTerm(term),
    exact: term === each.term ? [...each.exact] : [],
    whole: each.token?.sort === 'whole',
    weight: idf(common.passages, common.holding) * trust,
  }
}

/** Groups as 0, 1, 2, …, so that they fit the bits of a score. */
function renumbered(terms: QueryTerm[]): QueryTerm[] {
  const numbers = new Map<number, number>()
  return terms.map((term) => {
    if (!numbers.has(term.group)) numbers.set(term.group, numbers.size)
    return { ...term, group: numbers.get(term.group) as number }
  })
}

function pairsOf(tokens: readonly Token[]): [string, string][] {
  const words = tokens.filter((token) => token.sort !== 'whole').slice(0, 100)
  return words.flatMap((token, at): [string, string][] => {
    const next = words[at + 1]
    return next ? [[token.term, next.term]] : []
  })
}
