/**
 * The best passages of sources that are named, whatever else the workspace holds; in a worker thread, by reading alone.
 * What a word is worth is counted among their passages. A source that the index has not reached yet is cut here.
 */
import { chunkWindows } from '@cairn/api/windows'
import { iso } from '../clock.ts'
import type { ReadApart } from '../scope.ts'
import type { SoundSource } from './cut.ts'
import { analysed } from './prepare.ts'
import { MAX_QUERY, type QueryTerm, understand } from './query.ts'
import { scorePassage } from './score.ts'
import * as store from './search-store.ts'
import type { Place } from './source.ts'
import { hashTerm, lookup } from './terms.ts'

export type InsideArgument = {
  kind: string
  /** Sources as the index has them. */
  indexed: readonly string[]
  /** Sources that it lags behind. */
  lagging: readonly SoundSource[]
  query: string
  /** Passages of each source. */
  most: number
}
export type InsidePassage = {
  source: { kind: string; id: string; title: string; uri: string }
  place: Place
  text: string
  time: string
  speaker: string | null
  /** 0 where it holds no word of the query. */
  score: number
}
type Part = { source: string; ordinal: number; length: number; terms: Uint8Array; shown: number | InsidePassage }

/** For each source the passages that hold most of the query; where none holds a word of it, those that it begins with. */
export const searchInside: ReadApart<InsideArgument, InsidePassage[]> = async ({ db, workspace }, argument) => {
  const { kind, indexed, lagging, most } = argument
  const held = await store.recordsOf(db, workspace, kind, indexed)
  const parts: Part[] = held.map(({ number, ...record }) => ({ ...record, shown: number }))
  for (const source of lagging) parts.push(...partsOf(source))
  const terms = await termsAmong(parts, argument.query.slice(0, MAX_QUERY))
  const averageLength = parts.reduce((sum, { length }) => sum + length, 0) / Math.max(parts.length, 1)
  const scored = parts.map((part) => ({
    ...part,
    score: scorePassage(part.terms, part.length, terms, { passages: parts.length, averageLength }).score,
  }))
  const best = [...Map.groupBy(scored, ({ source }) => source).values()].flatMap((of) =>
    of.sort((a, b) => b.score - a.score || a.ordinal - b.ordinal).slice(0, most),
  )
  const numbers = best.flatMap(({ shown }) => (typeof shown === 'number' ? [shown] : []))
  const found = new Map((await store.details(db, workspace, numbers)).map((each) => [each.number, each]))
  return best.flatMap(({ shown, score }): InsidePassage[] => {
    if (typeof shown !== 'number') return [{ ...shown, score }]
    const each = found.get(shown)
    return each ? [{ ...passageOf(each), score }] : []
  })
}

const passageOf = ({ kind, source, title, uri, place, text, time, speaker }: store.Found) => ({
  source: { kind, id: source, title, uri },
  ...{ place: JSON.parse(place) as Place, text, time: iso(time), speaker },
})

function partsOf(source: SoundSource): Part[] {
  const { kind, id, title, uri } = source
  const about = { source: { kind, id, title, uri }, time: iso(source.time), speaker: source.speaker ?? null, score: 0 }
  return chunkWindows(source.text).map((chunk, ordinal) => {
    const { start_line, end_line, name, context, text } = chunk
    const { length, terms } = analysed(source, chunk)
    return {
      source: id,
      ordinal,
      length,
      terms,
      shown: { ...about, place: { start_line, end_line, name, context }, text },
    }
  })
}

/** The terms of the query that stand in some of these passages, the rarer the heavier. */
async function termsAmong(parts: readonly Part[], query: string): Promise<QueryTerm[]> {
  const counts = async (terms: readonly string[]) => {
    const holding = terms.map((term) => {
      const hash = hashTerm(term)
      return [term, parts.filter((part) => lookup(part.terms, hash) !== 0).length] as const
    })
    return new Map(
      holding.filter(([, passages]) => passages > 0).map(([term, passages]) => [term, { passages, strong: 0 }]),
    )
  }
  return (await understand(query, { counts, beginning: async () => [] }, parts.length)).terms
}
