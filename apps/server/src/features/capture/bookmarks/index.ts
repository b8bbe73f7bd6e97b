/**
 * Bookmarks: addresses that a person keeps, in folders, in an order of their own.
 * Tables: bookmarks, bookmark_folders, bookmark_import (how far each import is). Passages: `bookmark`. Jobs:
 * bookmarks.import, bookmarks.remove. Events: bookmark.created, bookmark.changed, bookmark.removed, bookmark_folder.created,
 * bookmark_folder.changed, bookmark_folder.removed, bookmarks.imported, bookmarks.removed; none carries content.
 * Invariant: an address is masked before it is stored, and a folder never hangs in itself.
 */
import type { Readable } from 'node:stream'
import { bookmarks as operations } from '@cairn/api/bookmarks'
import { fail } from '@cairn/api/errors'
import { iso } from '../../../kernel/clock.ts'
import type { CloudEvent } from '../../../kernel/events/event.ts'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import { seenVersion } from '../../../kernel/gate/etag.ts'
import type { JobContext } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { tallied } from '../../../kernel/tallies.ts'
import { eraseModule } from './erase-store.ts'
import { exportFile } from './export.ts'
import * as folders from './folders.ts'
import { bringAnew, dropFile, importBookmarks, startImport } from './import.ts'
import { bookmarkPassages, nameOf } from './passages.ts'
import { removalJob, removeFolder } from './remove.ts'
import * as service from './service.ts'
import { bookmarksByIds, countFolders } from './store.ts'
import { portableBookmarks } from './portable.ts'

export type Bookmarks = ReturnType<typeof makeBookmarks>
type Workspaces = { isPersonal(scope: Pick<Scope, 'workspace' | 'db'>): Promise<boolean> }

export function makeBookmarks(
  kernel: Pick<Kernel, 'blobs' | 'clock' | 'database' | 'jobs' | 'log'>,
  workspaces: Workspaces,
) {
  const { blobs, clock, database, jobs, log } = kernel
  const { guarded } = service
  /** What a browser knows is one person's: shared workspaces do not take it. */
  async function assertPersonal(scope: Scope): Promise<void> {
    if (!(await workspaces.isPersonal(scope))) throw fail('WORKSPACE_NOT_PERSONAL')
  }
  const letGo = ({ data, workspace, subject }: CloudEvent) => {
    if (data.type !== 'bookmarks.import') return
    const dropped = dropFile({ workspace, db: database.db }, blobs, subject)
    dropped.catch((error: unknown) => log.warn({ err: error }, 'the file of an import could not be removed'))
  }

  const feature: Feature = {
    name: 'bookmarks',
    tables: ['bookmarks', 'bookmark_folders', 'bookmark_import'],
    erase: eraseModule,
    operations: handle(operations, {
      list: (call) => service.list(call, call.input),
      create: async (call) => {
        await assertPersonal(call)
        return guarded(call.write((tx) => service.create(tx, call.input)))
      },
      tags: (call) => service.tags(call, call.input.limit ?? 100),
      get: (call) => service.get(call, call.input.id),
      update: (call) => {
        const { id, ...patch } = call.input
        return guarded(call.write((tx) => service.update(tx, id, patch, seenVersion(call))))
      },
      move: (call) => {
        const { id, ...spot } = call.input
        return guarded(call.write((tx) => service.move(tx, id, spot)))
      },
      remove: (call) => call.write((tx) => service.remove(tx, call.input.id, seenVersion(call))),
      listFolders: (call) => folders.listFolders(call, call.input),
      tree: (call) => service.tree(call),
      createFolder: async (call) => {
        await assertPersonal(call)
        return guarded(call.write((tx) => folders.createFolder(tx, call.input)))
      },
      getFolder: (call) => folders.getFolder(call, call.input.id),
      updateFolder: (call) =>
        call.write((tx) => folders.renameFolder(tx, call.input.id, call.input.title, seenVersion(call))),
      moveFolder: (call) => {
        const { id, ...spot } = call.input
        return guarded(call.write((tx) => folders.moveFolder(tx, id, spot)))
      },
      removeFolder: (call) => removeFolder(call, jobs, call.input.id),
      import: async (call) => {
        await assertPersonal(call)
        const folder = await folders.placeOf(call, call.input.folder_id)
        return startImport(call, blobs, call.upload, folder)
      },
      export: async (call) => {
        const folder = await folders.placeOf(call, call.input.folder_id)
        const name = `bookmarks-${iso(clock.now()).slice(0, 10)}.html`
        return answer.bytes(await exportFile(call, folder), 'text/html; charset=utf-8', name)
      },
    }),
    jobs: [importBookmarks({ blobs, clock }), removalJob],
    // Whoever cancels or fails an import does not need its file any more.
    listens: { 'job.cancelled': letGo, 'job.failed': letGo },
    portable: portableBookmarks,
    passages: [bookmarkPassages],
    refer: {
      bookmark: async (scope, ids) => {
        const rows = ids.length > 0 ? await bookmarksByIds(scope, ids) : []
        return rows.map((row) => ({ id: row.id, title: nameOf(row), uri: row.url }))
      },
    },
    counts: async (scope) => ({
      bookmarks: await tallied(scope, 'bookmarks'),
      bookmark_folders: await countFolders(scope),
    }),
  }
  const bring = (context: JobContext<unknown>, source: Readable) => bringAnew(context, clock, source)
  return { bring, feature }
}
