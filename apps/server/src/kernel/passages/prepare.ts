/** From a source to the changes that the index needs: cut, analysed, compared with what is there. Reads, never writes. */
import type { Chunk } from '@cairn/api/windows'
import type { Db } from '../database/dialect.ts'
import { newId, sha256 } from '../ids.ts'
import type { ReadApart } from '../scope.ts'
import { ANALYSIS_VERSION } from './analysis.ts'
import { tables } from './rows.ts'
import type { PassageSource, Place } from './source.ts'
import { termsOf } from './terms.ts'

/** A source with its chunks; `text` is not needed any more. */
export type CutSource = Omit<PassageSource, 'text'> & {
  kind: string
  /** SHA-256 of all that was read. */
  hash: string
  /** The change of the pending row that this answers. */
  change: number
  chunked: 'plain' | 'parsed'
  chunks: Chunk[]
}
export type NewPassage = {
  id: string
  ordinal: number
  place: string
  text: string
  words: string
  hash: string
  text_hash: string
  vectored: string | null
  length: number
  terms: Uint8Array
}
/** A passage that stays as it is, where its place or what it is filed under may have changed. */
export type KeptPassage = { number: number; ordinal: number; place: string }
export type SourceChange = {
  source: Omit<CutSource, 'chunks'>
  passages: number
  add: NewPassage[]
  keep: KeptPassage[]
  remove: number[]
  /** Of those that go, the ones whose id lives on in a new passage: their vectors stay. */
  reborn: { id: string; number: number }[]
}
type Existing = {
  number: number
  id: string
  hash: string
  text_hash: string
  vectored: string | null
  ordinal: number
  place: string
}

export const prepareSources: ReadApart<CutSource[], SourceChange[]> = async ({ db, workspace }, sources) => {
  const changes: SourceChange[] = []
  for (const source of sources) changes.push(compare(source, await existing(db, workspace, source.kind, source.id)))
  return changes
}

const existing = (db: Db, workspace: string, kind: string, source: string): Promise<Existing[]> =>
  tables(db)
    .selectFrom('passage')
    .select(['number', 'id', 'hash', 'text_hash', 'vectored', 'ordinal', 'place'])
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('source', '=', source)
    .orderBy('ordinal')
    .execute()

/** What makes the old passages of a source the new ones. Equal chunks keep their passage, equal texts their id. */
export function compare(source: CutSource, old: readonly Existing[]): SourceChange {
  const { chunks, ...rest } = source
  const byHash = queues(old, ({ hash }) => hash)
  const keep: KeptPassage[] = []
  const fresh: { chunk: Chunk; ordinal: number; hash: string }[] = []
  chunks.forEach((chunk, ordinal) => {
    const hash = analysedHash(source, chunk)
    const known = byHash.get(hash)?.shift()
    if (!known) return void fresh.push({ chunk, ordinal, hash })
    keep.push({ number: known.number, ordinal, place: placeOf(chunk) })
  })
  const kept = new Set(keep.map(({ number }) => number))
  const left = old.filter(({ number }) => !kept.has(number))
  const byText = queues(left, ({ text_hash }) => text_hash)
  const reborn: SourceChange['reborn'] = []
  const add = fresh.map(({ chunk, ordinal, hash }): NewPassage => {
    const text_hash = sha256(embeddedText(source, chunk))
    const before = byText.get(text_hash)?.shift()
    if (before) reborn.push({ id: before.id, number: before.number })
    return {
      ...{ id: before?.id ?? newId(), vectored: before?.vectored ?? null, text_hash, hash, ordinal },
      ...{ place: placeOf(chunk), text: chunk.text },
      ...analysed(source, chunk),
    }
  })
  return { source: rest, passages: chunks.length, add, keep, remove: left.map(({ number }) => number), reborn }
}

function queues(list: readonly Existing[], key: (each: Existing) => string): Map<string, Existing[]> {
  const map = new Map<string, Existing[]>()
  for (const each of list) map.set(key(each), [...(map.get(key(each)) ?? []), each])
  return map
}

type Around = Pick<CutSource, 'title' | 'uri' | 'context' | 'speaker'>

/** What the index keeps of a passage. */
export function analysed(source: Around, chunk: Chunk) {
  const terms = termsOf({ text: chunk.text, name: chunk.name, title: source.title, context: around(source, chunk) })
  const strong = new Set(terms.strong)
  const words = terms.all.map((term) => (strong.has(term) ? `${term}!` : term)).join(' ')
  return { words, terms: terms.record, length: terms.length }
}

const around = (source: Around, chunk: Chunk) => [
  ...chunk.context,
  ...(source.context ?? []),
  readable(source.uri),
  ...(source.speaker ? [source.speaker] : []),
]

/** An address without what only machines read: the query, the fragment, escapes. */
function readable(uri: string): string {
  const bare = uri.replace(/[?#].*$/s, '').slice(0, 300)
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}

const placeOf = ({ start_line, end_line, name, context }: Chunk) =>
  JSON.stringify({ start_line, end_line, name, context } satisfies Place)

const analysedHash = (source: CutSource, chunk: Chunk) =>
  sha256(JSON.stringify([ANALYSIS_VERSION, chunk.text, chunk.name, source.title, around(source, chunk)]))

/** What a model is given: the text under its headings. A file's name is left out, so that renaming one costs nothing. */
export const embeddedText = (
  source: Pick<CutSource, 'name' | 'title'>,
  chunk: Pick<Chunk, 'text' | 'name' | 'context'>,
) => {
  const heads = [
    ...(source.name === undefined ? [source.title] : []),
    ...chunk.context,
    ...(chunk.name ? [chunk.name] : []),
  ]
  const head = heads.filter((each) => each !== '').join(' › ')
  return head === '' ? chunk.text : `${head}\n${chunk.text}`
}
