/**
 * Browser memory: visits of pages, as browsers and extensions saw them. Tables: history (one row per visit), pages (one
 * per address), page_text (what it said), site, page_bucket. Passages: `visit`, one source per page. Events: visits.created,
 * visits.removed, pages.read, pages.forgotten, one per batch, without addresses.
 * Invariant: addresses and texts are masked before they are stored, the same visit (page and millisecond) is stored once,
 * and what a page said goes with the visit that it came with.
 */
import { browser as operations } from '@cairn/api/browser'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { tallied } from '../../../kernel/tallies.ts'
import { eraseModule } from './erase-store.ts'
import { retainModule } from './retain-store.ts'
import { recountPages, removeHistory } from './jobs.ts'
import { titleOf, visitPassages } from './passages.ts'
import { type BrowserParts, makeBrowserService } from './service.ts'
import { pagesByIds, totals } from './store.ts'
import { portableHistory } from './portable.ts'

export type Browser = ReturnType<typeof makeBrowser>

/** `silent` says which tabs are not to be read; tabs come after this feature. */
export function makeBrowser(
  kernel: Pick<Kernel, 'clock' | 'jobs' | 'passages'>,
  { workspaces, capture, silent }: Pick<BrowserParts, 'workspaces' | 'capture' | 'silent'>,
) {
  const { clock, jobs, passages } = kernel
  const service = makeBrowserService({ clock, jobs, passages, workspaces, capture, silent })
  const feature: Feature = {
    name: 'browser',
    tables: ['history', 'pages', 'page_text', 'site', 'page_bucket'],
    erase: eraseModule,
    retain: retainModule,
    operations: handle(operations, {
      listHistory: (call) => service.listHistory(call, call.input),
      createVisit: (call) => service.createVisit(call, call.input),
      removeHistory: (call) => service.removeHistory(call, call.input),
      removeVisit: (call) => service.removeVisit(call, call.input.id),
      listVisits: (call) => service.listVisits(call, call.input),
      createVisits: (call) => service.createVisits(call, call.input),
      getText: (call) => service.getText(call, call.input.id),
      removeText: (call) => call.write((tx) => service.removeText(tx, call.input.id)),
      listSites: (call) => service.listSites(call, call.input),
      graph: (call) => service.graph(call, call.input),
      neighbours: (call) => service.neighbours(call, call.input),
      listDays: (call) => service.listDays(call, call.input),
    }),
    jobs: [recountPages, removeHistory],
    portable: portableHistory,
    passages: [visitPassages],
    refer: {
      visit: async (scope, ids) => {
        const rows = ids.length > 0 ? await pagesByIds(scope, ids) : []
        return rows.map((row) => ({ id: row.id, title: titleOf(row), uri: row.url }))
      },
    },
    tallies: ['visits'],
    counts: async (scope) => {
      const { pages, sites } = await totals(scope)
      return { history: await tallied(scope, 'visits'), pages, sites }
    },
  }
  return { ...service, feature }
}
