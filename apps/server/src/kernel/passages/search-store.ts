/** What a search reads. Every statement names the workspace. */
import { type RawBuilder, sql } from 'kysely'
import { among, dialectOf, rowsOf } from '../database/lists.ts'
import type { Db } from '../database/dialect.ts'
import { prepared } from '../database/prepared.ts'
import type { Dictionary, TermCounts } from './query.ts'
import { type PostingRow, type SpaceRow, tables } from './rows.ts'
import { type Match, matchText } from './tokens.ts'

export type Candidate = Omit<PostingRow, 'workspace' | 'root'>
/** Exact limits, checked on each row beside the filter of the inverted index. */
export type Limits = {
  from: number | null
  to: number | null
  kinds: readonly string[] | null
  roots: readonly string[] | null
}
export type Found = {
  number: number
  id: string
  kind: string
  source: string
  ordinal: number
  place: string
  text: string
  title: string
  uri: string
  speaker: string | null
  time: number
}

const columns = sql`p.number, p.kind, p.source, p.ordinal, p.series, p.position, p.time, p.length, p.terms`

const spaceOf = prepared((db: Db, { workspace }: { workspace: string }) =>
  tables(db).selectFrom('passage_space').selectAll().where('workspace', '=', workspace),
)
export const readSpace = async (db: Db, workspace: string): Promise<SpaceRow | undefined> =>
  (await spaceOf(db, { workspace }))[0]

/** Numbers of the passages on a posting list, of a very long one those indexed last. */
export async function postings(db: Db, match: Match, limit: number): Promise<number[]> {
  const dialect = dialectOf(db)
  const text = matchText(match, dialect)
  if (text === null) return []
  // One string for all: a row for each number takes ten times as long.
  const query =
    dialect === 'sqlite'
      ? sql<{ list: string | null }>`select group_concat(number) as list from (
          select rowid as number from passage_fts where passage_fts match ${text} order by rowid desc limit ${limit})`
      : sql<{ list: string | null }>`select string_agg(number::text, ',') as list from (
          select number from passage_fts where tokens @@ ${text}::tsquery order by number desc limit ${limit}) newest`
  const list = (await query.execute(db)).rows[0]?.list
  return list ? (JSON.parse(`[${list}]`) as number[]) : []
}

const sampled = 64

/** About which share of the workspace's passages is of these kinds: some of them are looked at, at even distances. */
export async function shareOf(db: Db, workspace: string, kinds: readonly string[]): Promise<number> {
  const { last } = await tables(db)
    .selectFrom('passage_posting')
    .select(({ fn }) => fn.max<number | null>('number').as('last'))
    .executeTakeFirstOrThrow()
  const numbers = Array.from({ length: sampled }, (_, at) => Math.ceil(((at + 1) * Number(last ?? 0)) / sampled))
  const found = await tables(db)
    .selectFrom('passage_posting')
    .select('kind')
    .where('number', 'in', among(dialectOf(db), numbers))
    .where('workspace', '=', workspace)
    .execute()
  if (found.length < sampled / 4) return 0
  return found.filter(({ kind }) => kinds.includes(kind)).length / found.length
}

/** Records of terms with the numbers and lengths of their passages. */
export type Records = { numbers: readonly number[]; lengths: readonly number[]; records: readonly Uint8Array[] }

/** What scoring needs of these passages: one row for all, since a row and a value of bytes for each take four times as long. */
export async function records(db: Db, workspace: string, numbers: readonly number[], limits: Limits): Promise<Records> {
  if (numbers.length === 0) return { numbers: [], lengths: [], records: [] }
  const dialect = dialectOf(db)
  // SQLite puts bytes together as they are, whatever they would be as text.
  const [joined, bytes] =
    dialect === 'sqlite'
      ? [(value: string) => sql.raw(`group_concat(${value})`), sql`cast(group_concat(p.terms, '') as blob)`]
      : [(value: string) => sql.raw(`string_agg((${value})::text, ',')`), sql`string_agg(p.terms, ''::bytea)`]
  const { rows } = await sql<Record<'numbers' | 'lengths' | 'sizes', string | null> & { bytes: Uint8Array | null }>`
    select ${joined('p.number')} as numbers, ${joined('p.length')} as lengths, ${joined('length(p.terms)')} as sizes,
      ${bytes} as bytes
    from ${among(dialect, numbers)} as chosen cross join passage_posting p
    where p.number = chosen.value and p.workspace = ${workspace}${within(db, limits)}`.execute(db)
  const listed = (list: string | null | undefined) => JSON.parse(`[${list ?? ''}]`) as number[]
  const [row] = rows
  const all = row?.bytes ?? new Uint8Array()
  let end = 0
  const cut = listed(row?.sizes).map((size) => all.subarray(end, (end += size)))
  return { numbers: listed(row?.numbers), lengths: listed(row?.lengths), records: cut }
}

/** What ranking needs of these passages. */
export async function candidates(db: Db, workspace: string, numbers: readonly number[]): Promise<Candidate[]> {
  if (numbers.length === 0) return []
  const { rows } = await sql<Candidate>`select ${columns}
    from ${among(dialectOf(db), numbers)} as chosen cross join passage_posting p
    where p.number = chosen.value and p.workspace = ${workspace}`.execute(db)
  return rows
}

function within(db: Db, { from, to, kinds, roots }: Limits): RawBuilder<unknown> {
  const dialect = dialectOf(db)
  const parts: RawBuilder<unknown>[] = []
  if (from !== null) parts.push(sql` and p.time >= ${from}`)
  if (to !== null) parts.push(sql` and p.time < ${to}`)
  if (kinds) parts.push(sql` and p.kind in ${among(dialect, kinds)}`)
  if (roots) parts.push(sql` and p.root in ${among(dialect, roots)}`)
  return parts.length > 0 ? sql.join(parts, sql``) : sql``
}

/** Candidates by the ids of their passages, for what meaning has found. */
export async function candidatesById(
  db: Db,
  workspace: string,
  ids: readonly string[],
  limits: Limits,
): Promise<(Candidate & { id: string })[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Candidate & { id: string }>`select a.id, ${columns}
    from passage a join passage_posting p on p.number = a.number
    where a.workspace = ${workspace} and a.id in ${among(dialectOf(db), ids)}${within(db, limits)}`.execute(db)
  return rows
}

/** The passages near these in their series: same thread, at most two positions before or after. */
export async function neighbours(
  db: Db,
  workspace: string,
  of: readonly Candidate[],
  limits: Limits,
): Promise<Candidate[]> {
  const places = of.flatMap(({ series, position }) =>
    series === null || position === null ? [] : [-2, -1, 1, 2].map((distance) => [series, position + distance]),
  )
  if (places.length === 0) return []
  const wanted = sql`select distinct value ->> 0 as series, cast(value ->> 1 as bigint) as position
    from ${rowsOf(db, JSON.stringify(places))}`
  // A cross join is SQLite's way to say which side comes first: left alone it walks through all series for each place.
  const { rows } = await sql<Candidate>`select ${columns} from (${wanted}) w cross join passage_posting p
    where p.workspace = ${workspace} and p.series is not null and p.series = w.series and p.position = w.position
      ${within(db, limits)} order by p.number limit 400`.execute(db)
  return rows
}

/** The records of all passages of these sources. */
export async function recordsOf(db: Db, workspace: string, kind: string, sources: readonly string[]) {
  if (sources.length === 0) return []
  const { rows } = await sql<Pick<Candidate, 'number' | 'source' | 'ordinal' | 'length' | 'terms'>>`
    select p.number, p.source, p.ordinal, p.length, p.terms
    from passage a join passage_posting p on p.number = a.number
    where a.workspace = ${workspace} and a.kind = ${kind} and a.source in ${among(dialectOf(db), sources)}`.execute(db)
  return rows
}

/** What is shown of passages, in no order. */
export async function details(db: Db, workspace: string, numbers: readonly number[]): Promise<Found[]> {
  if (numbers.length === 0) return []
  const { rows } = await sql<Found>`select a.number, a.id, a.kind, a.source, a.ordinal, a.place, a.text,
      s.title, s.uri, s.speaker, s.time
    from ${among(dialectOf(db), numbers)} as chosen cross join passage a
      join passage_source s on s.workspace = a.workspace and s.kind = a.kind and s.id = a.source
    where a.number = chosen.value and a.workspace = ${workspace}`.execute(db)
  return rows
}

/** The workspace's vocabulary. */
export function dictionary(db: Db, workspace: string): Dictionary {
  const dialect = dialectOf(db)
  return {
    async counts(terms) {
      if (terms.length === 0) return new Map()
      const { rows } = await sql<{ term: string } & TermCounts>`select term, passages, strong from passage_term
        where workspace = ${workspace} and term in ${among(dialect, terms)}`.execute(db)
      return new Map(rows.map(({ term, passages, strong }) => [term, { passages, strong }]))
    },
    async beginning(prefix, shortest, longest, limit) {
      const { rows } = await sql<{ term: string; passages: number }>`select term, passages from passage_term
        where workspace = ${workspace} and term >= ${prefix} and term < ${`${prefix}\u{10ffff}`}
          and length(term) between ${shortest} and ${longest}
        order by term limit ${limit}`.execute(db)
      return rows
    },
  }
}
