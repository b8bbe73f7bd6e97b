/** From a source's text to chunks: by structure through the parser, in plain windows without it. */
import { type Chunk, chunkWindows } from '@cairn/api/windows'
import { sha256 } from '../ids.ts'
import type { CutSource } from './prepare.ts'
import type { PassageSource } from './source.ts'

export type ParsedFile = { id: string; passages: Chunk[] }
/** Cuts files by their structure; rejects when it is away. */
export type Parse = (files: { id: string; name: string; text: string }[], signal?: AbortSignal) => Promise<ParsedFile[]>
/** `again`: in plain windows for now; the parser has not been heard about it. */
export type Cut = { chunked: 'plain' | 'parsed'; chunks: Chunk[]; again: boolean }

/** Prose up to this length is one passage. */
const oneChunk = 2_000
const longestChunk = 8_000
/** Characters that go to the parser in one call. */
const callSize = 1_000_000
/**
 * Each failure of the parser halves the company in which its files are given to it again. One that has failed alone twice
 * is not given to it while this process lives.
 */
const hopeless = 0.5

/** Text as both databases can hold it. */
const sound = (text: string) => text.replaceAll('\u0000', ' ').toWellFormed()
const short = (text: string, length: number) => sound(text).slice(0, length).toWellFormed()

/** The source with everything bounded and storable, and the hash of all of it. */
export function soundSource(kind: string, source: PassageSource) {
  const { id, time, name, group, order, root, speaker, context = [] } = source
  const kept = {
    ...{ kind, id, time, title: short(source.title, 500), uri: short(source.uri, 4_000) },
    ...(name !== undefined && { name: short(name, 1_000) }),
    ...(speaker !== undefined && { speaker: short(speaker, 200) }),
    ...(context.length > 0 && { context: context.slice(0, 20).map((each) => short(each, 300)) }),
    ...(group !== undefined && { group: short(group, 500), order: order ?? 0 }),
    ...(root !== undefined && { root: short(root, 200) }),
  }
  const text = sound(source.text ?? '')
  return { ...kept, text, hash: sha256(JSON.stringify([kept, text])) }
}
export type SoundSource = ReturnType<typeof soundSource>

export function makeCutter(parse: Parse, parserUp: () => boolean) {
  /** How many files may go to the parser together, by those that it failed on. */
  const company = new Map<string, number>()
  const keyOf = ({ kind, id, hash }: SoundSource) => `${kind} ${id} ${hash}`

  /** Chunks of each source, in the order given. */
  async function cut(sources: readonly SoundSource[], signal: AbortSignal): Promise<Cut[]> {
    const parsed = new Map<SoundSource, Chunk[]>()
    const limit = (source: SoundSource) => company.get(keyOf(source)) ?? Infinity
    const given = (source: SoundSource) => source.name !== undefined && limit(source) >= hopeless
    for (const group of grouped(sources.filter(given), limit)) await parseGroup(group, signal, parsed)
    return sources.map((source) => {
      const chunks = parsed.get(source)
      if (chunks) return { chunked: 'parsed', chunks: bounded(source, chunks), again: false }
      const chunked = source.name === undefined ? 'parsed' : 'plain'
      return { chunked, chunks: bounded(source, windows(source)), again: given(source) }
    })
  }

  async function parseGroup(group: SoundSource[], signal: AbortSignal, parsed: Map<SoundSource, Chunk[]>) {
    const up = parserUp()
    try {
      const files = group.map(({ name, text }, at) => ({ id: String(at), name: name as string, text }))
      for (const { id, passages } of await parse(files, signal)) {
        const source = group[Number(id)]
        if (source) parsed.set(source, passages)
      }
    } catch (error) {
      if (signal.aborted) throw error
      // While it is away it is no file's fault.
      if (!up) return
      for (const source of group) {
        const key = keyOf(source)
        company.set(key, Math.min(company.get(key) ?? group.length, group.length) / 2)
      }
    }
  }

  return cut
}
export type Cutter = ReturnType<typeof makeCutter>

function* grouped(sources: readonly SoundSource[], limit: (source: SoundSource) => number): Generator<SoundSource[]> {
  let group: SoundSource[] = []
  let size = 0
  let most = Infinity
  for (const source of sources) {
    const full = group.length + 1 > Math.min(most, limit(source)) || size + source.text.length > callSize
    if (group.length > 0 && full) {
      yield group
      group = []
      size = 0
      most = Infinity
    }
    group.push(source)
    most = Math.min(most, limit(source))
    size += source.text.length
  }
  if (group.length > 0) yield group
}

function windows(source: SoundSource): Chunk[] {
  const { text } = source
  if (source.name !== undefined || text.length > oneChunk) return chunkWindows(text)
  return text.trim() === '' ? [] : [{ ...whole, text, end_line: text.split('\n').length }]
}

const whole = { start_line: 1, kind: 'whole', name: null, context: [] }

/** No chunk too long, and at least one, so that what has only a title is found by it. */
function bounded(source: SoundSource, chunks: readonly Chunk[]): Chunk[] {
  const fitting = chunks.flatMap((chunk) => {
    const soundChunk = { ...chunk, text: sound(chunk.text), name: chunk.name === null ? null : short(chunk.name, 300) }
    if (chunk.text.length <= longestChunk) return [soundChunk]
    return chunkWindows(soundChunk.text).map((part) => ({
      ...soundChunk,
      ...{
        text: part.text,
        start_line: chunk.start_line + part.start_line - 1,
        end_line: chunk.start_line + part.end_line - 1,
      },
    }))
  })
  if (fitting.length > 0 || source.title === '') return fitting
  return [{ ...whole, text: source.title, end_line: 1 }]
}

export const toCut = ({ text: _text, ...source }: SoundSource, cut: Cut, change: number): CutSource => ({
  ...source,
  ...cut,
  change,
})
