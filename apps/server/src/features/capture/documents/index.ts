/**
 * Documents: pages, files and feeds, read as Markdown. Tables: documents, document_version (one row per content).
 * Passages: `document`, the newest version. Job: documents.drop. Events: document.created, document.changed,
 * document.removed; none carries content.
 * Invariant: text is masked before it is stored, and an address stands for one document at most.
 */
import { documents as operations } from '@cairn/api/documents'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { dropOriginals, makeOriginals } from './originals.ts'
import { documentPassages } from './passages.ts'
import { makeReader } from './reading/reader.ts'
import { uriOf } from './rows.ts'
import { makeDocumentsService } from './service.ts'
import { documentsByIds, total } from './store.ts'

export function makeDocuments(kernel: Pick<Kernel, 'blobs'>) {
  const reader = makeReader()
  const originals = makeOriginals(kernel.blobs)
  const service = makeDocumentsService({ reader, originals, blobs: kernel.blobs })
  const feature: Feature = {
    name: 'documents',
    tables: ['documents', 'document_version'],
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => service.create(call, call.input),
      add: (call) => service.upload(call, call.input),
      get: (call) => service.get(call, call.input.id, call.input.version),
      original: async (call) => {
        const { stream, name } = await service.original(call, call.input.id, call.input.version)
        // Never as what it is: nothing that came from outside runs in the workbench's origin.
        return answer.bytes(stream, 'application/octet-stream', name)
      },
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id)),
    }),
    jobs: [dropOriginals(originals)],
    passages: [documentPassages],
    refer: {
      document: async (scope, ids) => {
        const rows = ids.length > 0 ? await documentsByIds(scope, ids) : []
        return rows.map((row) => ({ id: row.id, title: row.title, uri: uriOf(row) }))
      },
    },
    counts: async (scope) => ({ documents: await total(scope) }),
    start: async () => () => reader.close(),
  }
  return { feature }
}
