/** Queries over documents as they travel: what leaves, what stands here already, what versions become. */
import { sql } from 'kysely'
import { among, dialectOf, rowsOf } from '../../../kernel/database/lists.ts'
import type { DocumentRow, VersionRow } from './rows.ts'
import type { Reader } from './store.ts'

type Tables = { documents: DocumentRow; document_version: VersionRow }
const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** By what a document is known again: its id, its address, or without one what it was made of. */
export type Identity = { id: string; url_key: string | null; given_hash: string | null }

/** Which document stands here for each of these; none for those that are new here. */
export async function standing(from: Reader, given: readonly Identity[]): Promise<Map<string, string>> {
  const some = (column: keyof Identity, values: readonly (string | null)[]) =>
    tables(from)
      .selectFrom('documents')
      .select(['id', 'url_key', 'given_hash'])
      .where('workspace', '=', from.workspace)
      .where(column, 'in', among(dialectOf(from.db), [...new Set(values.filter((value) => value !== null))]))
      .orderBy('id', 'desc')
      .execute()
  const bare = given.filter(({ url_key }) => url_key === null).map(({ given_hash }) => given_hash)
  const ids = new Set(
    (
      await some(
        'id',
        given.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  )
  const byAddress = new Map(
    (
      await some(
        'url_key',
        given.map((one) => one.url_key),
      )
    ).map((row) => [row.url_key, row.id]),
  )
  const byContent = new Map(
    (await some('given_hash', bare)).flatMap((row) => (row.url_key === null ? [[row.given_hash, row.id]] : [])),
  )
  const ownOf = ({ id, url_key, given_hash }: Identity) =>
    ids.has(id) ? id : url_key === null ? byContent.get(given_hash ?? '') : byAddress.get(url_key)
  return new Map(given.flatMap((one) => [[one.id, ownOf(one)] as const].filter(isKnown)))
}
const isKnown = (pair: readonly [string, string | undefined]): pair is readonly [string, string] =>
  pair[1] !== undefined

/** Nobody else changes these documents before the transaction ends. */
export async function hold(to: Reader, documents: readonly string[]): Promise<void> {
  if (dialectOf(to.db) === 'sqlite') return
  const rows = tables(to).selectFrom('documents').select('id').where('workspace', '=', to.workspace)
  await rows.where('id', 'in', among('postgres', documents)).orderBy('id').forUpdate().execute()
}

const versions = (from: Reader) =>
  tables(from)
    .selectFrom('document_version as v')
    .innerJoin('documents as d', (join) =>
      join.onRef('d.workspace', '=', 'v.workspace').onRef('d.id', '=', 'v.document_id'),
    )
    .select(['v.document_id', 'v.version', 'v.content_hash', 'v.created_at', 'd.url_key', 'd.given_hash'])
    .where('v.workspace', '=', from.workspace)

type Page<K> = { after: K | null; since: number | null; limit: number }

/** Versions with what their document is known by, in the order of their keys. */
export function versionPage(from: Reader, { after, since, limit }: Page<readonly [string, number]>) {
  let query = versions(from).select(['v.title', 'v.markdown', 'v.truncated', 'v.characters', 'v.person'])
  if (after) query = query.where((row) => row(row.refTuple('v.document_id', 'v.version'), '>', row.tuple(...after)))
  if (since !== null) query = query.where('v.created_at', '>=', since)
  return query.orderBy('v.document_id').orderBy('v.version').limit(limit).execute()
}

/** Versions that have an original, those with the same one behind each other. */
export function originalPage(from: Reader, { after, since, limit }: Page<readonly [string, string, number]>) {
  let query = versions(from).select('v.blob as sha256').where('v.blob', 'is not', null)
  if (after)
    query = query.where((row) => row(row.refTuple('v.blob', 'v.document_id', 'v.version'), '>', row.tuple(...after)))
  if (since !== null) query = query.where('v.created_at', '>=', since)
  return query.orderBy('v.blob').orderBy('v.document_id').orderBy('v.version').limit(limit).execute()
}

/** All versions of these documents, without their texts. */
export const versionsBeside = (from: Reader, documents: readonly string[]) =>
  tables(from)
    .selectFrom('document_version')
    .select(['document_id', 'version', 'title', 'content_hash', 'characters', 'blob', 'created_at'])
    .where('workspace', '=', from.workspace)
    .where('document_id', 'in', among(dialectOf(from.db), documents))
    .orderBy('document_id')
    .orderBy('version')
    .execute()

/** No document has so many versions. */
const beyond = 1_000_000

/** Gives versions of a document other numbers, `[from, to]`, however they overlap. */
export async function renumber(to: Reader, document: string, numbers: readonly (readonly [number, number])[]) {
  const step = (change: readonly (readonly [number, number])[]) =>
    sql`update document_version set version = changed.own_to
      from (select cast(value ->> 0 as bigint) as own_from, cast(value ->> 1 as bigint) as own_to
        from ${rowsOf(to.db, JSON.stringify(change))}) as changed
      where workspace = ${to.workspace} and document_id = ${document} and version = changed.own_from`.execute(to.db)
  await step(numbers.map(([old]) => [old, old + beyond]))
  await step(numbers.map(([old, next]) => [old + beyond, next]))
}

/** Removes some versions of a document; answers their originals. */
export async function dropVersions(to: Reader, document: string, numbers: readonly number[]): Promise<string[]> {
  const gone = await tables(to)
    .deleteFrom('document_version')
    .where('workspace', '=', to.workspace)
    .where('document_id', '=', document)
    .where('version', 'in', [...numbers])
    .returning('blob')
    .execute()
  return gone.flatMap(({ blob }) => blob ?? [])
}

/** `[document_id, version, title, content_hash, markdown, truncated, characters, created_at, person]` */
export type VersionFields = readonly [
  ...[document: string, version: number, title: string, hash: string, markdown: string],
  ...[truncated: number, characters: number, created: number, person: string | null],
]

export const insertVersions = (to: Reader, rows: readonly VersionFields[]) =>
  sql`insert into document_version (workspace, document_id, version, title, content_hash, markdown, truncated,
      characters, created_at, person)
    select ${to.workspace}, value ->> 0, cast(value ->> 1 as bigint), value ->> 2, value ->> 3, value ->> 4,
      cast(value ->> 5 as bigint), cast(value ->> 6 as bigint), cast(value ->> 7 as bigint), value ->> 8
    from ${rowsOf(to.db, JSON.stringify(rows))} where true`.execute(to.db)

/** A document says what its newest version says, unless a newer one is still to come. */
export const showVersion = (
  to: Reader,
  id: string,
  { version, title, content_hash, characters }: Pick<VersionRow, 'version' | 'title' | 'content_hash' | 'characters'>,
) =>
  tables(to)
    .updateTable('documents')
    .set({ version, title, content_hash, characters })
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '<=', version)
    .execute()

/** Undefined when the version has gone, or has an original already. */
export const giveOriginal = (to: Reader, document: string, version: number, blob: string) =>
  tables(to)
    .updateTable('document_version')
    .set({ blob })
    .where('workspace', '=', to.workspace)
    .where('document_id', '=', document)
    .where('version', '=', version)
    .where('blob', 'is', null)
    .returning('version')
    .executeTakeFirst()
