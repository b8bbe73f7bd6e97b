/**
 * One search, in a worker thread, by reading alone: understand the query, collect candidates, score them, rank them,
 * fetch what is shown.
 */
import type { Hit, SearchResult } from '@cairn/api/search'
import { iso } from '../clock.ts'
import type { ReadApart } from '../scope.ts'
import { type Token, tokenize } from './analysis.ts'
import { ENOUGH, lists, type Read, SCORED, select, willDo } from './candidates.ts'
import { MAX_QUERY, type QueryTerm, type Understood, understand } from './query.ts'
import * as rank from './rank.ts'
import type { Ranked } from './rank.ts'
import type { Statistics } from './score.ts'
import * as store from './search-store.ts'
import type { Found, Limits, Records } from './search-store.ts'
import type { Place } from './source.ts'
import { kindToken, type Match, rootToken, termToken, timeMatch } from './tokens.ts'

export type SearchArgument = {
  query: string
  limit: number
  limits: Limits
  /** Kind → weight, where it is not 1. */
  weights: Record<string, number>
  /** Epoch ms, for recency. */
  now: number
  /** Ids of passages that meaning found, best first; null when only words are asked. */
  semantic: string[] | null
  /** Are words asked, too? */
  keyword: boolean
  /** Where some passages hold every telling word, are the others not wanted? */
  whole: boolean
}
export type Fitting = {
  /** With the words of the query, as they were typed, that each holds. */
  sources: { id: string; terms: string[] }[]
  /** Was no word held as it was typed? */
  guessed: boolean
}
export type SearchAnswer = Pick<SearchResult, 'hits' | 'corrected'>

/** Passages whose text is read for phrases. */
const examined = 30
const supported = 60
/** Passages whose neighbours, kinds and times are looked at. */
const kept = 400
/** Share of the passages from which a kind is not looked for in the index. */
const common = 0.5
/** Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009). */
const fusion = 60

export const searchPassages: ReadApart<SearchArgument, SearchAnswer> = async (from, argument) => {
  const found = await chosenBy(from, argument, Math.max(examined, argument.limit))
  if (!found) return { hits: [], corrected: [] }
  const { understood, words, meaning, chosen, texts } = found
  await texts.read(chosen)
  const [keywordRank, semanticRank] = [ranksOf(words), ranksOf(meaning ?? [])]
  const hits = chosen.flatMap((each): Hit[] => {
    const text = texts.of(each)
    return text ? [toHit(each, text, texts.tokensOf(each), understood, keywordRank, semanticRank)] : []
  })
  const corrected = understood.corrected.map((each) => ({ from: each.from, to: inWords(each, hits) }))
  return { hits, corrected }
}

/** Which sources fit, best first, those that hold all words alone where there are such: no text is fetched but for ranking. */
export const fittingSources: ReadApart<SearchArgument, Fitting> = async (from, argument) => {
  const found = await chosenBy(from, argument, examined)
  if (!found) return { sources: [], guessed: false }
  const { understood, chosen } = found
  const sources = chosen.map((each) => ({ id: each.candidate.source, terms: typedOf(heldBy(each, understood)) }))
  return { sources, guessed: understood.corrected.length > 0 }
}

type From = Parameters<ReadApart<unknown, unknown>>[0]
type Chosen = {
  understood: Understood
  words: Ranked[]
  meaning: Ranked[] | null
  chosen: Ranked[]
  texts: ReturnType<typeof makeTexts>
}

/** Reads `atFirst` texts at once, though only the best are examined. Null where nothing is indexed. */
async function chosenBy({ db, workspace }: From, argument: SearchArgument, atFirst: number): Promise<Chosen | null> {
  const space = await store.readSpace(db, workspace)
  if (!space || space.passages === 0) return null
  const understood = await understand(
    argument.query.slice(0, MAX_QUERY),
    store.dictionary(db, workspace),
    space.passages,
  )
  const statistics = { passages: space.passages, averageLength: space.length / space.passages }
  const words = argument.keyword ? await byWords(understood, statistics) : []
  const meaning = argument.semantic ? await byMeaning(argument.semantic, understood.terms, statistics) : null
  const texts = makeTexts({ db, workspace })
  await texts.read(words.slice(0, atFirst))
  for (const each of words.slice(0, examined)) {
    rank.raisePhrase(
      each,
      rank.phrases(() => texts.tokensOf(each), each.own.groups, understood),
    )
  }
  rank.sortByScore(words)
  const ordered = meaning ? fuse(words, meaning) : words
  return { understood, words, meaning, chosen: rank.diverse(ordered, argument.limit), texts }

  async function byWords({ terms }: Understood, of: Statistics): Promise<Ranked[]> {
    if (terms.length === 0) return []
    const numbers = rank.bestOf(await collect(terms), terms, of, kept)
    const candidates = await store.candidates(db, workspace, numbers)
    const ranked = rank.sortByScore(rank.scoreAll(candidates, terms, of)).slice(0, kept)
    const best = ranked.slice(0, supported)
    const beside = await store.neighbours(
      db,
      workspace,
      best.map(({ candidate }) => candidate),
      argument.limits,
    )
    const known = new Set(ranked.map(({ candidate }) => candidate.number))
    const fresh = beside.filter((each) => !known.has(each.number))
    ranked.push(...rank.scoreAll(fresh, terms, of))
    rank.support(ranked)
    rank.adjust(ranked, argument.weights, argument.now)
    return rank.sortByScore(ranked.filter(({ score }) => score > 0))
  }

  /**
   * A kind that most passages are of tells little, and reading it costs the reading of nearly all: candidates are held
   * against it afterwards. Where others of another kind take their places, it is looked for all the same.
   */
  async function collect(terms: readonly QueryTerm[]): Promise<Records> {
    const { kinds } = argument.limits
    if (argument.whole) {
      const whole = await holdingAll(terms)
      if (whole.numbers.length > 0) return whole
    }
    if (kinds !== null && (await store.shareOf(db, workspace, kinds)) >= common) {
      const { records, all } = await under({ ...argument.limits, kinds: null }, terms)
      if (all || records.numbers.length >= SCORED * common) return records
    }
    return (await under(argument.limits, terms)).records
  }

  /** The newest of those that hold every telling word: many long lists need not be read for that, only what is on all of them. */
  async function holdingAll(terms: readonly QueryTerm[]): Promise<Records> {
    const number = space?.number ?? 0
    const words = [...Map.groupBy(tellingOf(terms), ({ group }) => group).values()]
    const all: Match[] = words.map((same) => ({ any: same.map(({ term }) => termToken(number, term)) }))
    const match = { all: [...all, ...filters(number, argument.limits)] }
    const found = words.length < 2 ? [] : await store.postings(db, match, SCORED)
    return store.records(db, workspace, found, argument.limits)
  }

  /** `all`: whether nothing that the lists hold was left out, or nothing that counts. */
  async function under(sought: Limits, terms: readonly QueryTerm[]): Promise<{ records: Records; all: boolean }> {
    const number = space?.number ?? 0
    const read: Read[] = []
    let [all, stopped] = [true, false]
    for (const { of, match, weight, most } of lists(number, terms, filters(number, sought))) {
      stopped = willDo(read, of, space?.passages ?? 0)
      if (stopped) break
      const numbers = await store.postings(db, match, most)
      all &&= numbers.length < most
      read.push({ of, numbers, weight })
    }
    const best = select(read, SCORED)
    const records = await store.records(db, workspace, best, argument.limits)
    if (stopped) return { records, all: records.numbers.length >= ENOUGH }
    return { records, all: all && best.length < SCORED }
  }

  async function byMeaning(ids: readonly string[], terms: readonly QueryTerm[], of: Statistics): Promise<Ranked[]> {
    const found = new Map(
      (await store.candidatesById(db, workspace, ids, argument.limits)).map((each) => [each.id, each]),
    )
    return rank.scoreAll(
      ids.flatMap((id) => found.get(id) ?? []),
      terms,
      of,
    )
  }
}

function makeTexts({ db, workspace }: From) {
  const texts = new Map<number, Found>()
  const cut = new Map<number, Token[]>()
  const of = ({ candidate }: Ranked) => texts.get(candidate.number)
  return {
    of,
    /** A text is taken apart once, though phrases and what is highlighted are both looked for in it. */
    tokensOf(each: Ranked): Token[] {
      const tokens = cut.get(each.candidate.number) ?? tokenize(of(each)?.text ?? '')
      cut.set(each.candidate.number, tokens)
      return tokens
    },
    async read(list: readonly Ranked[]) {
      const missing = list.map(({ candidate }) => candidate.number).filter((number) => !texts.has(number))
      for (const found of await store.details(db, workspace, missing)) texts.set(found.number, found)
    },
  }
}

/** A stem as a word that was found. */
function inWords({ to, term }: { to: string; term: string }, hits: readonly Hit[]): string {
  if (to !== term) return to
  for (const { passage } of hits) {
    const token = tokenize(passage.text).find((each) => each.term === term)
    if (token) return passage.text.slice(token.start, token.end).toLowerCase()
  }
  return to
}

function filters(space: number, { kinds, roots, from, to }: Limits): Match[] {
  const time = timeMatch(space, from, to)
  return [
    ...(kinds ? [{ any: kinds.map((kind) => kindToken(space, kind)) }] : []),
    ...(roots ? [{ any: roots.map((root) => rootToken(space, root)) }] : []),
    ...(time ? [time] : []),
  ]
}

/** Both orders as one, by ranks alone: scores of words and of meaning have no common scale. */
function fuse(words: readonly Ranked[], meaning: readonly Ranked[]): Ranked[] {
  const all = new Map<number, Ranked>()
  for (const list of [words, meaning]) {
    list.forEach((each, at) => {
      const known = all.get(each.candidate.number) ?? { ...each, score: 0 }
      known.score += 1 / (fusion + at + 1)
      all.set(each.candidate.number, known)
    })
  }
  return rank.sortByScore([...all.values()])
}

const ranksOf = (list: readonly Ranked[]) => new Map(list.map(({ candidate }, at) => [candidate.number, at + 1]))

function toHit(
  each: Ranked,
  found: Found,
  tokens: readonly Token[],
  understood: Understood,
  keyword: Map<number, number>,
  semantic: Map<number, number>,
): Hit {
  const held = heldBy(each, understood)
  return {
    passage: {
      ...{ id: found.id, text: found.text, time: iso(found.time), speaker: found.speaker },
      marks: marksOf(tokens, new Set(held.map(({ term }) => term))),
    },
    source: { kind: found.kind, id: found.source, title: found.title, uri: found.uri },
    place: JSON.parse(found.place) as Place,
    score: Math.round(each.score * 1e6) / 1e6,
    why: {
      terms: typedOf(held),
      keyword: keyword.get(found.number) ?? null,
      semantic: semantic.get(found.number) ?? null,
      boosts: [...each.boosts],
    },
  }
}

/** The telling terms of a query that a passage holds. */
function heldBy({ own }: Ranked, { terms }: Understood): QueryTerm[] {
  return tellingOf(terms).filter(({ group }) => group < 31 && own.groups & (1 << group))
}
function tellingOf(terms: readonly QueryTerm[]): QueryTerm[] {
  const most = Math.max(...terms.map(({ weight }) => weight))
  return terms.filter(({ weight }) => weight >= most * tellingShare)
}
const typedOf = (terms: readonly QueryTerm[]) => [...new Set(terms.map(({ typed }) => typed))]

const maxMarks = 100
/** Words that say less than this share of the rarest are neither named nor highlighted. */
const tellingShare = 0.25

/** Where the terms stand, without overlaps, as offsets into the text. */
function marksOf(tokens: readonly Token[], terms: ReadonlySet<string>): { start: number; end: number }[] {
  const marks: { start: number; end: number }[] = []
  for (const { term, start, end } of tokens) {
    if (!terms.has(term) || marks.length >= maxMarks) continue
    const last = marks.at(-1)
    if (last && start < last.end) last.end = Math.max(last.end, end)
    else marks.push({ start, end })
  }
  return marks
}
