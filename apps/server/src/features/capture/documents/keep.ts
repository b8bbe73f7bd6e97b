/** Keeps what was read: as a new document, as the next version of one, or not at all when it is there already. */
import { fail } from '@cairn/api/errors'
import { newId } from '../../../kernel/ids.ts'
import { maskAddress } from '../../../kernel/masking.ts'
import { personOf, type Tx } from '../../../kernel/scope.ts'
import { siteOf } from '../../../kernel/sites.ts'
import type { Content } from './reading/content.ts'
import { type DocumentRow, urlKey } from './rows.ts'
import * as store from './store.ts'

/** Versions of a document that are kept. */
export const keptVersions = 20
/** Somebody else may change the same document at the same moment. */
const attempts = 5

export type Incoming = {
  id?: string
  source: DocumentRow['source']
  content: Content
  /** SHA-256 of the bytes that were handed in. */
  given: string
  /** The original that is kept. */
  blob: string | null
  /** As `readUrl` answers it. */
  url: string | null
  fileName: string | null
  etag?: string | null
  lastModified?: string | null
  /** Who keeps it, where the system does for somebody. */
  person?: string | null
}
export type Kept = { row: DocumentRow; outcome: 'created' | 'changed' | 'unchanged' }

/** An address as documents keep it: without its fragment, secrets masked. Null when it is none of the web. */
export function readUrl(text: string): string | null {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol)) return null
  url.hash = ''
  const masked = maskAddress(url.href)
  return masked.length > 4_000 ? null : masked
}

export async function keep(tx: Tx, incoming: Incoming): Promise<Kept> {
  const { id } = incoming
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = await find(tx, incoming)
    if (id !== undefined && known && (known.id !== id || !isSame(known, incoming))) throw fail('CONFLICT')
    const kept = known ? await renew(tx, known, incoming) : await insert(tx, incoming)
    if (kept) return kept
  }
  throw fail('DATABASE_BUSY')
}

async function find(tx: Tx, incoming: Incoming): Promise<DocumentRow | undefined> {
  const { id, given } = incoming
  const byId = id === undefined ? undefined : await store.documentById(tx, id)
  if (byId) return byId
  const { url_key } = placeOf(incoming)
  if (url_key !== null) return store.documentByUrl(tx, url_key)
  return id === undefined ? store.documentByGiven(tx, given) : undefined
}

const isSame = (row: DocumentRow, { given, url }: Incoming) => row.given_hash === given && row.url === url

/** Where a document belongs. What it calls its own address counts on its own site only: nobody speaks for others. */
function placeOf({ url, content }: Incoming) {
  if (url === null) return { url, url_key: null, fetch_key: null, canonical_url: null, site: null }
  const site = siteOf(new URL(url).host)
  const own = content.canonical === null ? null : readUrl(content.canonical)
  const canonical_url = own !== null && siteOf(new URL(own).host) === site ? own : null
  return { url, site, canonical_url, url_key: urlKey(canonical_url ?? url), fetch_key: urlKey(url) }
}

const describe = (tx: Tx, incoming: Incoming) => {
  const { content, given, etag = null, lastModified = null } = incoming
  return {
    ...{ format: content.format, title: content.title, description: content.description, author: content.author },
    ...{ language: content.language, published_at: content.published, content_hash: content.hash, given_hash: given },
    ...{ characters: content.markdown.length, etag, last_modified: lastModified, checked_at: tx.now },
    ...placeOf(incoming),
  }
}

async function insert(tx: Tx, incoming: Incoming): Promise<Kept | null> {
  const row: DocumentRow = {
    ...{ workspace: tx.workspace, id: incoming.id ?? newId(), source: incoming.source, file_name: incoming.fileName },
    ...{ version: 1, created_at: tx.now, updated_at: tx.now, person: keeperOf(tx, incoming) },
    ...describe(tx, incoming),
  }
  if (!(await store.insertDocument(tx, row))) return null
  await addVersion(tx, row, incoming)
  tx.event({ type: 'document.created', subject: row.id, data: { version: 1 } })
  return { row, outcome: 'created' }
}

/** Null when somebody else changed it meanwhile. */
async function renew(tx: Tx, known: DocumentRow, incoming: Incoming): Promise<Kept | null> {
  const { content, etag = null, lastModified = null } = incoming
  if (known.content_hash === content.hash && known.title === content.title) {
    const seen = { etag, last_modified: lastModified, checked_at: tx.now }
    if (!(await store.updateDocument(tx, known.id, known.version, seen))) return null
    await keptAgain(tx, known, keeperOf(tx, incoming))
    return { row: { ...known, ...seen }, outcome: 'unchanged' }
  }
  const change = { ...describe(tx, incoming), version: known.version + 1, updated_at: tx.now }
  const row: DocumentRow = { ...known, ...change, file_name: incoming.fileName ?? known.file_name }
  const { workspace: _, id, ...columns } = row
  if (!(await store.updateDocument(tx, id, known.version, columns))) return null
  await addVersion(tx, row, incoming)
  const gone = await store.deleteVersions(tx, id, row.version - keptVersions)
  if (gone.length > 0) await dropBlobs(tx, gone)
  tx.event({ type: 'document.changed', subject: id, data: { version: row.version } })
  return { row, outcome: 'changed' }
}

/** What somebody else finds as it was is nobody's alone: it stays when one of them goes. */
export async function keptAgain(tx: Tx, { id, version }: DocumentRow, keeper: string | null): Promise<void> {
  if (await store.disownVersion(tx, { id, version, keeper }))
    await store.updateDocument(tx, id, version, { person: null })
}

const keeperOf = (tx: Tx, { person }: Incoming) => person ?? personOf(tx.principal)

async function addVersion(tx: Tx, row: DocumentRow, incoming: Incoming): Promise<void> {
  const { content, blob } = incoming
  await store.insertVersion(tx, {
    ...{ workspace: tx.workspace, document_id: row.id, version: row.version, title: row.title },
    ...{ content_hash: content.hash, markdown: content.markdown, truncated: content.truncated ? 1 : 0 },
    ...{ characters: content.markdown.length, blob, created_at: tx.now },
    person: keeperOf(tx, incoming),
  })
  await tx.reindex('document', [row.id])
}

/** Originals that no version has any more go after the commit, also when the process ends in between. */
export const dropBlobs = (tx: Tx, blobs: readonly string[]) =>
  tx.enqueue({ type: 'documents.drop', input: { blobs: [...new Set(blobs)] } })
