/**
 * An answer without a model: the best lines and sentences of what was found, word for word, by source and numbered.
 * It adds nothing of its own but where each quote stands.
 */
import type { Citation } from '@cairn/api/threads'
import { tokenize } from '../../../kernel/passages/analysis.ts'
import { dayIn } from '../../../kernel/zones.ts'
import type { Passage } from './passages.ts'
import { type Quote, quoteOf } from './quotes.ts'
import { type Asking, contentTerms, coverage, echoOf, weigh } from './words.ts'

export type Extract = { text: string; citations: Citation[] }
type Quoted = { passage: Passage; quote: Quote; covers: number; n: number }

const mostQuotes = 5
const fewQuotes = 3
const mostLength = 2_400
/** Below this share of the question's weight a passage only brushes it. */
const answering = 0.34

/**
 * Writes the extract. `words` are those of the question with corrected ones beside them; `why` says in a few words why no model
 * wrote the answer; `only` names the kinds that were searched, if not all; `zone` is the person's.
 */
export function extract(
  passages: readonly Passage[],
  words: string,
  question: string,
  { why, only, zone }: { why: string; only?: readonly string[]; zone?: string | undefined },
): Extract {
  const terms = contentTerms(words)
  const echoes = echoOf(question)
  const texts = passages.map((passage) => new Set(tokenize(searched(passage, echoes)).map((token) => token.term)))
  const weights = weigh(terms, texts)
  const covers = texts.map((text) => coverage(weights, text))
  const direct = covers.filter((_, at) => !passages[at]?.aside)
  const best = Math.max(0, ...(direct.length > 0 ? direct : covers))
  if (passages.length === 0) return { text: nothing(question, only), citations: [] }

  const chosen = choose(passages, covers, best, { weights, echoes })
  const lead =
    best >= answering || best === 0
      ? `Word for word from your sources (${why}):`
      : `Nothing answers this directly. What comes nearest, word for word (${why}):`
  const groups = bySource(chosen)
  const ordered = groups.flat()
  ordered.forEach((one, at) => {
    one.n = at + 1
  })
  return { text: [lead, ...groups.map((quotes) => group(quotes, zone))].join('\n\n'), citations: ordered.map(cite) }
}

/** What a passage is found by: its text, without lines that only say the question again, and what names it. */
function searched({ text, source, place }: Passage, echoes: Asking['echoes']): string {
  const told = echoes(text) ? text.split('\n').filter((line) => !echoes(line)) : [text]
  return [...told, source.title, source.uri, place?.name ?? '', ...(place?.context ?? [])].join('\n')
}

/** Goes down the ranking and takes what covers the question well, adds a word that nothing before it had, or is held. */
function choose(passages: readonly Passage[], covers: number[], best: number, asking: Asking): Quoted[] {
  const chosen: Quoted[] = []
  const most = best >= answering || best === 0 ? mostQuotes : fewQuotes
  const seen = new Set<string>()
  let length = 0
  for (const [at, passage] of passages.entries()) {
    if (!passage.held && (chosen.length >= most || length >= mostLength)) continue
    const share = covers[at] as number
    const quote = quoteOf(passage, asking)
    const adds = [...quote.terms].some((term) => !seen.has(term))
    if (quote.text === '') continue
    if (!passage.near && !passage.held && share < best * 0.6 && !(adds && share >= best * 0.5)) continue
    for (const term of quote.terms) seen.add(term)
    length += quote.text.length
    chosen.push({ passage, quote, covers: share, n: 0 })
  }
  return chosen
}

function bySource(chosen: Quoted[]): Quoted[][] {
  const groups = new Map<string, Quoted[]>()
  for (const one of chosen) {
    const key = `${one.passage.source.kind} ${one.passage.source.id}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].map((group) =>
    group.sort((a, b) => (a.quote.lines?.start ?? 0) - (b.quote.lines?.start ?? 0)),
  )
}

const cite = ({ passage, quote, n }: Quoted): Citation => ({
  n,
  source: passage.source,
  place: passage.place && {
    ...passage.place,
    ...(quote.lines && { start_line: quote.lines.start, end_line: quote.lines.end }),
  },
  quote: quote.text,
  time: passage.time,
})

function group(quotes: Quoted[], zone: string | undefined): string {
  const first = (quotes[0] as Quoted).passage
  const single = quotes.length === 1
  const heading = single
    ? `${nameOf(first, zone)}${placeOf(quotes[0] as Quoted)} [${(quotes[0] as Quoted).n}]`
    : nameOf(first, zone)
  const parts = quotes.flatMap((one) => {
    const place = single ? [] : [`${placeOf(one).replace(/^ · /, '') || 'also'} [${one.n}]`]
    return [...place, one.quote.code ? fenced(one) : quoted(one.quote.text)]
  })
  return [heading, ...parts].join('\n\n')
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
/** Signs that Markdown would act upon, in words that came from outside. */
const plain = (text: string) => oneLine(text).replace(/[\\`*_[\]<>#|~!]/g, (sign) => `\\${sign}`)

/** How a person knows the source. */
function nameOf({ source, time, speaker }: Passage, zone: string | undefined): string {
  const day = time ? ` · ${dayIn(time, zone)}` : ''
  if (source.kind === 'file') return `**${plain(source.uri)}**`
  if (/^https?:\/\/[^\s<>]+$/.test(source.uri))
    return `[${plain(source.title) || plain(source.uri)}](<${source.uri}>)${day}`
  if (source.kind === 'message') {
    const who = speaker === 'assistant' ? 'an answer' : speaker === 'user' ? 'a message' : plain(speaker ?? 'a message')
    return `**${plain(source.title) || 'A thread'}**, ${who}${day}`
  }
  return `**${plain(source.title) || plain(source.uri)}**${day}`
}

function placeOf({ passage, quote }: Quoted): string {
  if (passage.source.kind !== 'file' || !quote.lines) return ''
  const { start, end } = quote.lines
  const name = passage.place?.name ? ` · ${plain(passage.place.name)}` : ''
  return ` · ${start === end ? `line ${start}` : `lines ${start}–${end}`}${name}`
}

/** A block of code with a fence that nothing inside can close. */
function fenced({ passage, quote }: Quoted): string {
  const longest = Math.max(2, ...[...quote.text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const language = /\.([a-z0-9]{1,10})$/i.exec(passage.source.uri)?.[1]?.toLowerCase() ?? ''
  return `${fence}${language}\n${quote.text}\n${fence}`
}

/** A quotation; pictures in it stay words, so that showing it fetches nothing, and no fence stays open. */
function quoted(text: string): string {
  const lines = text.replaceAll('![', '!\\[').split('\n')
  const open = lines.filter((line) => /^\s*```/.test(line)).length % 2 === 1
  return [...lines, ...(open ? ['```'] : [])].map((line) => `> ${line}`).join('\n')
}

function nothing(question: string, only: readonly string[] | undefined): string {
  const asked = oneLine(question)
  const words = plain(asked.length > 120 ? `${asked.slice(0, 120).toWellFormed()}…` : asked)
  const where = only ? ` among ${only.map((kind) => `${plain(kind)}s`).join(', ')}` : ''
  return [
    `I found nothing about “${words}”${where} in this workspace.`,
    [
      'What helps:',
      '- ask with the words that would stand there: a name of a function, a file, a site',
      ...(only ? ['- ask without the filter of sources'] : []),
      '- see under Jobs whether something is still being indexed',
      '- add a folder (`cairn add <folder>`) or bring in your browser history (`cairn import chromium`)',
    ].join('\n'),
  ].join('\n\n')
}
