/**
 * How documents travel: what they say, in all its versions. Originals and crawls stay at home: what was read from an
 * original is here, and what a crawl knew is old by the time it arrives.
 */
import { documentLimits } from '@cairn/api/documents'
import { id, integer, loose, masked, nullable, text, time, word } from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { longestAddress } from '../browser/address.ts'

const write = new URL('./portable-write.ts', import.meta.url)
const address = nullable(text(longestAddress))
const words = text(10_000)
const hash = text(64, 1)

export const portableDocuments: readonly Portable[] = [
  portable(
    {
      ...{ component: 'documents', table: 'documents', key: ['id'], time: 'updated_at', newest: true },
      columns: {
        ...{ id, format: word('html', 'markdown', 'text', 'pdf', 'feed'), source: word('api', 'upload', 'crawl') },
        ...{ title: masked(words), description: masked(nullable(words)), author: nullable(words) },
        ...{ language: nullable(text(100)), published_at: nullable(time), url: address, url_key: nullable(hash) },
        ...{ fetch_key: nullable(hash), canonical_url: address, site: nullable(words), file_name: nullable(words) },
        ...{ content_hash: hash, given_hash: hash, version: loose(integer), characters: integer },
        ...{ etag: nullable(words), last_modified: nullable(words) },
        ...{ created_at: time, updated_at: time, checked_at: loose(time) },
      },
      // The same address is the same document here already, under its own id.
      twin: true,
      amend: [write, 'soundDocument'],
      reindex: 'document',
      event: 'documents.imported',
    },
    { personal: true },
  ),
  portable(
    {
      ...{ component: 'document_versions', table: 'document_version', key: ['document_id', 'version'] },
      ...{ time: 'created_at', newest: false },
      columns: {
        ...{ document_id: id, version: integer, title: masked(words), content_hash: hash },
        ...{ markdown: masked(text(documentLimits.characters)), truncated: integer, characters: integer },
        created_at: time,
      },
      constants: { blob: null },
      needs: [{ column: 'document_id', table: 'documents', component: 'documents', otherwise: 'refuse' }],
      after: [write, 'indexAgain'],
      event: 'documents.imported',
    },
    { personal: true },
  ),
]
