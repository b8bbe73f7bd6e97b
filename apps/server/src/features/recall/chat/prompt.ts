/** What a model is sent: the rules, the last turns of the thread, the numbered passages and the question. */
import { readFileSync } from 'node:fs'
import type { Message } from '@cairn/api/threads'
import type { ChatMessage } from '../../../kernel/sidecar/client.ts'
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
  const ascii = text.match(/[ -~\s]/g)?.length ?? 0
  return Math.ceil(ascii / 3.6 + ([...text].length - ascii))
}

/** The passages that fit, at least one, each cut to what is left; their numbers stay as they are. */
export function fitting(passages: readonly Passage[], budget: number): Passage[] {
  const fit: Passage[] = []
  let left = budget
  for (const passage of passages) {
    const tokens = estimateTokens(passage.text) + 30
    if (tokens <= left) fit.push(passage)
    else if (fit.length === 0) fit.push({ ...passage, text: passage.text.slice(0, left * 3).toWellFormed() })
    if (tokens <= left) left -= tokens
  }
  return fit
}

/**
 * Builds the messages. `boundary` is a random word that no passage can know, so that none can pretend to end and be
 * followed by words of the person.
 */
export function promptFor(
  question: string,
  passages: readonly Passage[],
  turns: readonly Pick<Message, 'role' | 'content'>[],
  boundary: string,
): ChatMessage[] {
  const blocks = passages.map((passage) => {
    const { start_line, end_line, name } = passage.place ?? {}
    const place = passage.source.kind === 'file' && start_line ? `, lines ${start_line}-${end_line}` : ''
    const about = [passage.source.kind, oneLine(passage.source.uri), oneLine(passage.source.title)]
      .filter(Boolean)
      .join(' · ')
    const inside = name ? ` (${oneLine(name)})` : ''
    const when = passage.time ? ` · ${passage.time.slice(0, 10)}` : ''
    const who = passage.speaker ? ` · said by ${oneLine(passage.speaker)}` : ''
    return `[${passage.n}] ${about}${place}${inside}${when}${who}\n<${boundary}>\n${passage.text}\n</${boundary}>`
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
