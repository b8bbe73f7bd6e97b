/**
 * What somebody says they have to do: by rules that can be read here, or by a model's answer that is held against the
 * words that were said. The date in it is read as everywhere else, from when it was said and where.
 */
import { isAsked, isBacked, objectsIn, sentenceEnd, sentencesOf, spokenLines, wordsOf } from '../threads/spoken.ts'
import type { DateReader } from './dates.ts'

export type FoundTask = { title: string; due_at: string | null }
/** When it was said, in epoch milliseconds, and how whoever said it writes dates. */
export type Said = { at: number; read: DateReader }

/** Found in one message at most. */
export const mostFound = 10
/** Characters in which a date is looked for: those of one task, and of a message, where each task costs some by itself. */
const [longestRead, mostRead, eachCosts] = [200, 1_500, 20]
const longestTitle = 200

/** Lines that are written down as things to do, wherever they stand. */
const lines: readonly RegExp[] = [
  /^\s*(?:[-*+]|\d+[.)])\s+\[ \]\s+(.+)$/,
  /^\s*(?:[-*+]\s+)?(?:TODO|To-?do|to-?do)(?:\([^)]{1,40}\))?\s*[:–-]\s*(.+)$/,
]
type Rule = { says: RegExp /** Only with a date is it more than a manner of speaking. */; dated?: true }
/**
 * Sentences. English in all its turns; in other languages, being reminded, not forgetting, and what somebody has to do. When
 * may come before what: "Erinnere mich morgen daran, …".
 */
const sentences: readonly Rule[] = [
  {
    says: /^(?:(?:please|ok|so|and|also),? )?(?:(?:can|could|will|would) you (?:please )?)?remind me (.{0,60}?)\bto (.+?)[.!?]*$/i,
  },
  { says: /^(?:(?:please|and|also),? )?(?:don['’]t forget|remember) to (.+?)[.!]*$/i },
  { says: /^(?:bitte )?erinnere? mich (?:bitte )?(.{0,60}?)\b(?:daran|dran),? (.+?)[.!]*$/i },
  { says: /^(?:bitte )?(?:vergiss|denk daran),? nicht,? (.+?)[.!]*$/i },
  { dated: true, says: /^(?:ich muss|wir müssen|ich soll|wir sollen)(?: noch)? (.+?)[.!]*$/i },
  { says: /^(?:s['’]il te pla[iî]t,? )?rappelle[- ]moi (.{0,60}?)\bd(?:e |['’])(.+?)[.!]*$/i },
  { says: /^n['’]oublie pas d(?:e |['’])(.+?)[.!]*$/i },
  { dated: true, says: /^(?:je dois|nous devons|il faut que je|on doit) (.+?)[.!]*$/i },
  { says: /^[¡]?(?:por favor,? )?recu[eé]rdame (.+?)[.!]*$/i },
  { says: /^[¡]?no (?:te )?olvides (?:de )?(.+?)[.!]*$/i },
  { dated: true, says: /^(?:tengo que|tenemos que|debo|debemos) (.+?)[.!]*$/i },
  { says: /^(?:per favore,? )?ricordami (.{0,60}?)\bdi (.+?)[.!]*$/i },
  { dated: true, says: /^(?:devo|dobbiamo) (.+?)[.!]*$/i },
  { says: /^(?:por favor,? )?(?:me lembre|lembre-me|lembra-me) (.{0,60}?)\bde (.+?)[.!]*$/i },
  { dated: true, says: /^(?:tenho que|tenho de|temos que|preciso|precisamos) (.+?)[.!]*$/i },
  { says: /^herinner (?:me|mij) (?:er ?aan )?(.{0,60}?)(?:er ?aan )?\bom (.+?)[.!]*$/i },
  { dated: true, says: /^(?:ik moet|we moeten) (.+?)[.!]*$/i },
  { says: /^(?:请|請)?(?:记得|記得|提醒我|别忘了|別忘了)(.+?)[。.!！]*$/ },
  {
    dated: true,
    says: /^(?:(?:and|but|so|also|then),? )?(?:i|we)(?: (?:really|still|also))* (?:(?:need|have|want|promised|ought) to|must|should|['’]?ve got to|gotta) (.+?)[.!]*$/i,
  },
]

/** Things to do among the lines and sentences of a message, each once, the first ones of too many. */
export function findByRule(message: string, said: Said): FoundTask[] {
  const found = new Map<string, FoundTask>()
  let left = mostRead
  for (const { words, dated } of sayings(message)) {
    // The core waits for readers of dates, which are not quick.
    left -= eachCosts + Math.min(words.length, longestRead)
    if (left < 0 || found.size === mostFound) break
    const task = taskOf(words, said)
    if (task.title === '' || (dated && task.due_at === null)) continue
    found.set(task.title.toLowerCase(), task)
  }
  return [...found.values()]
}

type Saying = { words: string; dated?: boolean | undefined }

/** What may be a thing to do, in the order of the message. */
function* sayings(message: string): Generator<Saying> {
  for (const line of spokenLines(message)) {
    const marked = lines.map((one) => one.exec(line)?.[1]).find((words) => words !== undefined)
    if (marked !== undefined) yield { words: firstSentence(marked) }
    else for (const sentence of sentencesOf(line)) yield* inSentence(sentence)
  }
}

function* inSentence(sentence: string): Generator<Saying> {
  for (const { says, dated } of sentences) {
    const [, ...words] = says.exec(sentence) ?? []
    // "Remind me tomorrow to call Anna": when may come first.
    if (words.length > 0) return yield { words: words.filter(Boolean).toReversed().join(' '), dated }
  }
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
      const { due_at } = when === '' ? { due_at: null } : said.read(when.slice(0, 200), said.at)
      return [{ title: titled(task), due_at }]
    })
    .filter(({ title }) => title !== '')
    .slice(0, mostFound)
}

const stops = /[\s.!,;:]+$/
const firstSentence = (words: string) => words.split(sentenceEnd, 1)[0] ?? ''

/** With the date that stands in the last words, or in the first of very many. */
function taskOf(words: string, { at, read }: Said): FoundTask {
  const text = words.slice(0, 500).replace(stops, '')
  const far = text.length - longestRead
  // No word is cut in two: a piece of one may be a date.
  const from = far <= 0 ? 0 : Math.max(far, text.indexOf(' ', far))
  const { title, due_at } = read(text.slice(from), at)
  return { title: titled(`${text.slice(0, from)} ${title}`), due_at }
}

/** In one line, with a capital first and no full stop. */
function titled(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim().replace(stops, '').slice(0, longestTitle).toWellFormed()
  return line.charAt(0).toUpperCase() + line.slice(1)
}
