/** Index changes written in a worker thread, one transaction per call. */
import { dialectOf } from '../database/lists.ts'
import type { Db, DialectName } from '../database/dialect.ts'
import type { WriteApart } from '../scope.ts'
import { ANALYSIS_VERSION } from './analysis.ts'
import type { CutSource, KeptPassage, NewPassage } from './prepare.ts'
import { tables } from './rows.ts'
import { filingTokens, wordTokens } from './tokens.ts'
import * as store from './write-store.ts'
import type { Meta, Removed, Space } from './write-store.ts'

/** A part of one source's change, small enough for one transaction. */
export type Piece = {
  source: Omit<CutSource, 'chunks'>
  passages: number
  add: NewPassage[]
  keep: KeptPassage[]
  remove: number[]
  reborn: number[]
  /** The last piece makes the source whole: only then is it known as indexed. */
  last: boolean
}
export type Erased = { kind: string; id: string; change: number }
export type WriteArgument = { pieces: Piece[]; erase: Erased[]; now: number }

/** Passages that one transaction takes out at most, per source. */
const removedAtOnce = 400

/** Writes pieces and takes out what is gone. Answers the sources of `erase` that have more to take out. */
export const writeIndex: WriteApart<WriteArgument, { left: Erased[] }> = async (
  { db, workspace },
  { pieces, erase, now },
) => {
  const space = await store.openSpace(db, dialectOf(db), workspace)
  const tally = makeTally()
  for (const piece of pieces) await writePiece(space, piece, now, tally)
  const left: Erased[] = []
  for (const each of erase) if (!(await eraseSource(space, each, tally))) left.push(each)
  await tally.settle(space)
  return { left }
}

/** Takes sources out at once, in the caller's transaction: for privacy deletes of few sources. */
export async function eraseSources(
  db: Db,
  dialect: DialectName,
  workspace: string,
  kind: string,
  ids: readonly string[],
): Promise<number> {
  const space = await store.openSpace(db, dialect, workspace)
  const tally = makeTally()
  for (const id of ids) while (!(await eraseSource(space, { kind, id, change: -1 }, tally)));
  const removed = -tally.counts.passages
  await tally.settle(space)
  return removed
}

async function writePiece(space: Space, piece: Piece, now: number, tally: Tally) {
  const { source, last } = piece
  const isNew = await store.putSource(space, {
    ...{ kind: source.kind, id: source.id, title: source.title, uri: source.uri, speaker: source.speaker ?? null },
    ...{
      time: source.time,
      version: ANALYSIS_VERSION,
      chunked: source.chunked,
      passages: piece.passages,
      indexed_at: now,
    },
    // While it is half written it must not look indexed.
    hash: last ? source.hash : '',
  })
  if (isNew) tally.counts.sources++
  const reborn = new Set(piece.reborn)
  const removed = await store.takePassages(space, piece.remove)
  tally.without(removed)
  await store.noteGone(
    space,
    removed.filter(({ number }) => !reborn.has(number)),
  )
  await keep(space, piece)
  await add(space, piece, tally)
  if (last) await store.settlePending(space, source.kind, source.id, source.change)
}

const metaOf = (source: Piece['source']): Meta => ({
  series: source.group ?? null,
  position: source.group === undefined ? null : (source.order ?? 0),
  root: source.root ?? null,
  time: source.time,
})

async function add(space: Space, { source, add: added }: Piece, tally: Tally) {
  if (added.length === 0) return
  const meta = metaOf(source)
  const filing = filingTokens(space.number, { kind: source.kind, ...meta })
  const postings = added.map((each) => ({
    ...{ kind: source.kind, source: source.id, ordinal: each.ordinal, length: each.length, terms: each.terms },
    ...meta,
    tokens: [...wordTokens(space.number, each.words), ...filing],
  }))
  const numbers = await store.putPostings(space, postings)
  const rows = added.map((each, at) => ({ ...each, number: numbers[at] as number }))
  await store.putPassages(space, source.kind, source.id, rows)
  tally.with(added)
}

/** Passages that stay: their place may have moved, their time or root changed. */
async function keep(space: Space, { source, keep: kept }: Piece) {
  if (kept.length === 0) return
  const meta = metaOf(source)
  const known = await current(
    space,
    kept.map(({ number }) => number),
  )
  for (const { number, ordinal, place } of kept) {
    const before = known.get(number)
    if (!before) continue
    const filed = { kind: source.kind, root: before.root, time: before.time }
    const [was, is] = [filingTokens(space.number, filed), filingTokens(space.number, { ...filed, ...meta })]
    if (was.join(' ') !== is.join(' ')) {
      await store.refile(space, number, [...wordTokens(space.number, before.words), ...is])
    }
    const same = (Object.keys(meta) as (keyof Meta)[]).every((key) => meta[key] === before[key])
    if (!same || before.ordinal !== ordinal) await store.updatePosting(space, number, { ...meta, ordinal })
    // The vector carries the time for its filter; it is written again from the stored embedding.
    const vectored = before.time === meta.time ? {} : { vectored: null }
    if (before.ordinal !== ordinal || before.place !== place || before.time !== meta.time) {
      await store.updatePassage(space, number, { ordinal, place, ...vectored })
    }
  }
}

async function current({ db, workspace }: Space, numbers: readonly number[]) {
  const known = new Map<number, Meta & { ordinal: number; place: string; words: string }>()
  for (const part of store.parts(numbers, 200)) {
    const rows = await tables(db)
      .selectFrom('passage_posting as p')
      .innerJoin('passage as a', 'a.number', 'p.number')
      .select(['p.number', 'p.series', 'p.position', 'p.root', 'p.time', 'p.ordinal', 'a.place', 'a.words'])
      .where('p.workspace', '=', workspace)
      .where('p.number', 'in', part)
      .execute()
    for (const { number, ...row } of rows) known.set(number, row)
  }
  return known
}

/** True when nothing of the source is left. */
async function eraseSource(space: Space, { kind, id, change }: Erased, tally: Tally): Promise<boolean> {
  const numbers = await store.numbersOf(space, kind, id, removedAtOnce)
  const removed = await store.takePassages(space, numbers)
  tally.without(removed)
  await store.noteGone(space, removed)
  if (numbers.length === removedAtOnce) return false
  if (await store.removeSource(space, kind, id)) tally.counts.sources--
  await store.settlePending(space, kind, id, change)
  return true
}

type Tally = ReturnType<typeof makeTally>

/** Counts of one transaction, written once at its end. */
function makeTally() {
  const counts = { sources: 0, passages: 0, length: 0, bytes: 0 }
  const terms = new Map<string, [number, number]>()
  const count = (words: string, by: 1 | -1) => {
    if (words === '') return
    for (const word of words.split(' ')) {
      const strong = word.endsWith('!')
      const term = strong ? word.slice(0, -1) : word
      const [passages, about] = terms.get(term) ?? [0, 0]
      terms.set(term, [passages + by, about + (strong ? by : 0)])
    }
  }
  const note = (by: 1 | -1, length: number, bytes: number) => {
    counts.passages += by
    counts.length += by * length
    counts.bytes += by * bytes
  }
  const size = (text: string, words: string, terms: number) =>
    Buffer.byteLength(text) + Buffer.byteLength(words) + terms
  return {
    counts,
    with(added: readonly NewPassage[]) {
      for (const each of added) {
        count(each.words, 1)
        note(1, each.length, size(each.text, each.words, each.terms.length))
      }
    },
    without(removed: readonly Removed[]) {
      for (const each of removed) {
        count(each.words, -1)
        note(-1, each.length, size(each.text, each.words, each.bytes))
      }
    },
    async settle(space: Space) {
      await store.countTerms(
        space,
        [...terms].map(([term, [passages, strong]]) => [term, passages, strong]),
      )
      if (Object.values(counts).some((each) => each !== 0)) await store.addCounts(space, counts)
    },
  }
}
