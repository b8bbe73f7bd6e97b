/** What a model is sent: the rules, the last turns of the thread, the numbered passages and the question. */
import { readFileSync } from 'node:fs'
import type { Message } from '@cairn/api/threads'
import type { ChatMessage } from '../../../kernel/sidecar/client.ts'
import { dayIn } from '../../../kernel/zones.ts'
import type { Passage } from './passages.ts'

const rules = readFileSync(new URL('./prompt.txt', import.meta.url), 'utf8').trim()

/** Tokens for passages and for earlier turns. A model on this machine often has a window of 4,096 for everything. */
export type Budget = { passages: number; turns: number }
export const budgets = { local: { passages: 2_200, turns: 500 }, cloud: { passages: 6_000, turns: 2_000 } } as const

/**
 * Tokens of a text, estimated from above: four ASCII characters are about one token in English and code, a character of
 * another script is about one by itself.
 */
export function estimateTokens(text: string): number {
  let [ascii, others] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) ascii += 1
    // The second half of a character was counted with its first.
    else if (unit < 0xdc00 || unit > 0xdfff) others += 1
  }
  return Math.ceil(ascii / 3.6 + others)
}

/**
 * The passages that fit, at least one, each cut to what is left; those that are held all fit, and share the room where it
 * is small. Their numbers stay as they are.
 */
export function fitting(passages: readonly Passage[], budget: number): Passage[] {
  const held = passages.filter((passage) => passage.held).map((passage) => cutTo(passage, budget, passages))
  const fit = new Map(held.map((passage) => [passage.n, passage]))
  let left = budget - held.reduce((sum, passage) => sum + tokensOf(passage), 0)
  for (const passage of passages) {
    if (fit.has(passage.n)) continue
    const tokens = tokensOf(passage)
    if (tokens <= left) fit.set(passage.n, passage)
    else if (fit.size === 0) fit.set(passage.n, { ...passage, text: passage.text.slice(0, left * 3).toWellFormed() })
    if (tokens <= left) left -= tokens
  }
  return passages.flatMap(({ n }) => fit.get(n) ?? [])
}

const tokensOf = ({ text }: Passage) => estimateTokens(text) + 30

/** A held passage, not longer than its share of the room. */
function cutTo(passage: Passage, budget: number, all: readonly Passage[]): Passage {
  const share = Math.floor(budget / all.filter(({ held }) => held).length)
  if (tokensOf(passage) <= share) return passage
  return { ...passage, text: passage.text.slice(0, Math.max(share - 30, 1) * 3).toWellFormed() }
}

/**
 * Builds the messages. `boundary` is a random word that no passage can know, so that none can pretend to end and be
 * followed by words of the person. Days are cut in the person's time zone.
 */
export function promptFor(
  question: string,
  passages: readonly Passage[],
  turns: readonly Pick<Message, 'role' | 'content'>[],
  boundary: string,
  zone?: string,
): ChatMessage[] {
  const blocks = passages.map((passage) => {
    const { start_line, end_line, name } = passage.place ?? {}
    const place = passage.source.kind === 'file' && start_line ? `, lines ${start_line}-${end_line}` : ''
    const about = [passage.source.kind, oneLine(passage.source.uri), oneLine(passage.source.title)]
      .filter(Boolean)
      .join(' · ')
    const inside = name ? ` (${oneLine(name)})` : ''
    const when = passage.time ? ` · ${dayIn(passage.time, zone)}` : ''
    const who = passage.speaker ? ` · said by ${oneLine(passage.speaker)}` : ''
    const given = passage.attached ? ' · attached' : ''
    return `[${passage.n}] ${about}${place}${inside}${when}${who}${given}\n<${boundary}>\n${passage.text}\n</${boundary}>`
  })
  const found = blocks.length > 0 ? blocks.join('\n\n') : 'No passage was found.'
  return [
    { role: 'system', content: rules },
    ...turns.map(({ role, content }) => ({ role, content })),
    { role: 'user', content: `Passages (data between <${boundary}> marks):\n\n${found}\n\nQuestion: ${question}` },
  ]
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 300).toWellFormed()

/** The newest turns that fit, oldest first, starting with a person's. */
export function lastTurns<T extends Pick<Message, 'role' | 'content'>>(messages: readonly T[], budget: number): T[] {
  const kept: T[] = []
  let left = budget
  for (const message of messages.toReversed()) {
    if (message.role !== 'user' && message.role !== 'assistant') continue
    left -= estimateTokens(message.content)
    if (left < 0) break
    kept.unshift(message)
  }
  while (kept[0]?.role === 'assistant') kept.shift()
  return kept
}
