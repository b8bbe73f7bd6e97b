/**
 * What the index keeps of a passage: its words for the inverted index, and one compact record of their counts and
 * places for scoring.
 */
import { tokenize } from './analysis.ts'

/** The searchable parts of a passage. */
export type Fields = {
  text: string
  /** The function, class or heading that the passage is. */
  name: string | null
  title: string
  /** What surrounds it: enclosing names, path, thread, site, speaker. */
  context: readonly string[]
}

export type Terms = {
  /** Distinct terms, for the inverted index. */
  all: string[]
  /** Those that say what the passage is about: in its title or name, or repeated. */
  strong: string[]
  /** Entries of five bytes, by rising hash: hash of the term (little-endian), then a byte of counts. */
  record: Uint8Array
  /** Words of the text. */
  length: number
}

/** Bits of an entry's last byte: the low four are the count in the text, up to 15. */
export const IN_TITLE = 0x10
export const IN_NAME = 0x20
export const IN_CONTEXT = 0x40
/** Among the first words of the text. */
export const LEADING = 0x80
export const COUNT = 0x0f
export const ENTRY = 5

const leading = 12
const repeated = 3
/** Words taken of a title, a name and the context together; absurd ones must not flood the index. */
const maxAround = 120

/** FNV-1a over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/), finished by Murmur 3's mix for even bits. */
export function hashTerm(term: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
/** Exact forms live in the record only, where they tell `handles` from `handling`. */
export const hashExact = (exact: string) => hashTerm(`=${exact}`)

export function termsOf(fields: Fields): Terms {
  const counts = new Map<string, number>()
  const body = tokenize(fields.text)
  for (const token of body) {
    add(counts, token.term, token.position < leading)
    if (token.exact !== token.term) add(counts, `=${token.exact}`, false)
  }
  mark(counts, fields.title, IN_TITLE)
  if (fields.name) mark(counts, fields.name, IN_NAME)
  mark(counts, fields.context.join('\n'), IN_CONTEXT)

  const all: string[] = []
  const strong: string[] = []
  for (const [term, bits] of counts) {
    if (term.startsWith('=')) continue
    all.push(term)
    if (bits & (IN_TITLE | IN_NAME) || (bits & COUNT) >= repeated) strong.push(term)
  }
  const last = body.at(-1)
  return { all, strong, record: encode(counts), length: last ? last.position + 1 : 0 }
}

function add(counts: Map<string, number>, term: string, leads: boolean) {
  const bits = counts.get(term) ?? 0
  counts.set(term, ((bits & COUNT) === COUNT ? bits : bits + 1) | (leads ? LEADING : 0))
}

function mark(counts: Map<string, number>, text: string, field: number) {
  for (const token of tokenize(text.slice(0, 2_000)).slice(0, maxAround)) {
    counts.set(token.term, (counts.get(token.term) ?? 0) | field)
    if (token.exact !== token.term) counts.set(`=${token.exact}`, (counts.get(`=${token.exact}`) ?? 0) | field)
  }
}

function encode(counts: Map<string, number>): Uint8Array {
  const entries = [...counts].map(([term, bits]) => [hashTerm(term), bits] as const).sort((a, b) => a[0] - b[0])
  const record = new Uint8Array(entries.length * ENTRY)
  const view = new DataView(record.buffer)
  entries.forEach(([hash, bits], at) => {
    view.setUint32(at * ENTRY, hash, true)
    record[at * ENTRY + 4] = bits
  })
  return record
}

/** The last byte of a term's entry, 0 when it is not in the record. Binary search. */
export function lookup(record: Uint8Array, hash: number): number {
  let low = 0
  let high = record.length / ENTRY - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const at = middle * ENTRY
    const found =
      ((record[at] as number) |
        ((record[at + 1] as number) << 8) |
        ((record[at + 2] as number) << 16) |
        ((record[at + 3] as number) << 24)) >>>
      0
    if (found === hash) return record[at + 4] as number
    if (found < hash) low = middle + 1
    else high = middle - 1
  }
  return 0
}
