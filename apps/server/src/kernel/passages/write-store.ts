/** What the indexer writes. Every statement names the workspace; every count is kept in the same transaction. */
import { sql } from 'kysely'
import { among, rowsOf } from '../database/lists.ts'
import type { Db, DialectName } from '../database/dialect.ts'
import { ANALYSIS_VERSION } from './analysis.ts'
import type { NewPassage } from './prepare.ts'
import { type PassageRow, type PostingRow, type SourceRow, tables } from './rows.ts'

export type Space = { db: Db; dialect: DialectName; workspace: string; number: number }

/** The workspace's number in the inverted index, given on first use. */
export async function openSpace(db: Db, dialect: DialectName, workspace: string): Promise<Space> {
  const fresh = { workspace, sources: 0, passages: 0, length: 0, bytes: 0, version: ANALYSIS_VERSION, fence: 0 }
  await tables(db)
    .insertInto('passage_space')
    .values(fresh as never)
    .onConflict((conflict) => conflict.column('workspace').doNothing())
    .execute()
  const { number } = await tables(db)
    .selectFrom('passage_space')
    .select('number')
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return { db, dialect, workspace, number }
}

export type Counts = { sources: number; passages: number; length: number; bytes: number }

export async function addCounts({ db, workspace }: Space, { sources, passages, length, bytes }: Counts): Promise<void> {
  await sql`update passage_space set sources = sources + ${sources}, passages = passages + ${passages},
    length = length + ${length}, bytes = bytes + ${bytes} where workspace = ${workspace}`.execute(db)
}

/** Writes the source's row; answers whether it is new. */
export async function putSource({ db, workspace }: Space, row: Omit<SourceRow, 'workspace'>): Promise<boolean> {
  const before = await tables(db)
    .selectFrom('passage_source')
    .select('hash')
    .where('workspace', '=', workspace)
    .where('kind', '=', row.kind)
    .where('id', '=', row.id)
    .executeTakeFirst()
  await tables(db)
    .insertInto('passage_source')
    .values({ workspace, ...row })
    .onConflict((conflict) => conflict.columns(['workspace', 'kind', 'id']).doUpdateSet(row))
    .execute()
  return before === undefined
}

export async function removeSource({ db, workspace }: Space, kind: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('passage_source')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function numbersOf(
  { db, workspace }: Space,
  kind: string,
  source: string,
  limit: number,
): Promise<number[]> {
  const rows = await tables(db)
    .selectFrom('passage')
    .select('number')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('source', '=', source)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map(({ number }) => number)
}

export type Posting = Omit<PostingRow, 'number' | 'workspace'> & { tokens: string[] }

/** Writes postings with their tokens and answers their numbers, in the order given. */
export async function putPostings(space: Space, postings: readonly Posting[]): Promise<number[]> {
  const { db, dialect, workspace } = space
  const numbers = new Map<string, number>()
  const key = (each: { kind: string; source: string; ordinal: number }) => `${each.kind} ${each.source} ${each.ordinal}`
  for (const part of parts(postings, 40)) {
    const rows = part.map(({ tokens: _tokens, ...row }) => ({ workspace, ...row }))
    const made = await tables(db)
      .insertInto('passage_posting')
      .values(rows as never)
      .returning(['number', 'kind', 'source', 'ordinal'])
      .execute()
    for (const row of made) numbers.set(key(row), row.number)
  }
  const ordered = postings.map((each) => numbers.get(key(each)) as number)
  for (const part of parts(
    postings.map(({ tokens }, at) => [ordered[at] as number, tokens] as const),
    40,
  )) {
    const values = sql.join(part.map(([number, tokens]) => sql`(${number}, ${tokensOf(dialect, tokens)})`))
    await sql`insert into passage_fts (${identifier(dialect)}, tokens) values ${values}`.execute(db)
  }
  return ordered
}

/** Files a posting anew: its tokens are all given again. */
export async function refile({ db, dialect }: Space, number: number, tokens: string[]): Promise<void> {
  await sql`update passage_fts set tokens = ${tokensOf(dialect, tokens)} where ${identifier(dialect)} = ${number}`.execute(
    db,
  )
}

const identifier = (dialect: DialectName) => (dialect === 'sqlite' ? sql`rowid` : sql`number`)
/** Tokens as the index takes them; `clean` has left nothing in them that would need more than quotes. */
const tokensOf = (dialect: DialectName, tokens: readonly string[]) =>
  dialect === 'sqlite' ? sql`${tokens.join(' ')}` : sql`${tokens.map((token) => `'${token}'`).join(' ')}::tsvector`

export type Meta = Pick<PostingRow, 'series' | 'position' | 'root' | 'time'>

export async function updatePosting(
  { db, workspace }: Space,
  number: number,
  change: Partial<PostingRow>,
): Promise<void> {
  await tables(db)
    .updateTable('passage_posting')
    .set(change)
    .where('workspace', '=', workspace)
    .where('number', '=', number)
    .execute()
}

export async function updatePassage(
  { db, workspace }: Space,
  number: number,
  change: Partial<PassageRow>,
): Promise<void> {
  await tables(db)
    .updateTable('passage')
    .set(change)
    .where('workspace', '=', workspace)
    .where('number', '=', number)
    .execute()
}

export async function putPassages(
  { db, workspace }: Space,
  kind: string,
  source: string,
  passages: readonly (NewPassage & { number: number })[],
): Promise<void> {
  for (const part of parts(passages, 40)) {
    const rows = part.map(({ terms: _terms, length: _length, ...row }) => ({ workspace, kind, source, ...row }))
    await tables(db).insertInto('passage').values(rows).execute()
  }
}

export type Removed = Pick<PassageRow, 'number' | 'id' | 'words' | 'vectored' | 'text_hash' | 'text'> & {
  length: number
  bytes: number
}

/** Takes passages out of every table and answers what they were, for the counts. */
export async function takePassages({ db, dialect, workspace }: Space, numbers: readonly number[]): Promise<Removed[]> {
  if (numbers.length === 0) return []
  const these = among(dialect, numbers)
  const { rows } = await sql<Removed>`select a.number, a.id, a.words, a.vectored, a.text_hash, a.text, p.length,
      length(p.terms) as bytes
    from ${these} as chosen cross join passage a join passage_posting p on p.number = a.number
    where a.number = chosen.value and a.workspace = ${workspace}`.execute(db)
  const found = rows.map(({ number }) => number)
  if (found.length === 0) return []
  const gone = among(dialect, found)
  await sql`delete from passage_fts where ${identifier(dialect)} in ${gone}`.execute(db)
  await sql`delete from passage where number in ${gone}`.execute(db)
  await sql`delete from passage_posting where number in ${gone}`.execute(db)
  return rows
}

/** Adds to the number of passages of each term: `[term, passages, strong]`, negative when they went. */
export async function countTerms(
  { db, dialect, workspace }: Space,
  changes: readonly [string, number, number][],
): Promise<void> {
  const sorted = changes.filter(([, passages, strong]) => passages !== 0 || strong !== 0)
  // One order for all writers, so that none waits for another in a ring.
  sorted.sort(([a], [b]) => (a < b ? -1 : 1))
  for (const part of parts(sorted, 2_000)) {
    await sql`insert into passage_term (workspace, term, passages, strong)
      select ${workspace}, value ->> 0, cast(value ->> 1 as bigint), cast(value ->> 2 as bigint)
      from ${rowsOf(db, JSON.stringify(part))} where true
      on conflict (workspace, term) do update set passages = passage_term.passages + excluded.passages,
        strong = passage_term.strong + excluded.strong`.execute(db)
  }
  const fewer = sorted.filter(([, passages]) => passages < 0).map(([term]) => term)
  if (fewer.length === 0) return
  await sql`delete from passage_term where workspace = ${workspace} and passages <= 0
    and term in ${among(dialect, fewer)}`.execute(db)
}

export async function noteGone({ db, workspace }: Space, gone: readonly Removed[]): Promise<void> {
  const rows = gone.flatMap(({ id, vectored, text_hash }) =>
    vectored === null ? [] : [{ workspace, id, model: vectored, hash: text_hash }],
  )
  for (const part of parts(rows, 100)) {
    await tables(db)
      .insertInto('passage_gone')
      .values(part)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Ends a pending row, unless the source changed again since it was read. */
export async function settlePending({ db, workspace }: Space, kind: string, id: string, change: number): Promise<void> {
  await tables(db)
    .deleteFrom('passage_pending')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('change', '=', change)
    .execute()
}

export function* parts<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
