/** Which words of a question say what it is about. */
import { tokenize } from '../../../kernel/passages/analysis.ts'

/**
 * Words that questions are made of, not answers (English, and the commonest of German, French and Spanish). Compared as
 * the analysis sees them.
 */
const asking = `a about all also am an and any are as at be been but by can could did do does doing done explain find for
from get give gets had has have having here how i if in into is it its just know let like list made make makes me mean
means my need no not of on one or other our out over please say see should show so some such take tell than that the
their them then there these they thing this those to under up us use used using want was way we were what when where
which while who whom whose why will with work works would you your
aber als am an auch auf aus bei bin bist da das dass dem den der des die doch du ein eine einem einen einer es für hat
ich im in ist kann man mein mit nach nicht noch nur oder sein sich sie sind so um und uns von war warum was wann wer wie
wird wo woher wohin zu zum zur
avec ce ces comment dans de des du elle en est et il je la le les leur mais mon ne nous ou où par pas pour pourquoi qu
quand que quel quelle qui sa se ses son sont sur un une vous
como con cuando de del donde el ella en es esta este la las lo los mi no para pero por porque que quien se su sus un una y`
const askingTerms = new Set(tokenize(asking).map((token) => token.term))

/** The terms of a text that carry meaning; all of its terms when there are only common ones. */
export function contentTerms(text: string): Set<string> {
  const all = new Set(tokenize(text).map((token) => token.term))
  const telling = new Set([...all].filter((term) => !askingTerms.has(term)))
  return telling.size > 0 ? telling : all
}

export type Weights = ReadonlyMap<string, number>

/**
 * Does a text say the question itself, word for word? Examples in documentation and tests do; that is no answer. Short
 * questions are ordinary phrases and never count.
 */
export function echoOf(question: string): (text: string) => boolean {
  const words = plainWords(question)
  if (words.split(' ').length < 4) return () => false
  return (text) => plainWords(text).includes(words)
}
const plainWords = (text: string) =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ') ?? ''

/** What a quote is chosen for. */
export type Asking = { weights: Weights; echoes(text: string): boolean }

/**
 * What each term is worth among the texts that were found: 1, and up to half more where few of them hold it. The usual
 * measure, rarity alone (idf, Robertson and Spärck Jones, 1976), would turn things round here: nearly all texts found
 * hold the words that the question is about, and what is rare among them is beside the point.
 */
export function weigh(terms: ReadonlySet<string>, texts: readonly ReadonlySet<string>[]): Weights {
  return new Map(
    [...terms].map((term) => {
      const holding = texts.filter((text) => text.has(term)).length
      const rarity = Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5))
      return [term, 1 + (0.5 * rarity) / Math.log(2 + 2 * texts.length)]
    }),
  )
}

/** Share of the question's weight, 0 to 1, that a text's terms cover. */
export function coverage(weights: Weights, terms: ReadonlySet<string>): number {
  let covered = 0
  let all = 0
  for (const [term, weight] of weights) {
    all += weight
    if (terms.has(term)) covered += weight
  }
  return all === 0 ? 0 : covered / all
}
