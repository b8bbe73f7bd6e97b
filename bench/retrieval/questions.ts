/** Questions whose answers are known, made by rule out of the corpora, the same on each run over the same text. */
import { random } from '../synthetic.ts'
import { conversations } from './conversations.ts'
import type { Piece } from './corpora.ts'
import { synonyms } from './synonyms.ts'

/** A place that answers: a source, or one of its lines. */
export type Answer = { source: string; line?: number }
export type Question = {
  kind: string
  workspace: string
  text: string
  answers: Answer[]
}

const each = 250

/** `count` of a list, spread by a generator of its own. */
function sample<T>(list: readonly T[], count: number, seed: number): T[] {
  const next = random(seed)
  const rest = [...list]
  const taken: T[] = []
  while (taken.length < count && rest.length > 0) {
    const at = Math.floor(next() * rest.length)
    taken.push(rest[at] as T)
    rest[at] = rest.at(-1) as T
    rest.pop()
  }
  return taken
}

const at = ({ source, start_line }: Piece): Answer => ({ source, line: start_line })
const about = (pieces: readonly Piece[], same: (piece: Piece) => boolean) => pieces.filter(same).map(at)

export function headings(workspace: string, pieces: readonly Piece[]): Question[] {
  const named = pieces.filter(({ name, text }) => name !== null && name.split(/\s+/).length >= 2 && text.length > 200)
  return sample(named, each, 1).map((piece) => ({
    ...{ kind: 'heading', workspace, text: piece.name as string },
    answers: about(pieces, (other) => other.source === piece.source && other.name === piece.name),
  }))
}

/** The first sentence of some length that is prose. */
function sentence({ text }: Piece): string | null {
  const prose = text
    .replace(/```[\s\S]*?(```|$)/g, ' ')
    .replace(/^\s*([#>|<*-]|\d+\.).*$/gm, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*_]/g, '')
  return /[A-Z][^.!?\n]{40,220}[.!?](?=\s|$)/.exec(prose)?.[0] ?? null
}

export function sentences(workspace: string, pieces: readonly Piece[]): Question[] {
  const found = pieces.flatMap((piece) => {
    const text = sentence(piece)
    return text === null
      ? []
      : [
          {
            kind: 'first sentence',
            workspace,
            text,
            answers: about(pieces, (other) => other.text.includes(text) || other === piece),
          },
        ]
  })
  return sample(found, each, 2)
}

export function paraphrases(workspace: string, pieces: readonly Piece[]): Question[] {
  const found = pieces.flatMap((piece): Question[] => {
    const plain = sentence(piece)
    if (plain === null) return []
    let exchanged = 0
    const text = plain.replace(/[A-Za-z]+/g, (word) => {
      const other = synonyms.get(word.toLowerCase())
      if (other !== undefined) exchanged++
      return other ?? word
    })
    const words = plain.split(/\s+/).length
    return exchanged >= 4 && exchanged / words > 0.25
      ? [{ kind: 'paraphrase', workspace, text, answers: [at(piece)] }]
      : []
  })
  return sample(found, each, 3)
}

export function typingErrors(workspace: string, pieces: readonly Piece[]): Question[] {
  const next = random(4)
  return headings(workspace, pieces).flatMap((question): Question[] => {
    const text = question.text.replace(/[A-Za-z]{5,}/g, (word) => (next() < 0.7 ? mistyped(word, next) : word))
    return text === question.text ? [] : [{ ...question, kind: 'typing errors', text }]
  })
}

function mistyped(word: string, next: () => number): string {
  const place = 1 + Math.floor(next() * (word.length - 2))
  const [before, here = '', after = ''] = [word.slice(0, place), word[place], word.slice(place + 1)]
  switch (Math.floor(next() * 4)) {
    case 0:
      return before + after
    case 1:
      return before + after.slice(0, 1) + here + after.slice(1)
    case 2:
      return before + 'etaoinsr'[Math.floor(next() * 8)] + after
    default:
      return before + here + here + after
  }
}

/** Identifiers: any piece that holds it, letter by letter, will do. */
export function identifiers(workspace: string, pieces: readonly Piece[]): Question[] {
  const pattern = /(?<![\w$])(?:[a-z]+[A-Z]\w{2,}|[A-Z][a-z]+[A-Z]\w+|[a-z]+_[a-z]\w+)(?![\w$])/g
  const holders = new Map<string, Piece[]>()
  for (const piece of pieces) {
    for (const [word] of new Set(Array.from(piece.text.matchAll(pattern), (match) => [match[0]] as const))) {
      holders.set(word, [...(holders.get(word) ?? []), piece])
    }
  }
  const rare = [...new Set(holders.keys())].filter((word) => word.length < 40).sort()
  return sample(rare, each, 5).map((word) => ({
    ...{ kind: 'exact identifier', workspace, text: word },
    answers: (holders.get(word) ?? []).map(at),
  }))
}

export const conversationQuestions = (workspace: string): Question[] =>
  conversations.flatMap(({ id, questions }) =>
    questions.map(([text, turns]) => ({
      ...{ kind: 'question over a conversation', workspace, text },
      answers: turns.map((turn) => ({ source: `${id}#${turn}` })),
    })),
  )

export const commitQuestions = (
  workspace: string,
  commits: readonly { message: string; files: string[] }[],
): Question[] =>
  commits.map(({ message, files }) => ({
    ...{ kind: 'commit → changed files', workspace, text: message },
    answers: files.map((source) => ({ source })),
  }))
