/** Rows of documents and their versions; the only SQL over them. */
import type { DocumentFormat } from '@cairn/api/documents'
import type { Db } from '../../../kernel/database/dialect.ts'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { newestFirst, unindexed } from '../../../kernel/database/pages.ts'
import type { DocumentRow, VersionRow } from './rows.ts'

type Tables = { documents: DocumentRow; document_version: VersionRow }
export type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Undefined when the workspace has a document of this id, or of this address, already. */
export const insertDocument = (to: Reader, row: DocumentRow) =>
  tables(to)
    .insertInto('documents')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()

export const insertVersion = (to: Reader, row: VersionRow) =>
  tables(to).insertInto('document_version').values(row).execute()

const some = (from: Reader) => tables(from).selectFrom('documents').selectAll().where('workspace', '=', from.workspace)

export const documentById = (from: Reader, id: string) => some(from).where('id', '=', id).executeTakeFirst()

export const documentsByIds = (from: Reader, ids: readonly string[]) =>
  some(from)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .execute()

/** The document that an address stands for. */
export const documentByUrl = (from: Reader, key: string) => some(from).where('url_key', '=', key).executeTakeFirst()

/** A document that was fetched from an address. */
export const documentByFetch = (from: Reader, key: string) =>
  some(from).where('fetch_key', '=', key).orderBy('id').limit(1).executeTakeFirst()

/** A document without an address that was made of these bytes. */
export const documentByGiven = (from: Reader, hash: string) =>
  some(from)
    .where('given_hash', '=', hash)
    .where(unindexed('url_key'), 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()

/** Changes a document as long as it still has the version that was seen; undefined when it has not. */
export const updateDocument = (to: Reader, id: string, seen: number, change: Partial<DocumentRow>) =>
  tables(to)
    .updateTable('documents')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

/** Its versions go along. */
export const deleteDocument = (to: Reader, id: string) =>
  tables(to).deleteFrom('documents').where('workspace', '=', to.workspace).where('id', '=', id).execute()

export type DocumentFilter = {
  limit: number
  after: readonly [number, string] | null
  /** Every one of them has to be in title, address or file name. */
  words: readonly string[]
  site?: string | undefined
  format?: DocumentFormat | undefined
  url_key?: string | undefined
}

/** Last changed first. */
export function newestPage(from: Reader, { words, site, format, url_key, ...page }: DocumentFilter) {
  let query = some(from)
  for (const word of words)
    query = query.where((row) => row.or([contains('title', word), contains('url', word), contains('file_name', word)]))
  if (site !== undefined) query = query.where('site', '=', site)
  if (format !== undefined) query = query.where('format', '=', format)
  if (url_key !== undefined)
    query = query.where((row) => row.or([row('url_key', '=', url_key), row('fetch_key', '=', url_key)]))
  return newestFirst(query, 'updated_at', page).execute()
}

export const documentIdsAfter = (from: Reader, after: string, limit: number) =>
  tables(from)
    .selectFrom('documents')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

export const versionOf = (from: Reader, id: string, version: number) =>
  tables(from)
    .selectFrom('document_version')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('document_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()

/** Makes a version nobody's that is somebody's other than this keeper; answers whether it was. */
export async function disownVersion(
  to: Reader,
  { id, version, keeper }: { id: string; version: number; keeper: string | null },
): Promise<boolean> {
  let query = tables(to)
    .updateTable('document_version')
    .set({ person: null })
    .where('workspace', '=', to.workspace)
    .where('document_id', '=', id)
    .where('version', '=', version)
    .where('person', 'is not', null)
  if (keeper !== null) query = query.where('person', '<>', keeper)
  return (await query.returning('version').executeTakeFirst()) !== undefined
}

/** Newest first, without their text. */
export const versionsOf = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('document_version')
    .select(['workspace', 'document_id', 'version', 'title', 'content_hash', 'truncated', 'characters', 'blob'])
    .select('created_at')
    .where('workspace', '=', from.workspace)
    .where('document_id', '=', id)
    .orderBy('version', 'desc')
    .execute()

/** Texts of the newest versions of these documents. */
export const newestTexts = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('document_version')
    .innerJoin('documents', (join) =>
      join
        .onRef('documents.workspace', '=', 'document_version.workspace')
        .onRef('documents.id', '=', 'document_version.document_id')
        .onRef('documents.version', '=', 'document_version.version'),
    )
    .select(['document_version.document_id as id', 'document_version.markdown'])
    .where('document_version.workspace', '=', from.workspace)
    .where('document_version.document_id', 'in', among(dialectOf(from.db), ids))
    .execute()

/** Removes versions up to this one; answers their originals. */
export async function deleteVersions(to: Reader, id: string, upTo: number): Promise<string[]> {
  const gone = await tables(to)
    .deleteFrom('document_version')
    .where('workspace', '=', to.workspace)
    .where('document_id', '=', id)
    .where('version', '<=', upTo)
    .returning('blob')
    .execute()
  return gone.flatMap(({ blob }) => (blob === null ? [] : [blob]))
}

/** Which of these originals some version still has. */
export async function blobsInUse(from: Reader, blobs: readonly string[]): Promise<Set<string>> {
  const rows = await tables(from)
    .selectFrom('document_version')
    .select('blob')
    .distinct()
    .where('workspace', '=', from.workspace)
    .where('blob', 'in', among(dialectOf(from.db), blobs))
    .execute()
  return new Set(rows.flatMap(({ blob }) => (blob === null ? [] : [blob])))
}
