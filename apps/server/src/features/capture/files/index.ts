/**
 * Files: what lies below the roots, which of it is indexed and why not, and its text.
 * Table: file_index. Passages: `file`. Jobs: files.scan, files.forget. Events: files.changed, files.forgotten.
 * Invariant: whatever is read of a user's file came through the one door, `paths.ts`; links, git's data, devices and
 * CAIRN_HOME never do.
 */
import { realpathSync } from 'node:fs'
import { files as operations } from '@cairn/api/files'
import { type Feature, handle } from '../../../kernel/feature.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { RootRow, Roots } from '../../ground/roots/index.ts'
import { makeDisk } from './disk.ts'
import { eraseModule } from './erase-store.ts'
import { makeFollowing } from './follow.ts'
import { fileJobs } from './jobs.ts'
import { filePassages, uriOf } from './passages.ts'
import type { Bounds } from './paths.ts'
import { makeFileService } from './service.ts'

export type Files = ReturnType<typeof makeFiles>
export type { Annotate } from './service.ts'

export function makeFiles(
  kernel: Pick<Kernel, 'clock' | 'config' | 'log' | 'scope'>,
  roots: Roots,
  capture: Pick<Capture, 'rules'>,
) {
  let home: string | undefined
  const boundsOf = (root: Pick<RootRow, 'path'>): Bounds => {
    home ??= realpathSync(kernel.config.home)
    return { root: root.path, home }
  }
  // One thread scans and watches, the other answers people, so that nobody waits behind a scan.
  const scanning = makeDisk(kernel.log, {
    news: (root, news) => following.news(root, news),
    lost: () => following.rescan(),
  })
  const reading = makeDisk(kernel.log)
  const following = makeFollowing({ kernel, roots, disk: scanning, boundsOf, capture })
  const service = makeFileService({ ask: reading.ask, roots, boundsOf })

  const feature: Feature = {
    name: 'files',
    tables: ['file_index'],
    erase: eraseModule,
    operations: handle(operations, {
      tree: (call) => service.tree(call, call.input),
      content: (call) => service.content(call, call.input),
      find: (call) => service.find(call, call.input),
      list: (call) => service.list(call, call.input),
      get: (call) => service.get(call, call.input.id),
    }),
    jobs: fileJobs(following),
    passages: [filePassages({ ask: reading.ask, roots, boundsOf, reading: following.indexing })],
    refer: {
      file: async (scope, ids) => {
        const rows = ids.length > 0 ? await service.byIds(scope, ids) : []
        const known = new Map((await roots.all(scope)).map((root) => [root.id, root]))
        return rows.flatMap((row) => {
          const root = known.get(row.root)
          return root ? [{ id: row.id, title: row.name, uri: uriOf(root, row) }] : []
        })
      },
    },
    counts: async (scope) => {
      const all = await roots.all(scope)
      return { files: all.reduce((sum, root) => sum + root.indexed + root.pending, 0) }
    },
    listens: {
      'capture.resumed': ({ workspace, data }) => {
        if (data.target === 'site') return
        const resumed = following.resume(workspace, typeof data.root === 'string' ? data.root : null)
        resumed.catch((error: unknown) => kernel.log.warn({ err: error }, 'Folders cannot be looked through again'))
      },
    },
    async start() {
      await following.start()
      return async () => {
        await Promise.all([following.stop(), scanning.close()])
        await reading.close()
      }
    },
  }
  return { ...service, feature }
}
