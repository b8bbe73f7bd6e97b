/** Search: passages of every kind of source, found by words and by meaning, and opened at their place. */
import { operation, operations } from './operation.ts'
import { Accepted, count, list, nullable, oneOf, optional, type Static, shape, Time, Type, text } from './shapes.ts'

/** How to search: `auto` takes the best that is at hand. The reply says what was used. */
export const SearchMode = oneOf('auto', 'keyword', 'semantic', 'hybrid')
export type SearchMode = Static<typeof SearchMode>

const Kind = text(50, 1)
const SourceId = text(500, 1)
const line = Type.Integer({ minimum: 1, maximum: 100_000_000 })

/** Where in its source a passage stands. Lines are 1-based and inclusive; `context` names what encloses it, outermost first. */
export const Place = shape({
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  name: nullable(Type.String()),
  context: list(Type.String()),
})
export type Place = Static<typeof Place>

/** What was found in: a file, a message, a visit. `uri` is the path or address a person knows. */
export const SourceRef = shape({ kind: Kind, id: SourceId, title: Type.String(), uri: Type.String() })
export type SourceRef = Static<typeof SourceRef>

/** Why something was found. */
export const Why = shape({
  /** Words of the query (as typed, lower case) that the passage holds. */
  terms: list(Type.String()),
  /** Rank by words, from 1; null when words did not find it. */
  keyword: nullable(Type.Integer()),
  /** Rank by meaning, from 1; null when meaning did not find it. */
  semantic: nullable(Type.Integer()),
  /** What raised it further. */
  boosts: list(oneOf('exact', 'phrase', 'title', 'neighbour', 'recent')),
})

export const Hit = shape({
  passage: shape({
    id: Type.String(),
    text: Type.String(),
    time: Time,
    speaker: nullable(Type.String()),
    /** What to highlight: UTF-16 offsets into `text`, the end exclusive. */
    marks: list(shape({ start: count, end: count })),
  }),
  source: SourceRef,
  place: Place,
  score: Type.Number(),
  why: Why,
})
export type Hit = Static<typeof Hit>

export const SearchResult = shape({
  hits: list(Hit),
  /** What was used: by words, by meaning, or both. */
  mode: oneOf('keyword', 'semantic', 'hybrid'),
  /** Why that is less than what was asked for; null when it is not. */
  reason: nullable(Type.String()),
  /** Unknown words and what was looked for in their place. */
  corrected: list(shape({ from: Type.String(), to: Type.String() })),
  /** Milliseconds spent. */
  took_ms: Type.Number(),
})
export type SearchResult = Static<typeof SearchResult>

export const IndexStatus = shape({
  state: oneOf('idle', 'indexing'),
  /** Sources that wait for the indexer, those that failed and are tried again among them. */
  pending: count,
  failed: count,
  sources: count,
  passages: count,
  /** Sources that were cut into plain windows while the parser was away; they are cut properly later. */
  plain: count,
  /** Passages whose meaning is searchable. */
  embedded: count,
  /** The embedding model; null when none is configured. */
  model: nullable(Type.String()),
  /** Bytes of text, terms and embeddings. */
  bytes: count,
  kinds: Type.Record(Type.String(), shape({ sources: count, passages: count })),
  failures: list(
    shape({ kind: Type.String(), id: Type.String(), error: Type.String(), attempts: count, next_attempt: Time }),
  ),
})
export type IndexStatus = Static<typeof IndexStatus>

export const OpenedSource = shape({
  source: SourceRef,
  time: Time,
  speaker: nullable(Type.String()),
  /** The lines from `start_line` to `end_line`, with those around the place that was asked for. */
  text: Type.String(),
  start_line: Type.Integer(),
  end_line: Type.Integer(),
  total_lines: count,
})
export type OpenedSource = Static<typeof OpenedSource>

export const search = operations('search', {
  query: operation({
    method: 'POST',
    path: '/api/search',
    summary: 'Find passages, best first',
    description:
      'Forgives typing errors; finds identifiers by their parts and whole. With an embedding model, meaning counts as well.',
    effect: 'read',
    body: {
      query: text(20_000, 1),
      kinds: optional(list(Kind, { maxItems: 50 })),
      /** Project or root that a source belongs to; with both, either will do. */
      project: optional(text(100, 1)),
      root: optional(text(100, 1)),
      /** Time of the source: from (inclusive) to (exclusive). */
      from: optional(Time),
      to: optional(Time),
      limit: optional(Type.Integer({ minimum: 1, maximum: 100, description: 'default 10' })),
      mode: optional(SearchMode),
    },
    output: SearchResult,
  }),
  rebuild: operation({
    method: 'POST',
    path: '/api/index/rebuild',
    summary: 'Read and index every source again',
    description: 'Search goes on meanwhile. Passages that did not change keep their ids and embeddings.',
    effect: 'write',
    body: { kinds: optional(list(Kind, { maxItems: 50 })) },
    output: Accepted,
    status: 202,
    idempotent: true,
  }),
  status: operation({
    method: 'GET',
    path: '/api/index/status',
    summary: 'How far the index is',
    effect: 'read',
    output: IndexStatus,
  }),
  open: operation({
    method: 'GET',
    path: '/api/sources/{kind}/{id}',
    summary: 'Open a source at a place, as a citation does',
    effect: 'read',
    params: { kind: Kind, id: SourceId },
    query: {
      start_line: optional(line),
      end_line: optional(line),
      around: optional(
        Type.Integer({ minimum: 0, maximum: 10_000, description: 'lines before and after; default 40' }),
      ),
    },
    output: OpenedSource,
    errors: ['SOURCE_NOT_FOUND'],
  }),
})
