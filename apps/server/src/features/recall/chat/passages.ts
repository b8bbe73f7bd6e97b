/** From hits of the search to the numbered passages that an answer is made from. */

import type { ChatContext } from '@cairn/api/chat'
import type { Hit } from '@cairn/api/search'
import type { Citation } from '@cairn/api/threads'
import { tokenize } from '../../../kernel/passages/analysis.ts'
import type { InsidePassage } from '../../../kernel/passages/inside.ts'
import { contentTerms } from './words.ts'

export type Passage = ChatContext['passages'][number] & {
  speaker: string | null
  /** It talks about the answer rather than being it: a test, where the question is not about tests. */
  aside: boolean
  /** Among the nearest by meaning: it may answer without sharing a word. */
  near: boolean
  /** What an attached document says first to the question: it has a place among the sources, whatever else was found. */
  held: boolean
}

/** Passages of one source that an answer may take, so that one file does not fill it. */
const perSource = 3

/**
 * Numbers the hits that can answer: without those that share only common words with the questions, without echoes of the
 * questions (somebody asked the same before, here or in another thread), without passages that another one holds already,
 * few of each source. Tests step back behind what they test.
 */
export function numbered(hits: readonly Hit[], questions: readonly string[], most: number): Passage[] {
  const asked = questions.map(contentTerms)
  const telling = contentTerms(questions.join('\n'))
  const about = hits.filter((hit) => concerns(hit, telling) && !asked.some((terms) => isEcho(hit, terms)))
  const kept: Hit[] = []
  for (const hit of stepBack(about, questions)) {
    if (kept.length >= most) break
    const sameSource = kept.filter(({ source }) => source.kind === hit.source.kind && source.id === hit.source.id)
    if (sameSource.length >= perSource || sameSource.some((other) => overlaps(other, hit))) continue
    if (!kept.some((other) => other.passage.text === hit.passage.text)) kept.push(hit)
  }
  return kept.map((hit, at) => ({
    n: at + 1,
    source: hit.source,
    place: hit.place,
    time: hit.passage.time,
    text: hit.passage.text,
    speaker: hit.passage.speaker,
    aside: isAside(hit, questions),
    near: hit.why.semantic !== null && hit.why.semantic <= 3,
    attached: false,
    held: false,
  }))
}

/** Passages of attached documents; the first one of each is held where the question itself brought them. */
export const fromAttached = (passages: readonly InsidePassage[], hold: boolean): Passage[] =>
  passages.map(({ source, place, time, text, speaker }, at) => ({
    ...{ n: at + 1, source, place, time, text, speaker, aside: false, near: false, attached: true },
    held: hold && passages.findIndex((other) => other.source.id === source.id) === at,
  }))

/** Numbers passages by the order they stand in. */
export const renumbered = (passages: readonly Passage[]): Passage[] =>
  passages.map((passage, at) => ({ ...passage, n: at + 1 }))

const testPath = /(^|\/)(__tests__|tests?|e2e|specs?|fixtures?|samples?)\/|[._-](test|spec|fixture)s?\.[a-z]+$/i
const asksForTests = /\b(tests?|tested|specs?|fixtures?|samples?)\b/i

const isAside = ({ source }: Hit, questions: readonly string[]) =>
  source.kind === 'file' && testPath.test(source.uri) && !questions.some((question) => asksForTests.test(question))

/** Tests go last, unless what is left hardly fits: then the ranking stands as it is. */
function stepBack(hits: readonly Hit[], questions: readonly string[]): readonly Hit[] {
  const { aside = [], answer = [] } = Object.groupBy(hits, (hit) => (isAside(hit, questions) ? 'aside' : 'answer'))
  const fits = (answer[0]?.score ?? 0) >= 0.25 * (aside[0]?.score ?? 0)
  return fits ? [...answer, ...aside] : hits
}

/** Found by its meaning, or by a word that says what the question is about ("the" does not). */
const concerns = ({ why }: Hit, telling: ReadonlySet<string>) =>
  why.semantic !== null || why.terms.some((word) => tokenize(word).some(({ term }) => telling.has(term)))

const overlaps = (a: Hit, b: Hit) =>
  a.place.start_line <= b.place.end_line && b.place.start_line <= a.place.end_line && a.source.kind !== 'visit'

/** A message of a person that says nothing but what was asked now. */
function isEcho({ source, passage }: Hit, asked: ReadonlySet<string>): boolean {
  if (source.kind !== 'message' || passage.speaker !== 'user') return false
  const said = new Set(tokenize(passage.text.slice(0, 2_000)).map((token) => token.term))
  const shared = [...asked].filter((term) => said.has(term)).length
  const words = contentTerms(passage.text.slice(0, 2_000)).size
  return words > 0 && shared / Math.max(words, asked.size) >= 0.8
}

const quoteLength = 600

/** A passage as a citation, with the beginning of its text as the quote. */
export const citationOf = ({ n, source, place, time, text }: Passage): Citation => ({
  n,
  source,
  place,
  quote: text.length <= quoteLength ? text : `${text.slice(0, quoteLength).toWellFormed()}…`,
  time,
})
