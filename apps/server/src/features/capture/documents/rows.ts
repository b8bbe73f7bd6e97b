/** Rows of this feature as the database holds them, and what the API shows of them. */
import type { Document, DocumentFormat, DocumentVersion } from '@cairn/api/documents'
import { iso, isoOrNull } from '../../../kernel/clock.ts'
import { sha256 } from '../../../kernel/ids.ts'

export type DocumentRow = {
  workspace: string
  id: string
  format: DocumentFormat
  source: Document['source']
  title: string
  description: string | null
  author: string | null
  language: string | null
  published_at: number | null
  url: string | null
  /** Of the address that stands for the document: its own, if that is on the same site, else the one it was fetched from. */
  url_key: string | null
  /** Of the address that it was fetched from. */
  fetch_key: string | null
  canonical_url: string | null
  site: string | null
  file_name: string | null
  content_hash: string
  /** SHA-256 of the bytes that were handed in. */
  given_hash: string
  version: number
  characters: number
  etag: string | null
  last_modified: string | null
  created_at: number
  updated_at: number
  checked_at: number
  /** Whose it is; null where nobody knows. */
  person: string | null
}
export type VersionRow = {
  workspace: string
  document_id: string
  version: number
  title: string
  content_hash: string
  markdown: string
  truncated: number
  characters: number
  blob: string | null
  created_at: number
  /** Who kept it. */
  person: string | null
}

/** What an address is looked up by. */
export const urlKey = (url: string) => sha256(url).slice(0, 32)

export const toDocument = (row: DocumentRow): Document => ({
  ...{ id: row.id, format: row.format, source: row.source, title: row.title, description: row.description },
  ...{ author: row.author, language: row.language, published_at: isoOrNull(row.published_at) },
  ...{ url: row.url, canonical_url: row.canonical_url, site: row.site, file_name: row.file_name },
  ...{ content_hash: row.content_hash, version: row.version, characters: row.characters },
  ...{ created_at: iso(row.created_at), updated_at: iso(row.updated_at), checked_at: iso(row.checked_at) },
})

export const toVersion = (row: Omit<VersionRow, 'markdown' | 'person'>): DocumentVersion => ({
  ...{ version: row.version, content_hash: row.content_hash, title: row.title, characters: row.characters },
  ...{ truncated: row.truncated === 1, original: row.blob !== null, created_at: iso(row.created_at) },
})

/** What a person knows a document by: its address, its file's name, or nothing but its id. */
export const uriOf = ({ url, file_name, id }: Pick<DocumentRow, 'url' | 'file_name' | 'id'>) =>
  url ?? file_name ?? `document:${id}`
