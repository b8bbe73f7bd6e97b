/**
 * How documents travel: what they say, in all its versions, and the originals that it was read from. Crawls stay at home:
 * what they knew is old by the time it arrives.
 */
import { documentLimits } from '@cairn/api/documents'
import type { Blobs } from '../../../kernel/blobs/blobs.ts'
import {
  id,
  integer,
  later,
  loose,
  maker,
  masked,
  nullable,
  sum,
  text,
  time,
  word,
} from '../../../kernel/portable/line.ts'
import { type Portable, portable } from '../../../kernel/portable/portable.ts'
import { longestAddress } from '../browser/address.ts'
import type { Originals } from './originals.ts'
import { bring } from './portable-originals.ts'

const write = new URL('./portable-write.ts', import.meta.url)
const versions = new URL('./portable-versions.ts', import.meta.url)
const originalsModule = new URL('./portable-originals.ts', import.meta.url)
const address = nullable(text(longestAddress))
const words = text(10_000)
const hash = text(64, 1)
/** What a document is, wherever it came from, and what follows from its newest version. */
const stays = [
  ...['source', 'url', 'url_key', 'fetch_key', 'canonical_url', 'site', 'created_at'],
  ...['content_hash', 'version', 'characters', 'person'],
]
/** What a version's document is known by, where that stands under another id. */
const known = { url_key: later(nullable(hash)), given_hash: later(hash) }

export const portableDocuments = (blobs: Blobs, originals: Originals): readonly Portable[] => [
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
        person: maker,
      },
      // The same address is the same document here already, under its own id.
      identify: [write, 'standingDocuments'],
      twin: true,
      stays,
      amend: [write, 'soundDocument'],
      reindex: 'document',
      event: 'documents.imported',
    },
    { personal: true },
  ),
  portable(
    {
      ...{ component: 'document_versions', table: 'document_version', key: ['document_id', 'version'] },
      ...{ time: 'created_at', newest: false, event: 'documents.imported' },
      columns: {
        ...{ document_id: id, version: integer, title: masked(words), content_hash: hash },
        ...{ markdown: masked(text(documentLimits.characters)), truncated: integer, characters: integer },
        ...{ created_at: time, ...known, person: maker },
      },
    },
    { personal: true, module: versions },
  ),
  portable(
    {
      ...{ component: 'document_originals', table: 'document_version', key: ['document_id', 'version'] },
      ...{ time: 'created_at', newest: false, event: 'documents.imported' },
      columns: { sha256: sum, document_id: id, version: integer, content_hash: hash, created_at: time, ...known },
    },
    {
      ...{ personal: true, module: originalsModule },
      files: { most: documentLimits.bytes, read: (scope, sha256) => blobs.read(scope.workspace, sha256) },
      bring: (scope, given, files) => bring(originals, scope, given, files),
    },
  ),
]
