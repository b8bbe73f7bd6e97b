/** From scored candidates to an order: neighbours, kinds, recency, phrases, and no source that fills the page. */
import type { Token } from './analysis.ts'
import type { QueryTerm, Understood } from './query.ts'
import { type Scored, type Statistics, scorePassage } from './score.ts'
import type { Candidate, Records } from './search-store.ts'

export type Boost = 'exact' | 'phrase' | 'title' | 'neighbour' | 'recent'
export type Ranked = { candidate: Candidate; own: Scored; score: number; boosts: Set<Boost> }

/** Share of a score that goes to the turn after, the turn before, and the second ones on either side. */
const beside = [
  { distance: 1, share: 0.5 },
  { distance: -1, share: 0.3 },
  { distance: 2, share: 0.2 },
  { distance: -2, share: 0.2 },
]
/** Share of the best other passage of the same source. */
const fromSource = 0.1
const phraseShare = 0.4
const recentDays = [
  { days: 7, share: 0.05 },
  { days: 30, share: 0.02 },
]
const day = 86_400_000
/** Passages of one source, and of one series, before others have had their turn. */
const perSource = 2
const perSeries = 6

export function scoreAll(
  candidates: readonly Candidate[],
  terms: readonly QueryTerm[],
  statistics: Statistics,
): Ranked[] {
  return candidates.map((candidate) => {
    const own = scorePassage(candidate.terms, candidate.length, terms, statistics)
    return { candidate, own, score: own.score, boosts: new Set() }
  })
}

/** Numbers of the best `most` passages, and of those that are as good as the last of them. */
export function bestOf(
  { numbers, lengths, records }: Records,
  terms: readonly QueryTerm[],
  statistics: Statistics,
  most: number,
): number[] {
  const scores = Float64Array.from(
    records,
    (record, at) => scorePassage(record, lengths[at] as number, terms, statistics).score,
  )
  const limit = scores.toSorted().at(-most) ?? 0
  return numbers.filter((_, at) => (scores[at] as number) >= limit && (scores[at] as number) > 0)
}

const byScore = (a: Ranked, b: Ranked) =>
  b.score - a.score ||
  b.candidate.time - a.candidate.time ||
  compare(a.candidate.kind, b.candidate.kind) ||
  compare(a.candidate.source, b.candidate.source) ||
  a.candidate.ordinal - b.candidate.ordinal
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
export const sortByScore = (ranked: Ranked[]): Ranked[] => ranked.sort(byScore)

/** What stands beside a good passage is likelier to be meant: the answer holds few words of the question. */
export function support(ranked: readonly Ranked[]): void {
  /** The best score at each position. */
  const inSeries = new Map<string, Map<number, number>>()
  for (const { candidate, own } of ranked) {
    const { series, position } = candidate
    if (series === null || position === null) continue
    const places = inSeries.get(series) ?? new Map<number, number>()
    inSeries.set(series, places.set(position, Math.max(own.score, places.get(position) ?? 0)))
  }
  const bestTwo = new Map<string, [number, number]>()
  for (const { candidate, own } of ranked) {
    const source = sourceKey(candidate)
    const [first, second] = bestTwo.get(source) ?? [0, 0]
    bestTwo.set(source, own.score > first ? [own.score, first] : [first, Math.max(second, own.score)])
  }
  for (const each of ranked) {
    const { series, position } = each.candidate
    const places = series === null ? undefined : inSeries.get(series)
    let best = 0
    if (places && position !== null) {
      for (const { distance, share } of beside) best = Math.max(best, share * (places.get(position - distance) ?? 0))
    }
    const [first, second] = bestTwo.get(sourceKey(each.candidate)) ?? [0, 0]
    const other = each.own.score === first ? second : first
    if (best > neighbourShown * each.own.score) each.boosts.add('neighbour')
    each.score = each.own.score + best + other * fromSource
  }
}
/** A neighbour is named as a reason when it gives more than this share of the passage's own score. */
const neighbourShown = 0.2

export const sourceKey = ({ kind, source }: { kind: string; source: string }) => `${kind} ${source}`

/** Weight of the kind, and a little for what is new. */
export function adjust(ranked: readonly Ranked[], weights: Readonly<Record<string, number>>, now: number): void {
  for (const each of ranked) {
    const age = (now - each.candidate.time) / day
    const recent = recentDays.find(({ days }) => age >= 0 && age <= days)
    if (recent) each.boosts.add('recent')
    if (each.own.exact) each.boosts.add('exact')
    if (each.own.title) each.boosts.add('title')
    each.score *= (weights[each.candidate.kind] ?? 1) * (1 + (recent?.share ?? 0))
  }
}

/**
 * Words that stand side by side in the query and here as well. Answers the share, 0 to 1, by rarity. `groups` are those
 * of the terms that the passage holds: where no pair is among them, its text need not be taken apart.
 */
export function phrases(tokens: () => readonly Token[], groups: number, { pairs, terms }: Understood): number {
  if (pairs.length === 0) return 0
  const known = new Map(terms.map((term) => [term.term, term]))
  /** By the first word of a pair: what the second ones are worth. */
  const wanted = new Map<string, Map<string, number>>()
  let [whole, possible] = [0, false]
  for (const [one, other] of pairs) {
    const [a, b] = [known.get(one), known.get(other)]
    if (!a || !b || wanted.get(one)?.has(other)) continue
    const weight = Math.min(a.weight, b.weight)
    if (weight <= 0) continue
    wanted.set(one, (wanted.get(one) ?? new Map<string, number>()).set(other, weight))
    whole += weight
    possible ||= holds(groups, a.group) && holds(groups, b.group)
  }
  if (!possible) return 0
  let held = 0
  let seconds: Map<string, number> | undefined
  for (const { term, sort } of tokens()) {
    if (sort === 'whole') continue
    held += seconds?.get(term) ?? 0
    seconds?.delete(term)
    seconds = wanted.get(term)
  }
  return whole > 0 ? held / whole : 0
}

/** Groups beyond the bits of a score are taken for held. */
const holds = (groups: number, group: number) => group > 30 || (groups & (1 << group)) !== 0

export function raisePhrase(each: Ranked, share: number): void {
  if (share <= 0) return
  each.boosts.add('phrase')
  each.score *= 1 + phraseShare * share
}

/** The best `limit`, few of each source and series first; what was passed over fills the rest. */
export function diverse<T extends { candidate: Candidate }>(sorted: readonly T[], limit: number): T[] {
  const counts = new Map<string, number>()
  const taken: T[] = []
  const passed: T[] = []
  for (const each of sorted) {
    const { series } = each.candidate
    const keys: [string, number][] = [[sourceKey(each.candidate), perSource]]
    if (series !== null) keys.push([`series ${series}`, perSeries])
    if (keys.some(([key, most]) => (counts.get(key) ?? 0) >= most)) passed.push(each)
    else {
      for (const [key] of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
      taken.push(each)
    }
    if (taken.length === limit) return taken
  }
  return [...taken, ...passed].slice(0, limit)
}
