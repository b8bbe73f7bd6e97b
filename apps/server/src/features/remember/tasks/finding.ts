/**
 * What somebody says they have to do: by rules that can be read here, or by a model's answer that is held against the
 * words that were said. The date in it is read as everywhere else, from when it was said and where.
 */
import { isAsked, isBacked, objectsIn, sentencesOf, spokenLines, wordsOf } from '../threads/spoken.ts'
import { readDate } from './dates.ts'

export type FoundTask = { title: string; due_at: string | null }
/** When it was said, in epoch milliseconds, and in which time zone. */
export type Said = { at: number; zone: string | undefined }

/** Found in one message at most. */
export const mostFound = 10
const longestTitle = 200

/** Lines that are written down as things to do, wherever they stand. */
const lines: readonly RegExp[] = [
  /^\s*(?:[-*+]|\d+[.)])\s+\[ \]\s+(.+)$/,
  /^\s*(?:[-*+]\s+)?(?:TODO|To-?do|to-?do)(?:\([^)]{1,40}\))?\s*[:–-]\s*(.+)$/,
]
type Rule = { says: RegExp /** Only with a date is it more than a manner of speaking. */; dated?: true }
/** Sentences, English and German. */
const sentences: readonly Rule[] = [
  {
    says: /^(?:(?:please|ok|so|and|also),? )?(?:(?:can|could|will|would) you (?:please )?)?remind me (.{0,60}?\b)?to (.+?)[.!?]*$/i,
  },
  { says: /^(?:(?:please|and|also),? )?(?:don['’]t forget|remember) to (.+?)[.!]*$/i },
  { says: /^(?:bitte )?erinnere? mich (?:bitte )?(?:daran|dran),? (.+?)[.!]*$/i },
  {
    dated: true,
    says: /^(?:(?:and|but|so|also|then),? )?(?:i|we)(?: (?:really|still|also))* (?:(?:need|have|want|promised|ought) to|must|should|['’]?ve got to|gotta) (.+?)[.!]*$/i,
  },
]

/** Things to do among the lines and sentences of a message, each once. */
export function findByRule(message: string, said: Said): FoundTask[] {
  const found = new Map<string, FoundTask>()
  for (const line of spokenLines(message)) {
    for (const one of inLine(line, said)) if (one.title !== '') found.set(one.title.toLowerCase(), one)
  }
  return [...found.values()].slice(0, mostFound)
}

function inLine(line: string, said: Said): FoundTask[] {
  for (const marked of lines) {
    const [, words] = marked.exec(line) ?? []
    if (words !== undefined) return [taskOf(firstSentence(words), said)]
  }
  return sentencesOf(line).flatMap((sentence) => {
    for (const { says, dated } of sentences) {
      const [, ...words] = says.exec(sentence) ?? []
      if (words.length === 0) continue
      // "Remind me tomorrow to call Anna": when may come first.
      const task = taskOf(words.filter(Boolean).toReversed().join(' '), said)
      return dated && task.due_at === null ? [] : [task]
    }
    return []
  })
}

/** Does it say something that may be a thing to do? */
export const mayHoldTask = (message: string) =>
  spokenLines(message).some((line) => lines.some((marked) => marked.test(line)) || sentencesOf(line).some(mayTell))
const mayTell = (sentence: string) => !isAsked(sentence) || sentences.some(({ says }) => says.test(sentence))

/** What a model answered, as far as the message bears it out. */
export function tasksIn(answer: string, message: string, said: Said): FoundTask[] {
  const words = new Set(wordsOf(message))
  return objectsIn(answer)
    .flatMap(({ task, due }) => {
      if (typeof task !== 'string' || !isBacked(task, words)) return []
      const when = typeof due === 'string' && wordsOf(due).every((word) => words.has(word)) ? due : ''
      const { due_at } = when === '' ? { due_at: null } : readDate(when.slice(0, 200), said.zone, said.at)
      return [{ title: titled(task), due_at }]
    })
    .filter(({ title }) => title !== '')
    .slice(0, mostFound)
}

const stops = /[\s.!,;:]+$/
const firstSentence = (words: string) => words.split(/(?<=[.!?])\s+(?=\p{L})/u, 1)[0] ?? ''

function taskOf(words: string, { at, zone }: Said): FoundTask {
  const { title, due_at } = readDate(words.slice(0, 500).replace(stops, ''), zone, at)
  return { title: titled(title), due_at }
}

/** In one line, with a capital first and no full stop. */
function titled(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim().replace(stops, '').slice(0, longestTitle).toWellFormed()
  return line.charAt(0).toUpperCase() + line.slice(1)
}
