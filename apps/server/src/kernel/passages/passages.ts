/**
 * The passages of every feature's text: marked as changed with the change itself, indexed by a job, found by words and by
 * meaning, opened at their place. Features offer their text through the `passages` slot; this room knows none of them.
 */
import type { IndexStatus, OpenedSource, SearchMode, SearchResult } from '@cairn/api/search'
import { CairnError, fail } from '@cairn/api/errors'
import { type Clock, iso } from '../clock.ts'
import type { Database } from '../database/database.ts'
import type { Db } from '../database/dialect.ts'
import type { JobDefinition, NewJob } from '../jobs/definition.ts'
import type { Log } from '../log.ts'
import type { Principal, Scope } from '../scope.ts'
import type { MakeScope, WriteContext } from '../scopes.ts'
import { makeCutter, type Parse, soundSource } from './cut.ts'
import type { InsideArgument, InsidePassage } from './inside.ts'
import { indexJobs, indexNow, leftovers, rebuildOf, vectorsNow } from './jobs.ts'
import { lagging, markPending } from './pending-store.ts'
import type { Fitting, SearchAnswer, SearchArgument } from './search.ts'
import type { IndexHealth } from './status.ts'
import type { PassageKind } from './source.ts'
import type { Embedding, Vectors } from './vectors.ts'
import { type Left, scrubIndex } from './scrub.ts'
import { readSpace } from './search-store.ts'
import { anyVectored } from './vector-store.ts'
import { eraseSources } from './write.ts'

export type PassageParts = {
  database: Database
  clock: Clock
  log: Log
  /** Writes a job's row in the transaction of `db`. */
  enqueue(db: Db, context: WriteContext, job: NewJob): Promise<string>
  parse: Parse
  /** Is the parser there? What was cut plainly in its absence is then cut again. */
  parserUp(): boolean
  embedding: Embedding
  vectors: Vectors
}
export type SearchQuery = {
  query: string
  kinds?: readonly string[]
  project?: string
  root?: string
  /** ISO 8601. */
  from?: string
  to?: string
  limit?: number
  mode?: SearchMode
}
export type OpenQuery = { kind: string; id: string; start_line?: number; end_line?: number; around?: number }
export type Passages = ReturnType<typeof makePassages>

/** Indexing is the house's own work: it does not end when whoever changed something loses a right. */
const house: Principal = { kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] }
const searchModule = new URL('./search.ts', import.meta.url)
const insideModule = new URL('./inside.ts', import.meta.url)
const statusModule = new URL('./status.ts', import.meta.url)
/** Hits by meaning that are ranked together with those by words. */
const nearest = 100

export function makePassages(parts: PassageParts) {
  const { database, clock, log, embedding, vectors } = parts
  const kinds = new Map<string, PassageKind>()
  const cut = makeCutter(parts.parse, parts.parserUp)
  const jobs: JobDefinition[] = indexJobs({ clock, kinds, cut, parserUp: parts.parserUp, embedding, vectors })

  /** Takes the kinds of all features, once. */
  function attach(offered: readonly PassageKind[]): void {
    for (const each of offered) {
      if (kinds.has(each.kind)) throw new Error(`Two features offer passages of the kind ${each.kind}.`)
      kinds.set(each.kind, each)
    }
  }

  /** Marks sources as changed in the caller's transaction, and wakes the indexer after it, or `wait` milliseconds later. */
  async function reindex(db: Db, context: WriteContext, kind: string, ids: readonly string[], wait = 0): Promise<void> {
    if (ids.length === 0) return
    const { workspace, now } = context
    await markPending(db, workspace, kind, ids, { now, due: now + wait })
    await parts.enqueue(db, { ...context, principal: house }, { ...indexNow, runAt: now + wait })
  }

  /** Takes sources out of the index at once, in the caller's transaction. Answers how many passages went. */
  async function erase(
    db: Db,
    workspace: string,
    kind: string,
    ids: readonly string[],
    context: WriteContext,
  ): Promise<number> {
    const removed = await eraseSources(db, database.name, workspace, kind, ids)
    if (removed > 0) await parts.enqueue(db, { ...context, principal: house }, vectorsNow)
    return removed
  }

  /** Passages, best first. Never fails because the model or the vector store is away: the reply says what was used. */
  async function search(scope: Scope, query: SearchQuery): Promise<SearchResult> {
    const started = clock.monotonic()
    const asked = query.mode ?? 'auto'
    const meaning = asked === 'keyword' ? { ids: null, reason: null } : await byMeaning(scope, query)
    const keyword = meaning.ids === null || asked !== 'semantic'
    const argument = { ...argumentOf(query), semantic: meaning.ids, keyword }
    const { hits, corrected } = await scope.apart.read<SearchAnswer>(searchModule, 'searchPassages', argument)
    const mode = meaning.ids === null ? 'keyword' : asked === 'semantic' ? 'semantic' : 'hybrid'
    return {
      hits,
      corrected,
      mode,
      reason: meaning.reason,
      took_ms: Math.round((clock.monotonic() - started) * 10) / 10,
    }
  }

  /**
   * Of each of these sources the passages that answer best, by words: also of those that the index has not reached yet, and
   * where nothing fits, the ones that it begins with. Those that are gone are left out.
   */
  async function inside(
    scope: Scope,
    { kind, ids, query, most }: { kind: string; ids: readonly string[]; query: string; most: number },
  ): Promise<InsidePassage[]> {
    const late = ids.length > 0 ? await lagging(scope.db, scope.workspace, kind, ids) : new Set<string>()
    const read = late.size > 0 ? ((await kinds.get(kind)?.read(scope, [...late])) ?? []) : []
    const argument: InsideArgument = {
      ...{ kind, query, most, indexed: ids.filter((id) => !late.has(id)) },
      lagging: read.filter(({ text }) => text !== null).map((source) => soundSource(kind, source)),
    }
    const passages = await scope.apart.read<InsidePassage[]>(insideModule, 'searchInside', argument)
    return ids.flatMap((id) => passages.filter(({ source }) => source.id === id))
  }

  const argumentOf = (query: SearchQuery): SearchArgument => ({
    ...{ query: query.query, limit: query.limit ?? 10, limits: limitsOf(query), now: clock.now() },
    weights: Object.fromEntries(
      [...kinds.values()].flatMap(({ kind, weight = 1 }) => (weight === 1 ? [] : [[kind, weight]])),
    ),
    ...{ semantic: null, keyword: true, whole: false },
  })

  /**
   * Which sources fit the words, best first, and whether no word was held as it was typed; where some hold all words, those
   * alone. Cheaper than a search.
   */
  const fitting = (scope: Scope, query: SearchQuery) =>
    scope.apart.read<Fitting>(searchModule, 'fittingSources', { ...argumentOf(query), whole: true })

  async function byMeaning(scope: Scope, query: SearchQuery): Promise<{ ids: string[] | null; reason: string | null }> {
    const nothing = (reason: string) => ({ ids: null, reason })
    try {
      const model = await embedding.model(scope)
      if (model === null) return nothing('No embedding model is configured.')
      if (!(await anyVectored(scope.db, scope.workspace, model)))
        return nothing('The meaning of passages has not been indexed yet.')
      const [vector] = await embedding.embed(scope, [query.query.slice(0, 8_000)], 'query')
      if (!vector) return nothing('The embedding model answered nothing.')
      const { from, to } = limitsOf(query)
      const hits = await vectors.search(
        scope.workspace,
        {
          ...{ model, vector, limit: query.root || query.project ? nearest * 5 : nearest },
          ...(query.kinds && { kinds: [...query.kinds] }),
          ...(from !== null && { from }),
          ...(to !== null && { to }),
        },
        scope.signal,
      )
      if (
        hits.length === 0 &&
        !(await vectors.stats(scope.workspace)).some((held) => held.model === model && held.count > 0)
      ) {
        await mend(scope)
        return nothing('The vector store has lost its content and is being rebuilt.')
      }
      return { ids: hits.map(({ id }) => id), reason: null }
    } catch (error) {
      if (!(error instanceof CairnError) || scope.signal.aborted) throw error
      if ((error.code as string) === 'VECTORS_DAMAGED') await mend(scope)
      log.warn({ code: error.code }, 'a search went by words alone')
      return nothing(error.message)
    }
  }

  /** After erasing: no file of the index holds what is gone. With `all` the workspace has nothing left. */
  const scrub = (scope: Scope, all: boolean): Promise<Left[]> =>
    scrubIndex({ clock, dialect: database.name, vectors }, scope, all)

  const mend = (scope: Scope) => scope.write((tx) => tx.enqueue(vectorsNow))

  /** The source's text around a place. SOURCE_NOT_FOUND. */
  async function open(scope: Scope, { kind, id, start_line, end_line, around = 40 }: OpenQuery): Promise<OpenedSource> {
    const source = (await kinds.get(kind)?.read(scope, [id]))?.find((each) => each.id === id)
    if (!source || source.text === null) throw fail('SOURCE_NOT_FOUND', { kind })
    const lines = source.text.split('\n')
    const first = start_line === undefined ? 1 : Math.max(1, Math.min(start_line, lines.length) - around)
    const last = Math.min(lines.length, start_line === undefined ? first + longest : (end_line ?? start_line) + around)
    const shown = lines.slice(first - 1, Math.max(last, first)).slice(0, longest)
    return {
      source: { kind, id, title: source.title, uri: source.uri },
      ...{ time: iso(source.time), speaker: source.speaker ?? null, text: shown.join('\n') },
      ...{ start_line: first, end_line: first + shown.length - 1, total_lines: lines.length },
    }
  }

  const status = async (scope: Scope): Promise<IndexStatus> =>
    scope.apart.read(statusModule, 'readStatus', { model: await embedding.model(scope) })

  /** How much the index holds and what waits for it; cheap at any size. */
  const health = (scope: Scope): Promise<IndexHealth> => scope.apart.read(statusModule, 'readHealth', null)

  /** Sources and passages of the workspace; cheap at any size. */
  async function counts({ workspace, db }: Pick<Scope, 'workspace' | 'db'>): Promise<Record<string, number>> {
    const space = await readSpace(db, workspace)
    return { sources: space?.sources ?? 0, passages: space?.passages ?? 0 }
  }

  /** Queues a new reading of every source, or of those kinds. Answers the job's id. */
  const rebuild = (scope: Scope, only?: readonly string[]): Promise<string> =>
    scope.write((tx) => tx.enqueue(rebuildOf({ what: 'all', ...(only && { kinds: [...only] }) })))

  /**
   * Queues what these workspaces have left to do: at start, and whenever the parser came back or a model was chosen.
   */
  async function wake(scope: MakeScope, workspaces: readonly string[]): Promise<void> {
    for (const workspace of workspaces) {
      const own = scope({ workspace, principal: house })
      const left = await leftovers(own, { embedding, up: parts.parserUp() })
      if (left.length > 0) {
        await own.write(async (tx) => {
          for (const each of left) await tx.enqueue(each)
        })
      }
    }
  }

  return {
    attach,
    kinds: () => [...kinds.keys()],
    reindex,
    erase,
    scrub,
    search,
    fitting,
    inside,
    open,
    status,
    health,
    counts,
    rebuild,
    wake,
    jobs,
  }
}

const longest = 20_000

const limitsOf = ({ kinds, root, project, from, to }: SearchQuery) => {
  const roots = [root, project].filter((each) => each !== undefined)
  return {
    ...{ kinds: kinds?.length ? kinds : null, roots: roots.length > 0 ? roots : null },
    ...{ from: from === undefined ? null : Date.parse(from), to: to === undefined ? null : Date.parse(to) },
  }
}
