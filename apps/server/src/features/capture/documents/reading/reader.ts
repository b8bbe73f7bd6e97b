/** Documents are read in threads of their own: nothing waits for one, and what takes for ever is ended. */
import { fail } from '@cairn/api/errors'
import { Piscina } from 'piscina'
import type { Content, Reading, SiteMap, Unreadable } from './content.ts'

/** Milliseconds for one document; a page takes some tens of them, a long PDF some seconds. */
const longest = 60_000
const threads = 2
/** Bytes up to which a thread is enough that cleans up often: left alone it keeps the trees of hundreds of pages. */
const small = 1_048_576

export type Reader = ReturnType<typeof makeReader>

export function makeReader() {
  const pools = new Map<number, Piscina>()
  const opened = ({ length }: Uint8Array) => {
    const maxOldGenerationSizeMb = length <= small ? 192 : 512
    const pool = pools.get(maxOldGenerationSizeMb) ?? opening(maxOldGenerationSizeMb)
    pools.set(maxOldGenerationSizeMb, pool)
    return pool
  }
  return {
    /** DOCUMENT_NOT_READABLE with the reason. */
    async read(reading: Reading, signal: AbortSignal): Promise<Content> {
      const tooLong = AbortSignal.timeout(longest)
      try {
        const found = (await opened(reading.bytes).run(reading, {
          name: 'read',
          signal: AbortSignal.any([signal, tooLong]),
        })) as Content | Unreadable
        if ('problem' in found) throw unreadable(found.problem)
        return found
      } catch (error) {
        if (signal.aborted) throw error
        if (tooLong.aborted) throw unreadable('reading it takes too long')
        if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY')
          throw unreadable('reading it takes too much memory')
        throw error
      }
    },
    /** The addresses of a site's map; none when it is no sound one. */
    async readMap(bytes: Uint8Array, looksFor: readonly string[], signal: AbortSignal): Promise<SiteMap> {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(longest)])
        return (await opened(bytes).run({ bytes, looksFor }, { name: 'readMap', signal: within })) as SiteMap
      } catch (error) {
        if (signal.aborted) throw error
        return { maps: [], links: [] }
      }
    },
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

const opening = (maxOldGenerationSizeMb: number) =>
  new Piscina({
    filename: new URL('./reader-worker.ts', import.meta.url).href,
    ...{ minThreads: 0, maxThreads: threads, idleTimeout: 30_000 },
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb },
  })

export const unreadable = (reason: string) => fail('DOCUMENT_NOT_READABLE', { reason })
