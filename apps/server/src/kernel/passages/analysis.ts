/**
 * Text as the index and the query see it: one module for both, so that they cannot drift apart. A change of what comes
 * out here needs a new ANALYSIS_VERSION, upon which everything is analysed again.
 */
import { fold, MAX_TERM, stem } from './words.ts'

export const ANALYSIS_VERSION = 1

export type Token = {
  /** What is compared: folded and stemmed; a whole identifier without its separators (`user_id` → `userid`). */
  term: string
  /** Closer to what was written: the word before stemming, an identifier letter by letter. Equals `term` where nothing was lost. */
  exact: string
  /** `word` stands alone, `part` is a piece of an identifier, `whole` is all of it and shares its first part's position. */
  sort: 'word' | 'part' | 'whole'
  /** Number of the word in its text, from 0. */
  position: number
  /** UTF-16 offsets, end exclusive. */
  start: number
  end: number
}

/** Letters, digits and marks of any script, with the joiners of identifiers, file names and contractions between them. */
const runs = /[\p{L}\p{N}\p{M}\p{Cf}_]+(?:[-.'’][\p{L}\p{N}\p{M}\p{Cf}_]+)*|\p{Extended_Pictographic}/gu
const plainWord = /^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/
const invisible = /\p{Cf}+/gu
const pieces = /[^-.'’]+/g
/** `HTTPServer` → HTTP Server, `userIds` → user Ids, `URLs` stays, `utf8` → utf 8. */
const asciiParts = /[A-Z]{2,}s(?![A-Za-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g
const parts = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}[\p{Ll}\p{M}]*|\p{N}+|[\p{Lo}\p{Lm}\p{Lt}\p{M}]+/gu
const ascii = /^\w+$/
/** Scripts that put no spaces between words, or glue their particles on. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const paired = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]{2,}/gu
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** An identifier of more pieces than this is noise (base64, minified names) and is kept whole only. */
const maxParts = 12
/** Longer runs are data, not words. */
const maxRun = 400

/** Words, identifiers and their parts, in order of their start. Linear in the length of `text`. */
export function tokenize(text: string): Token[] {
  const sink: Sink = { tokens: [], position: 0 }
  for (const { 0: raw, index } of text.matchAll(runs)) {
    // What stands behind a letter can belong to it.
    if (raw.length === 1 || raw.length > longestKept) run(sink, text, raw, index)
    else moved(sink, known.get(raw) ?? keep(raw), index)
  }
  return sink.tokens
}

type Sink = { tokens: Token[]; position: number }

/** What a run of letters comes to where a text begins with it: the same few thousand make up most of what is read. */
const known = new Map<string, Sink>()
const runsKept = 10_000
const longestKept = 40

function keep(raw: string): Sink {
  // A piece of a text, and terms that are pieces of it, would keep all of it in memory.
  const own = Buffer.from(raw, 'utf16le').toString('utf16le')
  const alone: Sink = { tokens: [], position: 0 }
  run(alone, own, own, 0)
  if (known.size >= runsKept) known.clear()
  known.set(own, alone)
  return alone
}

function moved(sink: Sink, { tokens, position: words }: Sink, by: number) {
  for (const { term, exact, sort, position, start, end } of tokens)
    sink.tokens.push({ term, exact, sort, position: sink.position + position, start: by + start, end: by + end })
  sink.position += words
}

function run(sink: Sink, text: string, raw: string, start: number): void {
  if (plainWord.test(raw) && !(raw.length === 1 && suffixed(sink, text, raw, start))) return word(sink, raw, start)
  if (raw.length > maxRun) return whole(sink, raw, raw, start, true)
  if (unspaced.test(raw)) return segments(sink, raw, start)
  if (plainWord.test(raw.replace(invisible, ''))) return word(sink, raw, start)
  const found = raw.match(pieces) ?? []
  if (found.length < 2) return identifier(sink, raw, start)
  if (raw.includes("'") || raw.includes('’')) return contraction(sink, raw, start)
  joined(sink, raw, start)
}

/** `c++`, `c#`, `f#`: the letter alone says nothing. */
function suffixed(sink: Sink, text: string, letter: string, start: number): boolean {
  const suffix = text.startsWith('++', start + 1) ? '++' : text[start + 1] === '#' ? '#' : ''
  if (!suffix) return false
  push(sink, letter.toLowerCase() + suffix, letter + suffix, 'word', start, start + 1 + suffix.length)
  sink.position++
  return true
}

function word(sink: Sink, raw: string, start: number, sort: 'word' | 'part' = 'word') {
  const folded = fold(raw.includes('_') ? raw.replaceAll('_', '') : raw)
  if (folded === '') return
  push(sink, stem(folded), raw.includes('_') ? raw : folded, sort, start, start + raw.length)
  sink.position++
}

function whole(sink: Sink, raw: string, exact: string, start: number, alone = false) {
  const folded = fold(raw.replace(/[-_.]/g, ''))
  if (folded === '') return
  push(sink, alone ? folded : stem(folded), exact.slice(0, MAX_TERM), 'whole', start, start + raw.length)
  if (alone) sink.position++
}

/** `user_id`, `readFile`, `utf8`: the parts, and the whole when there are several. */
function identifier(sink: Sink, raw: string, start: number) {
  const split = raw.match(ascii.test(raw) ? asciiParts : parts) ?? []
  if (split.length > maxParts || opaque(raw)) return whole(sink, raw, raw, start, true)
  if (split.length < 2) return word(sink, raw, start)
  whole(sink, raw, raw, start)
  let from = 0
  for (const part of split) {
    const at = raw.indexOf(part, from)
    word(sink, part, start + at, 'part')
    from = at + part.length
  }
}

/** `well-known`, `scope.apart.read`, `1.2.3`: each piece as an identifier, and all of it. */
function joined(sink: Sink, raw: string, start: number) {
  if (/^[\d.]+$/.test(raw)) {
    push(sink, raw.slice(0, MAX_TERM), raw.slice(0, MAX_TERM), 'word', start, start + raw.length)
    sink.position++
    return
  }
  whole(sink, raw, raw, start)
  for (const piece of raw.matchAll(pieces)) identifier(sink, piece[0], start + piece.index)
}

/** `job's` → job, `don't` → dont, `l'heure` → l heure. */
function contraction(sink: Sink, raw: string, start: number): void {
  const mark = raw.search(/['’][^'’]*$/)
  const tail = raw.slice(mark + 1)
  const head = raw.slice(0, mark)
  if (/^s$/i.test(tail)) return run(sink, '', head, start)
  if (tail.length <= 2 && /^\p{L}+$/u.test(head)) return word(sink, head + tail, start)
  for (const piece of raw.matchAll(/[^'’]+/g)) run(sink, '', piece[0], start + piece.index)
}

/** Dictionary words, and every pair of neighbouring characters, since a dictionary cuts the same text differently in other company. */
function segments(sink: Sink, raw: string, start: number) {
  for (const { segment, index, isWordLike } of segmenter.segment(raw)) {
    if (!isWordLike) continue
    for (const piece of segment.matchAll(pieces)) identifier(sink, piece[0], start + index + piece.index)
  }
  const words = new Set(
    sink.tokens.filter((token) => token.start >= start).map((token) => `${token.start} ${token.end}`),
  )
  for (const match of raw.matchAll(paired)) {
    const characters = [...match[0]]
    let at = start + match.index
    for (let i = 0; i + 1 < characters.length; i++) {
      const [first = '', second = ''] = [characters[i], characters[i + 1]]
      const end = at + first.length + second.length
      if (!words.has(`${at} ${end}`)) push(sink, fold(first + second), fold(first + second), 'whole', at, end)
      at += first.length
    }
  }
}

/** Hashes, base64 and the like: their pieces are not words. */
function opaque(raw: string): boolean {
  if (raw.length < 4 || !/^\w+$/.test(raw) || !/\d/.test(raw)) return false
  const count = raw.match(asciiParts)?.length ?? 1
  if (/^[0-9a-f]+$/i.test(raw)) return count >= 3
  return raw.length >= 16 && count >= 5 && raw.length / count < 3
}

function push(sink: Sink, term: string, exact: string, sort: Token['sort'], start: number, end: number) {
  sink.tokens.push({ term, exact, sort, position: sink.position, start, end })
}
