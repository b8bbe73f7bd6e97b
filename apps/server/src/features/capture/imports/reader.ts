/** A history that is read in a thread of its own, so that neither the loop nor a writer waits for it. */
import { Piscina } from 'piscina'
import type { Extent, PageBatch, VisitBatch } from './batch.ts'
import { type Problem, sound } from './problem.ts'
import type { Opening } from './reader-worker.ts'

export type Reader = Extent & {
  nextPages(after: string, limit: number): Promise<PageBatch>
  nextVisits(after: number, limit: number): Promise<VisitBatch>
  close(): Promise<void>
}

/** Opens a history. PROFILE_NOT_READABLE with the reason. `signal` ends the thread at once, whatever it does. */
export async function openReader(opening: Opening, signal: AbortSignal): Promise<Reader> {
  const filename = new URL('./reader-worker.ts', import.meta.url).href
  const pool = new Piscina({
    ...{ filename, minThreads: 1, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY },
    // Left alone it would fill hundreds of megabytes with strings of batches that are long gone before it cleans up.
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
  })
  const run = <T>(name: string, argument: unknown): Promise<T> => pool.run(argument, { name, signal })
  try {
    const opened = sound(await run<Extent | Problem>('open', opening))
    return {
      ...opened,
      nextPages: async (after, limit) => sound(await run<PageBatch | Problem>('nextPages', { after, limit })),
      nextVisits: async (after, limit) => sound(await run<VisitBatch | Problem>('nextVisits', { after, limit })),
      async close() {
        if (!signal.aborted) await run('close', null).catch(() => undefined)
        await pool.destroy()
      },
    }
  } catch (error) {
    await pool.destroy()
    throw error
  }
}
