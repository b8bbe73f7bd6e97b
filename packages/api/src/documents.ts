/** Documents: pages, files and feeds, read as Markdown. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

/** Largest original in bytes, and most characters of Markdown that are kept of one. */
export const documentLimits = { bytes: 33_554_432, characters: 2_000_000 } as const

export const DocumentFormat = oneOf('html', 'markdown', 'pdf', 'text', 'feed')
export type DocumentFormat = Static<typeof DocumentFormat>
const Address = text(4_000, 1)
const Title = text(10_000)

const summary = {
  id: Id,
  format: DocumentFormat,
  /** How it came here. */
  source: oneOf('api', 'upload', 'crawl'),
  /** In one line; never empty. */
  title: Type.String(),
  description: nullable(Type.String()),
  author: nullable(Type.String()),
  /** BCP 47, as the document says it: `de`, `pt-BR`. */
  language: nullable(Type.String()),
  /** When its author published it, as it says. */
  published_at: nullable(Time),
  /** Where it was fetched from, secrets masked. */
  url: nullable(Type.String()),
  /** The address that it calls its own, if that is on the same site. */
  canonical_url: nullable(Type.String()),
  site: nullable(Type.String()),
  file_name: nullable(Type.String()),
  /** SHA-256 of its Markdown. */
  content_hash: Type.String(),
  /** Number of the newest version, from 1. */
  version: Type.Integer({ minimum: 1 }),
  characters: count,
  created_at: Time,
  /** When its content last changed. */
  updated_at: Time,
  /** When it was last seen to be as it is. */
  checked_at: Time,
}
export const Document = shape(summary)
export type Document = Static<typeof Document>

export const DocumentVersion = shape({
  version: Type.Integer({ minimum: 1 }),
  content_hash: Type.String(),
  title: Type.String(),
  characters: count,
  /** Was there more than is kept? */
  truncated: Type.Boolean(),
  /** Is the original kept? A PDF with secrets in it is not: they cannot be masked there. */
  original: Type.Boolean(),
  created_at: Time,
})
export type DocumentVersion = Static<typeof DocumentVersion>

export const DocumentDetail = shape({
  ...summary,
  /** Of the version that was asked for, the newest unless said. Secrets in it are masked. */
  markdown: Type.String(),
  shown: DocumentVersion,
  /** Newest first, at most 100. */
  versions: list(DocumentVersion),
})
export type DocumentDetail = Static<typeof DocumentDetail>

export const documents = operations('documents', {
  list: operation({
    method: 'GET',
    path: '/api/documents',
    summary: 'List documents, last changed first',
    effect: 'read',
    query: {
      ...paging,
      /** Every word has to be in title, address or file name, letter case aside. */
      q: optional(text(500)),
      /** Host without `www.`. */
      site: optional(text(300, 1)),
      format: optional(DocumentFormat),
      /** Exactly this address, as it was fetched or as the document calls its own. */
      url: optional(Address),
    },
    output: page(Document),
  }),
  create: operation({
    method: 'POST',
    path: '/api/documents',
    summary: 'Keep a text as a document',
    description:
      'With an id of your own the call can be repeated: same id and content returns the row, other content is 409. With an address that a document has already, other content is its next version.',
    effect: 'write',
    body: {
      id: optional(Id),
      /** Letters of the text, in the format that is named. */
      content: text(4_000_000, 1),
      format: optional(oneOf('html', 'markdown', 'text')),
      url: optional(Address),
      title: optional(Title),
    },
    output: Document,
    status: 201,
    maxBytes: 16_777_216,
    errors: ['CONFLICT', 'DOCUMENT_NOT_READABLE'],
  }),
  add: operation({
    method: 'POST',
    path: '/api/documents/upload',
    summary: 'Keep a file as a document: PDF, HTML, Markdown, text or a feed',
    description:
      'One part `file` of `multipart/form-data`, up to 32 MiB. The same file again is the same document. With an address that a document has already, another file is its next version.',
    effect: 'write',
    input: 'upload',
    query: { id: optional(Id), url: optional(Address), title: optional(Title) },
    output: Document,
    status: 201,
    idempotent: true,
    maxBytes: documentLimits.bytes,
    errors: ['BODY_TOO_LARGE', 'CONFLICT', 'DOCUMENT_NOT_READABLE'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/documents/{id}',
    summary: 'Read a document as Markdown, with what is known of it',
    effect: 'read',
    params: { id: Id },
    query: { version: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })) },
    output: DocumentDetail,
    errors: ['DOCUMENT_NOT_FOUND'],
  }),
  original: operation({
    method: 'GET',
    path: '/api/documents/{id}/original',
    summary: 'The original of a document, as it came; text with its secrets masked',
    effect: 'read',
    params: { id: Id },
    query: { version: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })) },
    reply: ['bytes'],
    output: Type.String({ description: 'bytes' }),
    errors: ['DOCUMENT_NOT_FOUND', 'ORIGINAL_NOT_KEPT'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/documents/{id}',
    summary: 'Remove a document with all its versions and originals',
    effect: 'write',
    params: { id: Id },
    output: Removed,
    errors: ['DOCUMENT_NOT_FOUND'],
  }),
})
