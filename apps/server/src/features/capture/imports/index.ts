/**
 * Imports: what other programs keep of a person, brought in. Table: history_import (how far each import is). Jobs:
 * imports.history, imports.bookmarks, imports.chats. Events: visits.created, bookmarks.imported and threads.imported, one
 * per batch.
 * Invariant: a browser's own files are only read, and running an import again adds nothing that is there.
 */
import { readdir, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { imports as operations } from '@cairn/api/imports'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Threads } from '../../remember/threads/index.ts'
import type { Bookmarks } from '../bookmarks/index.ts'
import { importProfileBookmarks } from './bookmarks/job.ts'
import { importChats } from './chats/job.ts'
import { makeChatsService } from './chats/service.ts'
import { eraseModule } from './erase-store.ts'
import { importHistory } from './job.ts'
import { type ImportParts, makeImportService } from './service.ts'

export type Imports = ReturnType<typeof makeImports>

export function makeImports(
  kernel: Pick<Kernel, 'clock' | 'config' | 'blobs' | 'database' | 'log'>,
  workspaces: ImportParts['workspaces'],
  threads: Pick<Threads, 'bring'>,
  bookmarks: Pick<Bookmarks, 'bring'>,
) {
  const { mode, home } = kernel.config
  const chats = makeChatsService(kernel)
  const service = makeImportService({ mode, workspaces, system: { platform: process.platform, home: homedir() } })
  // Copies of a process that was killed are found by their folder's name, and removed: they hold a whole history.
  const copies = join(home, 'tmp', 'imports')
  const own = newId()
  const feature: Feature = {
    name: 'imports',
    tables: ['history_import'],
    erase: eraseModule,
    operations: handle(operations, {
      history: (call) => service.history(call, call.input),
      bookmarks: (call) => service.bookmarks(call, call.input),
      chats: (call) => chats.chats(call),
      profiles: () => service.profiles(),
    }),
    jobs: [
      importHistory({ clock: kernel.clock, folder: join(copies, own) }),
      importProfileBookmarks({ folder: join(copies, own), bring: bookmarks.bring }),
      importChats({ clock: kernel.clock, blobs: kernel.blobs, threads }),
    ],
    listens: { 'job.failed': chats.ended, 'job.cancelled': chats.ended },
    async start() {
      const left = (await readdir(copies).catch(() => [])).filter((name) => name !== own)
      for (const name of left) await rm(join(copies, name), { recursive: true, force: true })
      return () => rm(join(copies, own), { recursive: true, force: true })
    },
  }
  return { ...service, feature }
}
