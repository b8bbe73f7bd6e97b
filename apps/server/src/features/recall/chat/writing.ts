/** Finds passages for a question and writes an answer from them: by a model, or word for word where there is none. */
import { setImmediate as turn } from 'node:timers/promises'
import type { ChatUsage } from '@cairn/api/chat'
import { CairnError, fail } from '@cairn/api/errors'
import type { SearchResult } from '@cairn/api/search'
import type { Citation, Message } from '@cairn/api/threads'
import { newSecret } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { maskSecrets } from '../../../kernel/masking.ts'
import { observed } from '../../../kernel/observed.ts'
import { tokenize } from '../../../kernel/passages/analysis.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ChatMessage } from '../../../kernel/sidecar/client.ts'
import type { Models } from '../../ground/models/index.ts'
import { checkCitations } from './citations.ts'
import { extract } from './extract.ts'
import { citationOf, fromAttached, numbered, type Passage, renumbered } from './passages.ts'
import { budgets, fitting, lastTurns, promptFor } from './prompt.ts'
import { contentTerms } from './words.ts'

export type Turn = Pick<Message, 'role' | 'content'>
export type Asked = {
  question: string
  /** What was said before, oldest first. */
  turns: readonly Turn[]
  model?: string | undefined
  /** Kinds of source to answer from; all unless said. */
  sources?: readonly string[] | undefined
  /** Sources that cannot answer: the question's own message, those that it takes the place of, and answers to them. */
  except?: readonly string[]
  /** What the question is about, beside its words: a task's title. */
  about?: string | undefined
  /** Documents that came with the question, and those that came with what was said before. */
  attached?: Attached | undefined
  /** The person's time zone. */
  zone?: string | undefined
}
export type Attached = { now: readonly string[]; before: readonly string[] }
/** A search that has begun before anybody needs what it finds. */
export type Ahead = { query: string; sources: readonly string[] | undefined; result: Promise<SearchResult> }
export type Found = {
  query: string
  /** The question with its unknown words as the search understood them. */
  words: string
  passages: Passage[]
}
export type Written = {
  text: string
  citations: Citation[]
  kind: 'answer' | 'extract'
  model: string | null
  usage: ChatUsage | null
  /** What the model was sent; nothing for an extract. */
  messages: ChatMessage[]
  passages: Passage[]
  /** Set when the writing broke off. */
  broken: { code: string; detail: string } | null
  /** Writes down what asking the model came to. */
  settle: () => Promise<unknown>
  /** Why no model wrote it, where one should have. */
  note: string | null
}
type Say = (text: string) => void

/** The word for "quote, without a model". */
export const withoutModel = 'extract'

const searchedFor = 30
const shown = 12
/** Passages of documents that came with the question, and of each that came before. */
const shownOfAttached = 8
const shownOfEarlier = 3
const maxAnswer = 400_000
const maxTokens = 2_000

export type Writing = ReturnType<typeof makeWriting>

export function makeWriting({ passages, models }: Pick<Kernel, 'passages'> & { models: Models }) {
  const search = (scope: Scope, query: string, kinds: readonly string[] | undefined) =>
    passages.search(scope, { query, limit: searchedFor, ...(kinds && { kinds }) })

  /** Begins to search for a question that is not stored yet. Null where what was said before has to be known for that. */
  function ahead(scope: Scope, asked: Pick<Asked, 'question' | 'sources' | 'about'>, opens: boolean): Ahead | null {
    const { question, sources, about } = asked
    if (!opens && !standsAlone(question)) return null
    const { query } = queryOf({ question, about, turns: [] })
    return { query, sources, result: observed(search(scope, query, sources)) }
  }

  /** What `begun` comes to, where it looks for the same; otherwise searches, also where that came to nothing. */
  async function searched(scope: Scope, query: string, sources: Asked['sources'], begun?: Ahead | null) {
    const same = begun?.query === query && String(begun.sources) === String(sources)
    const found = same ? await begun.result.catch(() => null) : null
    return found ?? search(scope, query, sources)
  }

  async function find(scope: Scope, asked: Asked, begun?: Ahead | null): Promise<Found> {
    const { question, sources, except } = asked
    const { query, before } = queryOf(asked)
    const { hits, corrected } = await searched(scope, query, sources, begun)
    const attached = await fromDocuments(scope, query, asked.attached)
    const documents = [...(asked.attached?.now ?? []), ...(asked.attached?.before ?? [])]
    const others = hits.filter(({ source }) => !except?.includes(source.id) && !documents.includes(source.id))
    return {
      query,
      words: rewritten(question, corrected),
      passages: renumbered([...attached, ...numbered(others, [question, ...before], shown)].slice(0, shown)),
    }
  }

  /** What attached documents say: those of the question in any case, earlier ones where they hold what it is about. */
  async function fromDocuments(scope: Scope, query: string, attached: Attached | undefined): Promise<Passage[]> {
    if (!attached) return []
    const inside = (ids: readonly string[], most: number) =>
      ids.length === 0 ? [] : passages.inside(scope, { kind: 'document', ids, query, most })
    const { now, before } = attached
    const own = await inside(now, Math.max(1, Math.floor(shownOfAttached / Math.max(now.length, 1))))
    const telling = contentTerms(query)
    const concerns = ({ text }: { text: string }) => tokenize(text).some(({ term }) => telling.has(term))
    const earlier = (await inside(before, shownOfEarlier)).filter(concerns)
    const best = earlier.toSorted((a, b) => b.score - a.score).slice(0, shownOfAttached)
    return [...fromAttached(own, true), ...fromAttached(best, false)]
  }

  /** How an answer will be made: from what, by whom; or why no model writes it. */
  async function plan(scope: Scope, asked: Asked, found: Found) {
    if (asked.model === withoutModel) return { why: 'as asked, without a model' }
    const routes = await models.route(scope, 'chat')
    if (routes === null) return { why: 'no model is set up' }
    if (routes.length === 0) return { why: 'this workspace asks no model elsewhere' }
    const budget = routes.every(({ local }) => !local) ? budgets.cloud : budgets.local
    const passages = fitting(found.passages, budget.passages)
    const turns = lastTurns(asked.turns, budget.turns)
    const messages = promptFor(asked.question, passages, turns, newSecret(9), asked.zone).map(models.withoutSecrets)
    return { model: asked.model ?? routes[0]?.model ?? null, passages, messages }
  }

  /** Tells the words as they come. Null when it was stopped before the first one. */
  async function write(scope: Scope, asked: Asked, found: Found, say: Say, stop: AbortSignal): Promise<Written | null> {
    const planned = await plan(scope, asked, found)
    if ('why' in planned) {
      // The passages reach who asked before they are quoted from; a model's request waits for the log anyway.
      await turn()
      return quote(asked, found, say, planned.why as string, null)
    }
    return ask(scope, asked, { ...found, passages: planned.passages }, planned.messages, say, stop)
  }

  /** What an answer would be made from. */
  async function preview(scope: Scope, asked: Asked) {
    const found = await find(scope, asked)
    const planned = await plan(scope, asked, found)
    const { query } = found
    if ('why' in planned)
      return { kind: 'extract' as const, model: null, query, passages: found.passages, messages: [] }
    return { kind: 'answer' as const, query, ...planned }
  }

  function quote(asked: Asked, found: Found, say: Say, why: string, note: string | null): Written {
    const how = { why, zone: asked.zone, ...(asked.sources && { only: asked.sources }) }
    const { text, citations } = extract(found.passages, found.words, asked.question, how)
    say(text)
    const { passages } = found
    const none = { model: null, usage: null, messages: [], broken: null, settle: async () => undefined }
    return { text, citations, passages, note, kind: 'extract', ...none }
  }

  /** Streams a model's words through. Before the first one a failure leads to an extract, after it to a partial answer. */
  async function ask(
    scope: Scope,
    asked: Asked,
    found: Found,
    messages: ChatMessage[],
    say: Say,
    stop: AbortSignal,
  ): Promise<Written | null> {
    const request = { messages, max_tokens: maxTokens, ...(asked.model && { model: asked.model }) }
    let said = ''
    let model: string | null = asked.model ?? null
    let usage: ChatUsage | null = null
    let broken: Written['broken'] = null
    let settle: Written['settle'] = async () => undefined
    try {
      const frames = await models.chat(scope, request, stop)
      try {
        for (let next = await frames?.next(); next && !next.done; next = await frames?.next()) {
          const frame = next.value
          if (frame.type === 'metadata') model = frame.model
          if (frame.type === 'error') broken = { code: frame.code, detail: frame.message }
          if (frame.type === 'complete') {
            usage = frame.usage
            break
          }
          if (frame.type !== 'delta') continue
          const piece = frame.text.replaceAll('\u0000', '')
          said += piece
          say(piece)
          if (said.length <= maxAnswer) continue
          broken = { code: 'MODEL_REFUSED', detail: 'The answer grew beyond all bounds and was cut off.' }
          break
        }
      } finally {
        // How a whole answer went is written down once it is stored and told.
        if (frames) settle = () => frames.return(undefined)
      }
      if (usage === null) await settle()
    } catch (error) {
      if (!(error instanceof CairnError)) throw error
      broken = { code: error.code, detail: error.message }
    }
    if (stop.aborted) broken = { code: 'ANSWER_STOPPED', detail: fail('ANSWER_STOPPED').message }
    if (said.trim() === '') {
      await settle()
      if (stop.aborted) return null
      return quote(asked, found, say, 'the model did not answer', broken?.detail ?? 'The model said nothing.')
    }
    const { text, citations } = checkCitations(said.toWellFormed(), found.passages.map(citationOf))
    const { passages } = found
    return { text, citations, kind: 'answer', model, usage, messages, passages, broken, settle, note: null }
  }

  return { ahead, find, write, preview }
}

function rewritten(question: string, corrected: readonly { from: string; to: string }[]): string {
  const known = new Map(corrected.map(({ from, to }) => [from.toLowerCase(), to]))
  return question.replace(/[\p{L}\p{N}_]+/gu, (word) => known.get(word.toLowerCase()) ?? word)
}

/** What is searched for, and what of it was said before the question. */
function queryOf({ question, turns, about }: Pick<Asked, 'question' | 'turns' | 'about'>) {
  const before = [...contextFor(question, turns), ...(about ? [about] : [])]
  return { query: maskSecrets([question, ...before].join(' ')), before }
}

const standsAlone = (question: string) => contentTerms(question).size > 2

/** "And in the sidecar?" is searched for together with the question before it: none or one. */
function contextFor(question: string, turns: readonly Turn[]): string[] {
  if (standsAlone(question)) return []
  const before = turns.findLast(({ role }) => role === 'user')
  return before ? [before.content.slice(0, 500).toWellFormed()] : []
}
