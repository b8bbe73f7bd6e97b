/** Picks, out of a passage, the lines or sentences that a person would underline. Quotes are word for word. */
import { tokenize } from '../../../kernel/passages/analysis.ts'
import type { Passage } from './passages.ts'
import { type Unit, unitsOf } from './sentences.ts'
import { type Asking, coverage, type Weights } from './words.ts'

export type Quote = {
  /** The lines as they stand; a line with `…` alone where some were left out. */
  text: string
  /** Lines of the source, 1-based and inclusive; null where lines say nothing. */
  lines: { start: number; end: number } | null
  /** Which of the question's terms it holds. */
  terms: ReadonlySet<string>
  code: boolean
}

const wholeLines = 14
const around = 2
const windows = 2
const proseLength = 360
const proseSentences = 3
/** Shorter than this, the paragraph beside it may join. */
const proseShort = 100
const longLine = 400

const imports = /^\s*(import|export \* from|from|#include|using|use|package|require|const \{.*= require)\b/
const proseNames = /\.(md|mdx|markdown|txt|text|rst|adoc|org|tex|html?)$/i

/** Is it read by lines? Files are, but those that hold prose. */
export const isCode = ({ source }: Pick<Passage, 'source'>) => source.kind === 'file' && !proseNames.test(source.uri)

const termsOf = (text: string) => new Set(tokenize(text).map((token) => token.term))

/** The best part of a passage for the question whose terms are weighed. */
export function quoteOf(passage: Passage, asking: Asking): Quote {
  return isCode(passage) ? codeQuote(passage, asking.weights) : proseQuote(passage, asking)
}

const held = (weights: Weights, terms: ReadonlySet<string>) =>
  new Set([...weights.keys()].filter((term) => terms.has(term)))

/** Short definitions whole; of long ones the first line and the lines around the best matches. */
function codeQuote(passage: Passage, weights: Weights): Quote {
  const lines = passage.text.split('\n')
  while (lines.length > 1 && lines.at(-1)?.trim() === '') lines.pop()
  const chosen = lines.length <= wholeLines ? lines.map((_, at) => at) : bestLines(lines, passage, weights)
  const first = chosen[0] ?? 0
  const last = chosen.at(-1) ?? 0
  const parts = chosen.flatMap((at, index) => {
    const gap = index > 0 && at > (chosen[index - 1] as number) + 1
    const line = clipped(lines[at] as string, weights)
    return gap ? ['…', line] : [line]
  })
  return {
    text: parts.join('\n'),
    lines: linesOf(passage, first, last),
    terms: held(weights, termsOf(passage.text)),
    code: true,
  }
}

function bestLines(lines: string[], passage: Passage, weights: Weights): number[] {
  const terms = lines.map(termsOf)
  const chosen = new Set<number>(passage.place?.name ? [signatureAt(lines)] : [])
  const left = new Map(weights)
  /** What a line and those beside it still add; a line that only names other files adds little. */
  const gain = (at: number) => {
    const near = new Set(terms.slice(Math.max(0, at - 1), at + 2).flatMap((some) => [...some]))
    const both = coverage(left, near) + coverage(left, terms[at] ?? near)
    return imports.test(lines[at] ?? '') ? both * 0.3 : both
  }
  for (let window = 0; window < windows; window += 1) {
    const gains = lines.map((_, at) => gain(at))
    const most = Math.max(...gains)
    if (most === 0) break
    const best = gains.indexOf(most)
    for (let at = best - around; at <= best + around; at += 1) if (at >= 0 && at < lines.length) chosen.add(at)
    for (const at of chosen) for (const term of terms[at] ?? []) left.delete(term)
  }
  if (chosen.size <= 1) for (let at = 0; at < wholeLines / 2; at += 1) chosen.add(at)
  return [...chosen]
    .sort((a, b) => a - b)
    .filter((at, index, all) => lines[at]?.trim() !== '' || isInside(at, index, all))
}

/** Where a definition says its name: after comments and decorators. */
function signatureAt(lines: string[]): number {
  const at = lines.findIndex((line) => !/^\s*(\/\*|\*|\/\/|#(?!include|define)|@|--|"""|$)/.test(line))
  return Math.max(at, 0)
}

/** An empty line is kept only between two that are. */
const isInside = (at: number, index: number, all: number[]) => all[index - 1] === at - 1 && all[index + 1] === at + 1

/** Of an absurdly long line, what stands around its first match. */
function clipped(line: string, weights: Weights): string {
  if (line.length <= longLine) return line
  const match = tokenize(line).find(({ term }) => weights.has(term))
  const from = Math.max(0, (match?.start ?? 0) - longLine / 4)
  return `${from > 0 ? '…' : ''}${line.slice(from, from + longLine).toWellFormed()}…`
}

/** The best sentence, with those beside it as long as they fit; never across a heading. */
function proseQuote(passage: Passage, asking: Asking): Quote {
  const { text } = passage
  const units = unitsOf(text).map((unit) => ({ ...unit, score: scoreOf(text, unit, asking) }))
  const start = units.find(({ kind }) => kind !== 'heading') ?? units[0]
  const best = units.reduce((a, b) => (a && b.score <= a.score ? a : b), start)
  const at = best ? units.indexOf(best) : 0
  const [first, last] = grown(units, at)
  const from = units[first]?.from ?? 0
  const to = units[last]?.to ?? text.length
  const quoted = text.slice(from, to).trim()
  const line = text.slice(0, from + text.slice(from, to).search(/\S|$/)).split('\n').length - 1
  return {
    text: quoted.length <= proseLength * 2 ? quoted : `${quoted.slice(0, proseLength * 2).toWellFormed()}…`,
    lines: linesOf(passage, line, line + quoted.split('\n').length - 1),
    terms: held(asking.weights, termsOf(text)),
    code: false,
  }
}

type Scored = Unit & { score: number }

/** Short ones hold little beside their words, and a heading only announces. */
function scoreOf(text: string, { from, to, kind }: Unit, { weights, echoes }: Asking): number {
  const words = text.slice(from, to)
  if (echoes(words)) return 0
  const length = Math.min(1, words.trim().length / 40)
  return coverage(weights, termsOf(words)) * (0.5 + 0.5 * length) * (kind === 'heading' ? 0.4 : 1)
}

/** First and last index around the best one: its better neighbour joins as long as there is room. */
function grown(units: readonly Scored[], at: number): [number, number] {
  let [first, last] = [at, at]
  const lengthOf = (from: number, to: number) => (units[to]?.to ?? 0) - (units[from]?.from ?? 0)
  const fits = (next: Scored | undefined) =>
    next !== undefined &&
    next.kind === 'sentence' &&
    units[at]?.kind === 'sentence' &&
    (next.block === units[at]?.block || lengthOf(first, last) < proseShort) &&
    last - first + 1 < proseSentences &&
    Math.max(next.to, units[last]?.to ?? 0) - Math.min(next.from, units[first]?.from ?? 0) <= proseLength
  for (;;) {
    const [before, after] = [units[first - 1], units[last + 1]]
    const forward = fits(after) && !(fits(before) && (before?.score ?? 0) > (after?.score ?? 0))
    if (forward) last += 1
    else if (fits(before)) first -= 1
    else return [first, last]
  }
}

/** Lines of the source for lines of the passage, where the two run side by side. */
function linesOf({ place, text }: Passage, first: number, last: number): Quote['lines'] {
  if (!place) return null
  const start = place.start_line
  const parallel = place.end_line - start + 1 >= text.trimEnd().split('\n').length
  return parallel
    ? { start: start + first, end: Math.min(start + last, place.end_line) }
    : { start, end: place.end_line }
}
