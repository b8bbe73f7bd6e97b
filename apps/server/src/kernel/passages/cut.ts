/** From a source's text to chunks: by structure through the parser, in plain windows without it. */
import { type Chunk, chunkWindows } from '@cairn/api/windows'
import { sha256 } from '../ids.ts'
import type { CutSource } from './prepare.ts'
import type { PassageSource } from './source.ts'

export type ParsedFile = { id: string; passages: Chunk[] }
/** Cuts files by their structure; rejects when it is away. */
export type Parse = (files: { id: string; name: string; text: string }[], signal?: AbortSignal) => Promise<ParsedFile[]>
export type Cut = { chunked: 'plain' | 'parsed'; chunks: Chunk[] }

/** Prose up to this length is one passage. */
const oneChunk = 2_000
const longestChunk = 8_000
/** Characters that go to the parser in one call. */
const callSize = 1_000_000
/** A file that the parser failed on alone this often is not given to it again while this process lives. */
const trusted = 2

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

export function makeCutter(parse: Parse) {
  const failed = new Map<string, number>()
  const keyOf = ({ kind, id, hash }: SoundSource) => `${kind} ${id} ${hash}`

  /** Chunks of each source, in the order given. */
  async function cut(sources: readonly SoundSource[], signal: AbortSignal): Promise<Cut[]> {
    const parsed = new Map<SoundSource, Chunk[]>()
    const named = sources.filter((source) => source.name !== undefined && (failed.get(keyOf(source)) ?? 0) < trusted)
    for (const group of grouped(named)) await parseGroup(group, signal, parsed)
    return sources.map((source) => {
      const chunks = parsed.get(source)
      if (chunks) return { chunked: 'parsed', chunks: bounded(source, chunks) }
      return { chunked: source.name === undefined ? 'parsed' : 'plain', chunks: bounded(source, windows(source)) }
    })
  }

  async function parseGroup(group: SoundSource[], signal: AbortSignal, parsed: Map<SoundSource, Chunk[]>) {
    try {
      const files = group.map(({ name, text }, at) => ({ id: String(at), name: name as string, text }))
      for (const { id, passages } of await parse(files, signal)) {
        const source = group[Number(id)]
        if (source) parsed.set(source, passages)
      }
    } catch (error) {
      if (signal.aborted) throw error
      const alone = group.length === 1 ? group[0] : undefined
      if (alone) failed.set(keyOf(alone), (failed.get(keyOf(alone)) ?? 0) + 1)
    }
  }

  return cut
}
export type Cutter = ReturnType<typeof makeCutter>

function* grouped(sources: readonly SoundSource[]): Generator<SoundSource[]> {
  let group: SoundSource[] = []
  let size = 0
  for (const source of sources) {
    if (group.length > 0 && size + source.text.length > callSize) {
      yield group
      group = []
      size = 0
    }
    group.push(source)
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
