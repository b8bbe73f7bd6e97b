/** Rules of documents: taking a text or a file in, showing, removing. */
import { type Document, type DocumentDetail, type DocumentFormat, documentLimits } from '@cairn/api/documents'
import { CairnError, fail } from '@cairn/api/errors'
import type { Blobs } from '../../../kernel/blobs/blobs.ts'
import type { Call, UploadPart } from '../../../kernel/gate/call.ts'
import { sha256 } from '../../../kernel/ids.ts'
import { maskText } from '../../../kernel/masking.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { ReadApart, Scope, Tx } from '../../../kernel/scope.ts'
import { readSite } from '../../../kernel/sites.ts'
import { dropBlobs, keep, readUrl } from './keep.ts'
import type { Originals } from './originals.ts'
import type { Reading } from './reading/content.ts'
import type { Reader } from './reading/reader.ts'
import { type DocumentRow, toDocument, toVersion, urlKey } from './rows.ts'
import * as store from './store.ts'

type Handed = { id?: string; url?: string; title?: string }
type ListInput = { limit?: number; cursor?: string; q?: string; site?: string; format?: DocumentFormat; url?: string }

const here = new URL(import.meta.url)
export const readPage: ReadApart<store.DocumentFilter, DocumentRow[]> = store.newestPage

export function makeDocumentsService(parts: { reader: Reader; originals: Originals; blobs: Blobs }) {
  const { reader, originals, blobs } = parts

  /** Reads bytes and keeps them. */
  async function take(
    scope: Scope,
    source: DocumentRow['source'],
    reading: Omit<Reading, 'url'>,
    { id, url: given, title }: Handed,
  ): Promise<Document> {
    const url = given === undefined ? null : addressOf(given)
    const read = await reader.read({ ...reading, url }, scope.signal)
    const named = title === undefined ? '' : maskText(title.replace(/\s+/g, ' ').trim()).slice(0, 500).toWellFormed()
    const content = named === '' ? read : { ...read, title: named }
    const incoming = { source, content, given: sha256(reading.bytes), url, fileName: reading.name }
    const { row } = await originals.keeping(scope, content, reading.bytes, (blob) =>
      scope.write((tx) => keep(tx, { ...incoming, blob, ...(id !== undefined && { id }) })),
    )
    return toDocument(row)
  }

  return {
    create(
      scope: Scope,
      input: Handed & { content: string; format?: 'html' | 'markdown' | 'text' },
    ): Promise<Document> {
      const { content, format = 'markdown', ...handed } = input
      const bytes = Buffer.from(content.toWellFormed())
      return take(scope, 'api', { bytes, type: 'text/plain; charset=utf-8', format, name: null }, handed)
    },

    /** Takes the file of an upload. INVALID_INPUT without one, BODY_TOO_LARGE. */
    async upload(call: Call<unknown>, handed: Handed): Promise<Document> {
      const file = await fileOf(call.upload)
      if (!file) throw fail('INVALID_INPUT', {}, [{ path: '/file', message: 'is required: the document' }])
      return take(call, 'upload', file, handed)
    },

    /** What these documents are called, in the order of their ids, each once. DOCUMENT_NOT_FOUND when one is not here. */
    async named(from: store.Reader, ids: readonly string[]): Promise<{ id: string; title: string }[]> {
      const wanted = [...new Set(ids)]
      const rows = wanted.length > 0 ? await store.documentsByIds(from, wanted) : []
      const titles = new Map(rows.map(({ id, title }) => [id, title]))
      return wanted.map((id) => {
        const title = titles.get(id)
        if (title === undefined) throw fail('DOCUMENT_NOT_FOUND')
        return { id, title }
      })
    },

    /** Last changed first, in pages. */
    async list(scope: Scope, input: ListInput) {
      const limit = pageSize(input.limit)
      const filter: store.DocumentFilter = {
        ...{ limit: limit + 1, after: decodeCursor(input.cursor, [0, ''] as [number, string]) },
        ...{ words: [...new Set(input.q?.trim().split(/\s+/).filter(Boolean))], format: input.format },
        site: input.site === undefined ? undefined : readSite(input.site, '/site'),
        url_key: input.url === undefined ? undefined : urlKey(addressOf(input.url)),
      }
      // What has to be looked for in every row is for a worker.
      const looks = filter.words.length > 0 || filter.site !== undefined || filter.format !== undefined
      const rows = looks
        ? await scope.apart.read<DocumentRow[]>(here, 'readPage', filter)
        : await store.newestPage(scope, filter)
      return toPage(rows, limit, (row) => [row.updated_at, row.id], toDocument)
    },

    async get(scope: Scope, id: string, version?: number): Promise<DocumentDetail> {
      const row = await found(scope, id)
      const shown = await store.versionOf(scope, id, version ?? row.version)
      if (!shown) throw fail('DOCUMENT_NOT_FOUND')
      const { markdown, ...rest } = shown
      const versions = await store.versionsOf(scope, id)
      return { ...toDocument(row), markdown, shown: toVersion(rest), versions: versions.map(toVersion) }
    },

    /** The bytes, and a name for them. */
    async original(scope: Scope, id: string, version?: number) {
      const row = await found(scope, id)
      const shown = await store.versionOf(scope, id, version ?? row.version)
      if (!shown) throw fail('DOCUMENT_NOT_FOUND')
      const stream = shown.blob === null ? null : await blobs.read(scope.workspace, shown.blob)
      if (!stream) throw fail('ORIGINAL_NOT_KEPT')
      return { stream, name: row.file_name ?? `document.${endings[row.format]}` }
    },

    /** Removes a document with all its versions; their originals follow. */
    async remove(tx: Tx, id: string) {
      await found(tx, id)
      const gone = await store.deleteVersions(tx, id, Number.MAX_SAFE_INTEGER)
      await store.deleteDocument(tx, id)
      await tx.reindex('document', [id])
      if (gone.length > 0) await dropBlobs(tx, gone)
      tx.event({ type: 'document.removed', subject: id })
      return { removed: { documents: 1 } }
    },
  }
}

const endings: Record<DocumentFormat, string> = { html: 'html', markdown: 'md', pdf: 'pdf', text: 'txt', feed: 'xml' }

async function found(from: store.Reader, id: string): Promise<DocumentRow> {
  const row = await store.documentById(from, id)
  if (!row) throw fail('DOCUMENT_NOT_FOUND')
  return row
}

function addressOf(text: string): string {
  const url = readUrl(text)
  if (url !== null) return url
  throw fail('INVALID_INPUT', {}, [{ path: '/url', message: 'is not an address, such as https://example.com/page' }])
}

async function fileOf(upload: AsyncIterable<UploadPart> | undefined): Promise<Omit<Reading, 'url'> | null> {
  let file: Omit<Reading, 'url'> | null = null
  try {
    for await (const { stream, type, filename } of upload ?? []) {
      // What comes behind the file is let go by.
      if (file) {
        stream.resume()
        continue
      }
      const pieces: Buffer[] = []
      for await (const piece of stream) pieces.push(piece as Buffer)
      const bytes = Buffer.concat(pieces)
      // What reaches the transport's limit was cut off there.
      if (bytes.length >= documentLimits.bytes) throw fail('BODY_TOO_LARGE', { max: documentLimits.bytes })
      file = { bytes, type, name: fileName(filename) }
    }
    return file
  } catch (error) {
    const odd = error instanceof CairnError || (error as { code?: string }).code !== undefined
    throw odd ? error : fail('INVALID_INPUT', {}, [{ path: '', message: 'is not sound multipart/form-data' }], error)
  }
}

/** The last part of a path, in one line. */
function fileName(given: string | null): string | null {
  const name = (given ?? '').split(/[\\/]/).at(-1) ?? ''
  return (
    maskText(name.replace(/[\p{Cc}\s]+/gu, ' ').trim())
      .slice(0, 300)
      .toWellFormed() || null
  )
}
