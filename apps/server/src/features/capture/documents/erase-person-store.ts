/**
 * What of documents is a person's where others are, too. A document goes when nobody else kept a version of it; else it
 * loses theirs, is what the newest one left says, and is whose that is.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { contains } from '../../../kernel/database/like.ts'
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { unindexed } from '../../../kernel/database/pages.ts'
import {
  countRows,
  type Counts,
  type Erased,
  type EraseReader,
  type EraseTx,
  markOf,
  marksOfEach,
} from '../../../kernel/erasure.ts'
import type { DocumentRow, VersionRow } from './rows.ts'
import { blobsInUse } from './store.ts'

/** Documents at once, each of at most twenty versions, and those that are looked through for them. */
const [atOnce, lookedAt] = [20, 1_000]

/**
 * Ids of documents that go whole. Set by set, so that it is read from indexes, and once: SQLite would
 * read all versions in the order of their documents instead, if it saw one.
 */
export function whole(workspace: string, person: string): RawBuilder<unknown> {
  const kept = sql`select ${unindexed('document_id')} from document_version where workspace = ${workspace}`
  return sql`select id from documents where workspace = ${workspace} and person = ${person}
    union ${kept} and person = ${person}
    except ${kept} and person < ${person} except ${kept} and person > ${person} except ${kept} and person is null`
}

/** Versions of documents that stay. */
export async function countVersions(from: EraseReader, person: string): Promise<Counts> {
  const kept = sql<SqlBool>`person = ${person}`
  const along = sql<SqlBool>`${kept} and document_id in (${whole(from.workspace, person)})`
  const count = (where: RawBuilder<SqlBool>) => countRows(from, { table: 'document_version', where })
  return { document_versions: (await count(kept)) - (await count(along)) }
}

type Some = { ids: string[]; next: string | null }

/** The next documents that a person kept a version of, and behind which to go on. */
export async function keptBy({ db, workspace }: EraseReader, person: string, after: string): Promise<Some> {
  const { rows } = await sql<{ id: string }>`select distinct document_id as id from document_version
    where workspace = ${workspace} and person = ${person} and document_id > ${after}
    order by document_id limit ${atOnce}`.execute(db)
  return { ids: rows.map(({ id }) => id), next: rows.length === atOnce ? (rows.at(-1)?.id ?? null) : null }
}

/** The next ones that are theirs though none of the versions is any more. All are looked through, so many at once. */
export async function begunBy({ db, workspace }: EraseReader, person: string, after: string): Promise<Some> {
  const { rows } = await sql<{ id: string; person: string | null }>`select id, person from documents
    where workspace = ${workspace} and id > ${after} order by id limit ${lookedAt}`.execute(db)
  const ids = rows.flatMap((row) => (row.person === person ? row.id : [])).slice(0, atOnce)
  const end = rows.length === lookedAt ? rows.at(-1)?.id : null
  return { ids, next: (ids.length === atOnce ? ids.at(-1) : end) ?? null }
}

/** Which of these documents somebody else kept, too? */
export async function keptByOthers({ db, workspace }: EraseReader, person: string, ids: readonly string[]) {
  const { rows } = await sql<{ id: string }>`select id from documents
    where workspace = ${workspace} and id in ${among(dialectOf(db), ids)} and exists (
      select 1 from document_version v where v.workspace = documents.workspace and v.document_id = documents.id
        and (v.person <> ${person} or v.person is null))`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Takes a person's versions out of documents that stay. */
export async function takeVersions(
  tx: EraseTx,
  person: string,
  ids: readonly string[],
): Promise<Omit<Erased, 'cursor'>> {
  const blobs: string[] = []
  let taken = 0
  for (const id of ids) {
    const gone = await sql<Pick<VersionRow, 'blob'>>`delete from document_version
      where workspace = ${tx.workspace} and document_id = ${id} and person = ${person} returning blob`.execute(tx.db)
    taken += gone.rows.length
    blobs.push(...gone.rows.flatMap(({ blob }) => blob ?? []))
    await showNewest(tx, id)
  }
  const used = blobs.length > 0 ? await blobsInUse(tx, blobs) : new Set()
  return {
    counts: { document_versions: taken },
    // Which version was quoted nobody knows: what was said of any goes; what is shown is indexed again.
    gone: [{ kind: 'document', ids }],
    blobs: [...new Set(blobs)].filter((blob) => !used.has(blob)),
  }
}

/** A document is what its newest version says. */
async function showNewest(tx: EraseTx, id: string): Promise<void> {
  const tables = tx.db.withTables<{ documents: DocumentRow; document_version: VersionRow }>()
  const newest = await tables
    .selectFrom('document_version')
    .select(['version', 'title', 'content_hash', 'characters', 'person'])
    .where('workspace', '=', tx.workspace)
    .where('document_id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const { person, ...shown } = newest
  const own = tables.updateTable('documents').where('workspace', '=', tx.workspace).where('id', '=', id)
  // A file's name is kept where a later version came without one.
  await own.set({ person, file_name: null, updated_at: tx.now }).execute()
  // What came with the version that was shown is not known of the one before it; the address that all have is.
  const unsaid = { description: null, author: null, language: null, published_at: null }
  const unfetched = { given_hash: shown.content_hash, etag: null, last_modified: null }
  await own
    .set((row) => ({
      ...{ ...shown, ...unsaid, ...unfetched, fetch_key: row.ref('url_key') },
      url: row.fn.coalesce('canonical_url', 'url'),
    }))
    .where('version', '<>', shown.version)
    .execute()
  tx.event({ type: 'document.changed', subject: id, data: { version: shown.version } })
}

/** Words of a person's versions that nothing that stays of the same document says. */
export async function marksOfVersions({ db, workspace }: EraseReader, person: string): Promise<string[]> {
  const { rows } = await sql<Pick<VersionRow, 'document_id' | 'title' | 'markdown'>>`
    select document_id, title, substr(markdown, 1, 2000) as markdown from document_version
    where workspace = ${workspace} and person = ${person} limit ${marksOfEach}`.execute(db)
  const marks: string[] = []
  for (const { document_id, title, markdown } of rows) {
    const said = [title, ...markdown.split('\n')].flatMap(markOf)
    for (const mark of said.slice(0, marksOfEach)) {
      const stays = await sql`select 1 from document_version
        where workspace = ${workspace} and document_id = ${document_id} and (person <> ${person} or person is null)
          and (${contains('title', mark)} or ${contains('markdown', mark)}) limit 1`.execute(db)
      if (stays.rows.length > 0) continue
      marks.push(mark)
      break
    }
  }
  return marks
}
