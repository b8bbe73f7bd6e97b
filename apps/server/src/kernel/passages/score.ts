/**
 * Scoring: BM25F (Robertson, Zaragoza: "The Probabilistic Relevance Framework", 2009) over the records of terms, the
 * same function for both databases. The numbers were measured by bench/retrieval.
 */
import { COUNT, IN_CONTEXT, IN_NAME, IN_TITLE, LEADING, lookup } from './terms.ts'

/** A term of the query as scoring sees it. */
export type ScoreTerm = {
  hash: number
  /** Exact forms of what was typed, when they differ from the term. */
  exact: readonly number[]
  /** Is it a whole identifier? */
  whole: boolean
  /** Rarity times trust, from `idf` and how sure it is that this was meant. */
  weight: number
  /** Terms of one group stand for the same word of the query: the best of them counts. */
  group: number
}
export type Statistics = { passages: number; averageLength: number }
export type Scored = {
  score: number
  /** Bit per group (the first 31) that the passage holds. */
  groups: number
  /** Does it hold an identifier exactly as typed? */
  exact: boolean
  title: boolean
}

const saturation = 1
const lengthWeight = 0.6
const inTitle = 2
const inName = 6
const inContext = 1
const leads = 1
/** Added share of a term's value when it stands there exactly as typed. */
const exactShare = 0.4
/** Share of the score that depends on how much of the query is there. */
const coverageShare = 0.7

/** Robertson–Spärck Jones weight, never negative. */
export const idf = (passages: number, holding: number) =>
  Math.log(1 + Math.max(0, passages - holding + 0.5) / (holding + 0.5))

/** Scores one passage. `terms` are sorted by group. */
export function scorePassage(
  record: Uint8Array,
  length: number,
  terms: readonly ScoreTerm[],
  statistics: Statistics,
): Scored {
  const norm = saturation * (1 - lengthWeight + (lengthWeight * length) / Math.max(statistics.averageLength, 1))
  const result: Scored = { score: 0, groups: 0, exact: false, title: false }
  let covered = 0
  let whole = 0
  for (let at = 0; at < terms.length; ) {
    const group = (terms[at] as ScoreTerm).group
    let best = 0
    let held = 0
    let possible = 0
    for (; at < terms.length && (terms[at] as ScoreTerm).group === group; at++) {
      const term = terms[at] as ScoreTerm
      possible = Math.max(possible, term.weight)
      const bits = lookup(record, term.hash)
      if (bits === 0) continue
      const exactly = term.exact.some((hash) => lookup(record, hash) !== 0)
      const value = term.weight * saturated(bits, norm) * (exactly ? 1 + exactShare : 1)
      if (value <= best) continue
      best = value
      held = term.weight
      result.exact ||= exactly && term.whole
      result.title ||= (bits & (IN_TITLE | IN_NAME)) !== 0
    }
    whole += possible
    covered += held
    result.score += best
    if (best > 0 && group < 31) result.groups |= 1 << group
  }
  if (whole > 0) result.score *= 1 - coverageShare + (coverageShare * covered) / whole
  return result
}

function saturated(bits: number, norm: number): number {
  const count =
    (bits & COUNT) +
    (bits & IN_TITLE ? inTitle : 0) +
    (bits & IN_NAME ? inName : 0) +
    (bits & IN_CONTEXT ? inContext : 0) +
    (bits & LEADING ? leads : 0)
  return (count * (saturation + 1)) / (count + norm)
}
