/**
 * Tabs: what is open in the browser now, and the thread that belongs to each. Table: tabs. Jobs: tabs.follow.
 * Events: tab.created, tab.changed, tab.closed, tabs.changed; none carries addresses.
 * Invariant: addresses are masked before they are stored, and no tab names a thread that is gone.
 */
import { tabs as operations } from '@cairn/api/tabs'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Threads } from '../../remember/threads/index.ts'
import type { Browser } from '../browser/index.ts'
import { eraseModule } from './erase-store.ts'
import { followJob } from './jobs.ts'
import { makeTabService } from './service.ts'
import { countTabs, tabsByIds } from './store.ts'
import { portableTabs } from './portable.ts'

export type Tabs = ReturnType<typeof makeTabs>

export function makeTabs(capture: Pick<Capture, 'rules'>, threads: Threads, browser: Browser) {
  const service = makeTabService({ capture, threads, browser })
  const feature: Feature = {
    name: 'tabs',
    tables: ['tabs'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: (call) => service.create(call, call.input),
      replace: (call) => service.replace(call, call.input.tabs),
      get: (call) => service.get(call, call.input.id),
      update: (call) => {
        const { id, ...patch } = call.input
        return service.update(call, id, patch, seenVersion(call))
      },
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id, seenVersion(call))),
      bind: (call) => call.write((tx) => service.bind(tx, call.input.id, call.input.thread_id)),
    }),
    portable: portableTabs,
    jobs: [followJob(service)],
    refer: {
      tab: async (scope, ids) => {
        const rows = ids.length > 0 ? await tabsByIds(scope, ids) : []
        return rows.map((row) => ({
          id: row.id,
          title: row.current_title ?? row.current_url ?? '',
          uri: row.current_url ?? `tab:${row.id}`,
        }))
      },
    },
    forget: async (tx, { kind, id }): Promise<Record<string, number>> => {
      const tabs = kind === 'thread' ? await service.detach(tx, id) : 0
      return tabs > 0 ? { tabs_detached: tabs } : {}
    },
    counts: async (scope) => ({ tabs: await countTabs(scope) }),
  }
  return { ...service, feature }
}
