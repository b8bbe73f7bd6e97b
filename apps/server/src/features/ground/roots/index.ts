/**
 * Roots: the folders that Cairn may read, with the state of each. What is in them belongs to files.
 * Table: root. Events: root.created, root.changed, root.scan_requested, root.removed. Asks for the jobs files.scan,
 * files.forget and git.forget.
 * Invariant: roots are real folders of a personal workspace, outside CAIRN_HOME, and none lies inside another.
 */
import { roots as operations } from '@cairn/api/roots'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Workspaces } from '../workspaces/service.ts'
import { eraseModule } from './erase-store.ts'
import { portableRoots } from './portable.ts'
import { makeRootService } from './service.ts'

export type Roots = ReturnType<typeof makeRoots>
export type { RootReport, RootRow } from './store.ts'

export function makeRoots(
  kernel: Pick<Kernel, 'clock' | 'config' | 'database'>,
  workspaces: Pick<Workspaces, 'isPersonal'>,
) {
  const service = makeRootService({
    clock: kernel.clock,
    home: kernel.config.home,
    database: kernel.database,
    workspaces,
  })
  const feature: Feature = {
    name: 'roots',
    tables: ['root'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: async (call) => {
        const place = await service.inspect(call, call.input)
        return call.write((tx) => service.create(tx, place))
      },
      get: (call) => service.get(call, call.input.id),
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id)),
      scan: (call) => call.write((tx) => service.scan(tx, call.input.id, call.input.hash ?? false)),
    }),
    portable: [portableRoots(service)],
    refer: {
      root: async (scope, ids) => {
        const rows = ids.length > 0 ? await service.byIds(scope, ids) : []
        return rows.map(({ id, name, path }) => ({ id, title: name, uri: path }))
      },
    },
    counts: async (scope) => ({ roots: (await service.all(scope)).length }),
  }
  return { ...service, feature }
}
