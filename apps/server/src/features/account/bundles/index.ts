/**
 * Bundles: what is in a workspace as one file, out of one Cairn and into another. Knows no feature: it carries what each
 * offers in its slot `portable`. Table: bundle. Jobs: bundles.export, bundles.import, bundles.expire. Events:
 * bundle.exported, bundle.imported, bundle.removed; rows that come in are told as their features tell of rows.
 * Invariant: nothing of a bundle comes in before all of it was looked at, and what came in comes in once.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundles as operations } from '@cairn/api/bundles'
import { shape } from '@cairn/api/shapes'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { newId } from '../../../kernel/ids.ts'
import { job } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { eraseModule } from './erase-store.ts'
import { exportBundle } from './export.ts'
import { importBundle } from './import.ts'
import { makeReaders } from './reader.ts'
import { makeBundleService } from './service.ts'

type Workspaces = { isPersonal(scope: Pick<Scope, 'workspace' | 'db'>): Promise<boolean> }

/** `features` are those before this one, in the order of the house: what they hang in comes in first. */
export function makeBundles(kernel: Kernel, workspaces: Workspaces, features: readonly Feature[]) {
  const portables = () => features.flatMap((feature) => feature.portable ?? [])
  const service = makeBundleService({ ...kernel, portables })
  // Files of a process that was killed are found by their folder's name, and removed: they hold all that a person has.
  const files = join(kernel.config.home, 'tmp', 'bundles')
  const own = newId()
  const readers = makeReaders()
  const feature: Feature = {
    name: 'bundles',
    tables: ['bundle'],
    erase: eraseModule,
    operations: handle(operations, {
      components: async () => ({ items: service.components() }),
      list: (call) => service.list(call, call.input),
      export: (call) => service.exportBundle(call, call.input),
      exportSome: (call) => {
        const { component: components, since } = call.input
        return service.exportBundle(call, { ...(components && { components }), ...(since && { since }) })
      },
      download: (call) => service.download(call, call.input.id),
      remove: (call) => service.remove(call, call.input.id),
      import: (call) => service.importBundle(call),
    }),
    jobs: [
      exportBundle({ ...kernel, portables }),
      importBundle({ ...kernel, portables, readers, isPersonal: workspaces.isPersonal, folder: join(files, own) }),
      job({
        type: 'bundles.expire',
        input: shape({}),
        quiet: true,
        upkeep: true,
        schedule: { cron: '23 * * * *', input: {} },
        run: ({ scope }) => service.expire(scope),
      }),
    ],
    listens: { 'job.failed': service.ended, 'job.cancelled': service.ended },
    async start() {
      const left = (await readdir(files).catch(() => [])).filter((name) => name !== own)
      for (const name of left) await rm(join(files, name), { recursive: true, force: true })
      return async () => {
        await readers.stop()
        await rm(join(files, own), { recursive: true, force: true })
      }
    },
  }
  return { feature }
}
