/** The job that brings a profile's bookmarks in: a copy of its file, written down as a file of bookmarks, brought in as one. */
import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BrowserName } from '@cairn/api/imports'
import { shape, text } from '@cairn/api/shapes'
import { Piscina } from 'piscina'
import { job } from '../../../../kernel/jobs/definition.ts'
import { importJob } from '../../bookmarks/import.ts'
import type { Bookmarks } from '../../bookmarks/index.ts'
import { copyDatabase } from '../copy.ts'
import { type Problem, sound } from '../problem.ts'
import type { Writing, Wrote } from './worker.ts'

type Input = { source: BrowserName; file: string }
/** In one line with imports of files. */
export const bookmarksJob = { type: 'imports.bookmarks', concurrency: importJob.concurrency } as const

/** `folder` is where copies lie while they are read. */
export const importProfileBookmarks = (parts: { folder: string; bring: Bookmarks['bring'] }) =>
  job({
    type: bookmarksJob.type,
    input: shape({ source: BrowserName, file: text(4_096, 1) }),
    timeout: 3_600_000,
    concurrent: 1,
    async run(context) {
      const { source, file } = context.input as Input
      const folder = join(parts.folder, context.id)
      const out = join(folder, 'bookmarks.html')
      try {
        await rm(folder, { recursive: true, force: true })
        await mkdir(folder, { recursive: true, mode: 0o700 })
        context.progress({ phase: 'copying', done: 0, total: null })
        const firefox = source === 'firefox'
        const copy = sound(await copyDatabase(file, folder, context.signal))
        const wrote = await written({ firefox, file: copy.file, out }, context.signal)
        if (!wrote.sound)
          context.log('warn', "The file's checksum does not fit: something other than the browser has changed it.")
        return await parts.bring(context, createReadStream(out))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  })

/** PROFILE_NOT_READABLE with the reason. */
async function written(writing: Writing, signal: AbortSignal): Promise<Wrote> {
  const pool = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    ...{ minThreads: 1, maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 512 } },
  })
  try {
    return sound((await pool.run(writing, { name: 'write', signal })) as Wrote | Problem)
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY')
      return sound<Wrote>({ problem: 'reading it takes too much memory' })
    throw error
  } finally {
    await pool.destroy()
  }
}
