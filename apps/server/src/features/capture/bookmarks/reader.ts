/** A file of bookmarks, read in a thread of its own: nothing waits for it, and what takes for ever is ended. */
import { Readable } from 'node:stream'
import { fail } from '@cairn/api/errors'
import { Piscina } from 'piscina'
import type { Bounds, Problem, ReadFile } from './netscape.ts'
import type { Reading } from './reader-worker.ts'

/** Milliseconds; 50,000 bookmarks take less than one second. */
const longest = 60_000

/** BOOKMARKS_NOT_READABLE with the reason. */
export async function readFile(
  source: Readable,
  { signal, ...bounds }: Bounds & { signal: AbortSignal },
): Promise<ReadFile> {
  const pool = new Piscina({
    filename: new URL('./reader-worker.ts', import.meta.url).href,
    ...{ minThreads: 1, maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 512 } },
  })
  const tooLong = AbortSignal.timeout(longest)
  try {
    const file = Readable.toWeb(source)
    const reading: Reading = { file, ...bounds }
    const found = (await pool.run(reading, {
      name: 'read',
      signal: AbortSignal.any([signal, tooLong]),
      transferList: [file as never],
    })) as ReadFile | Problem
    if ('problem' in found) throw unreadable(found.problem)
    return found
  } catch (error) {
    if (signal.aborted) throw error
    if (tooLong.aborted) throw unreadable('reading it takes too long')
    if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw unreadable('reading it takes too much memory')
    throw error
  } finally {
    source.destroy()
    await pool.destroy()
  }
}

export const unreadable = (reason: string) => fail('BOOKMARKS_NOT_READABLE', { reason })
