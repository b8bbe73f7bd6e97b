/**
 * Documents: pages, files and feeds, read as Markdown, and the focused crawl that fetches them.
 * Tables: documents, document_version (one row per content), crawl, crawl_page (the addresses that a crawl knows),
 * crawl_host, crawl_schedule. Passages: `document`, the newest version. Jobs: focused_crawl, documents.drop,
 * documents.crawls_due. Events: document.created, document.changed, document.removed, crawl.unscheduled; none carries
 * content.
 * Invariant: text is masked before it is stored, an address stands for one document at most, and no crawl asks for an
 * address again whose answer was written.
 */
import { crawls } from '@cairn/api/crawls'
import { documents as operations } from '@cairn/api/documents'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { tallied } from '../../../kernel/tallies.ts'
import { crawlUpkeep, focusedCrawl } from './crawl/jobs.ts'
import type { Pace } from './crawl/pace.ts'
import { makeCrawlService } from './crawl/service.ts'
import { eraseModule } from './erase-store.ts'
import { dropOriginals, makeOriginals } from './originals.ts'
import { documentPassages } from './passages.ts'
import { portableDocuments } from './portable.ts'
import { makeReader } from './reading/reader.ts'
import { uriOf } from './rows.ts'
import { makeDocumentsService } from './service.ts'
import { documentsByIds } from './store.ts'

export type Documents = ReturnType<typeof makeDocuments>

export function makeDocuments(kernel: Pick<Kernel, 'blobs' | 'clock' | 'config' | 'egress' | 'outgoing'>) {
  const { blobs, clock, config, egress, outgoing } = kernel
  const reader = makeReader()
  const originals = makeOriginals(blobs)
  const service = makeDocumentsService({ reader, originals, blobs })
  const paces = new Map<string, Pace>()
  const crawling = makeCrawlService({ outgoing, delay: config.crawlDelay, paces })
  const feature: Feature = {
    name: 'documents',
    erase: eraseModule,
    retain: eraseModule,
    tables: ['documents', 'document_version', 'crawl', 'crawl_page', 'crawl_host', 'crawl_schedule'],
    operations: [
      ...handle(operations, {
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
      ...handle(crawls, {
        start: (call) => crawling.start(call, call.input),
        list: (call) => crawling.list(call, call.input),
        listSchedules: (call) => crawling.listSchedules(call),
        removeSchedule: (call) => call.write((tx) => crawling.removeSchedule(tx, call.input.id)),
        get: (call) => crawling.get(call, call.input.job),
        listPages: (call) => crawling.listPages(call, call.input.job, call.input),
      }),
    ],
    jobs: [
      dropOriginals(originals),
      focusedCrawl({ clock, blobs, outgoing, egress, reader, originals, paces }),
      crawlUpkeep,
    ],
    passages: [documentPassages],
    portable: portableDocuments(blobs, originals),
    refer: {
      document: async (scope, ids) => {
        const rows = ids.length > 0 ? await documentsByIds(scope, ids) : []
        return rows.map((row) => ({ id: row.id, title: row.title, uri: uriOf(row) }))
      },
    },
    tallies: ['documents'],
    counts: async (scope) => ({ documents: await tallied(scope, 'documents') }),
  }
  /** `close` ends the threads that read; once no job runs any more. */
  return { named: service.named, feature, close: () => reader.close() }
}
