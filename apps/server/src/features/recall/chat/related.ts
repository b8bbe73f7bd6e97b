/** Which tasks and memories an answer has to do with: by rule, from what it was made of. */
import { tokenize } from '../../../kernel/passages/analysis.ts'
import type { Passage } from './passages.ts'
import { contentTerms, coverage, weigh } from './words.ts'

/** From this share of the question's weight on a passage is about it. */
const about = 0.5
const kinds = ['task', 'memory']

/** The tasks and memories among the passages that hold at least half of what `words` ask about, each once. */
export function relatedTo(words: string, passages: readonly Passage[]): Passage['source'][] {
  if (!passages.some(({ source }) => kinds.includes(source.kind))) return []
  const texts = passages.map(
    ({ text, source }) => new Set(tokenize(`${source.title}\n${text}`).map((token) => token.term)),
  )
  const weights = weigh(contentTerms(words), texts)
  const found = new Map<string, Passage['source']>()
  for (const [at, { source }] of passages.entries()) {
    if (!kinds.includes(source.kind)) continue
    if (coverage(weights, texts[at] as Set<string>) >= about) found.set(`${source.kind} ${source.id}`, source)
  }
  return [...found.values()]
}
