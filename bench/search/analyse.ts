/**
 * A worker of `fill.ts`: makes passages out of synthetic text and analyses them by the product's own functions, so that
 * what they give is what the indexer would have written. Every other ten passages are the chunks of one file, the ten
 * between them the messages of one thread.
 */
import { parentPort } from 'node:worker_threads'
import { bagOfWords } from '../../apps/sidecar/test/bag-of-words.ts'
import { type SoundSource, soundSource, toCut } from '../../apps/server/src/kernel/passages/cut.ts'
import { compare, embeddedText, type NewPassage } from '../../apps/server/src/kernel/passages/prepare.ts'
import type { PassageSource } from '../../apps/server/src/kernel/passages/source.ts'
import { filingTokens, wordTokens } from '../../apps/server/src/kernel/passages/tokens.ts'
import { passages, type Synthetic } from '../synthetic.ts'

export type Range = { from: number; to: number; space: number; dimensions: number }
export type Made = {
  source: Omit<SoundSource, 'text'> & { chunked: 'plain' | 'parsed' }
  passages: (NewPassage & { tokens: string; vector: Float32Array })[]
}
export type Batch = {
  made: Made[]
  /** Term, passages that hold it, passages that are about it. */
  terms: [string, number, number][]
  /** The same text for the bare index. */
  texts: Synthetic[]
}

const together = 10
const oldest = Date.UTC(2023, 0, 1)
const between = 90_000
const roots = 7

parentPort?.on('message', (range: Range) => parentPort?.postMessage(analyse(range)))

/** `from` and `to` are multiples of ten. */
function analyse({ from, to, space, dimensions }: Range): Batch {
  const texts = [...passages(from, to)]
  const made = Array.from({ length: texts.length / together }, (_, at) => {
    const group = from / together + at
    const some = texts.slice(at * together, (at + 1) * together)
    return group % 2 === 0 ? [file(group, some)] : some.map((each, nth) => message(group, each, nth))
  })
    .flat()
    .map(({ source, chunks }) => analysed(source, chunks, space, dimensions))
  return { made, terms: termsOf(made), texts }
}

function file(group: number, some: readonly Synthetic[]) {
  const name = `notes/${group % 100}/${group}.md`
  const source = soundSource('file', {
    ...{ id: `file-${group}`, title: name, uri: name, name, root: `root-${group % roots}` },
    ...{ time: oldest + group * together * between, text: some.map(({ text }) => text).join('\n\n') },
  } satisfies PassageSource)
  return { source, chunks: some.map(({ text, title }) => ({ text, name: title })) }
}

function message(group: number, { id, title, text }: Synthetic, nth: number) {
  const source = soundSource('message', {
    ...{ id: `message-${id}`, title, uri: `thread:${group}`, text, speaker: nth % 2 === 0 ? 'user' : 'assistant' },
    ...{ group: `thread-${group}`, order: nth, time: oldest + (group * together + nth) * between },
  } satisfies PassageSource)
  return { source, chunks: [{ text, name: null }] }
}

function analysed(
  sound: SoundSource,
  texts: { text: string; name: string | null }[],
  space: number,
  dimensions: number,
): Made {
  let line = 1
  const chunks = texts.map(({ text, name }) => {
    const [start, lines] = [line, text.split('\n').length]
    line += lines + 1
    return { text, name, context: [], kind: 'section', start_line: start, end_line: start + lines - 1 }
  })
  const source = toCut(sound, { again: false, chunked: 'parsed', chunks }, 0)
  const { group, order, root, time, kind } = sound
  const filing = filingTokens(space, { kind, root: root ?? null, time })
  const { add } = compare(source, [])
  const { text: _text, ...rest } = sound
  return {
    source: { ...rest, ...(group !== undefined && { group, order: order ?? 0 }), chunked: 'parsed' },
    passages: add.map((each, at) => ({
      ...each,
      tokens: [...wordTokens(space, each.words), ...filing].join(' '),
      vector: Float32Array.from(bagOfWords(embeddedText(source, chunks[at] as (typeof chunks)[number]), dimensions)),
    })),
  }
}

function termsOf(made: readonly Made[]): Batch['terms'] {
  const counts = new Map<string, [string, number, number]>()
  for (const { passages: some } of made) {
    for (const { words } of some) {
      for (const word of words.split(' ')) {
        const strong = word.endsWith('!')
        const term = strong ? word.slice(0, -1) : word
        const known = counts.get(term) ?? [term, 0, 0]
        known[1] += 1
        if (strong) known[2] += 1
        counts.set(term, known)
      }
    }
  }
  return [...counts.values()]
}
