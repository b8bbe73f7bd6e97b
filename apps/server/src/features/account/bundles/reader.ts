/** Bundles are read in a thread of their own, one at a time, so that neither the loop nor a writer waits for it. */
import { fail } from '@cairn/api/errors'
import { Piscina } from 'piscina'
import { type Contents, schemaVersion, unreadable } from './manifest.ts'
import type { Batch, Checked, Problem, ToCheck } from './reader-worker.ts'

export type Reader = {
  contents: Contents
  check(what: ToCheck): Promise<Checked>
  next(component: string, skip: number): Promise<Batch>
  /** Lays a file that lines name out at `to`. It was checked with them. */
  unpack(sha256: string, to: string): Promise<void>
  close(): Promise<void>
}
export type Readers = ReturnType<typeof makeReaders>

const filename = new URL('./reader-worker.ts', import.meta.url).href
/** How long the thread waits for another bundle. */
const idleMilliseconds = 20_000

export function makeReaders() {
  let pool: Piscina | null = null
  let leaving: NodeJS.Timeout | undefined

  async function stop(): Promise<void> {
    clearTimeout(leaving)
    const old = pool
    pool = null
    await old?.destroy()
  }

  /** BUNDLE_NEWER, BUNDLE_NOT_READABLE. `signal` ends the thread at once, whatever it does. */
  async function open(file: string, signal: AbortSignal): Promise<Reader> {
    clearTimeout(leaving)
    const used = (pool ??= new Piscina({
      ...{ filename, minThreads: 1, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY },
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 384 },
    }))
    const run = async <T extends object>(name: string, argument: unknown): Promise<T> => {
      const answer = (await used.run(argument, { name, signal })) as T | Problem
      if ('newer' in answer) throw fail('BUNDLE_NEWER', { version: answer.newer, known: schemaVersion })
      if ('problem' in answer) throw unreadable(answer.problem)
      return answer
    }
    const close = async () => {
      if (!signal.aborted) await used.run(null, { name: 'close' }).catch(() => undefined)
      leaving = setTimeout(() => void stop(), idleMilliseconds).unref()
    }
    try {
      return {
        contents: await run<Contents>('open', { file }),
        // Plain data crosses; what else a schema carries does not.
        check: (what) => run('check', { ...what, schema: JSON.parse(JSON.stringify(what.schema)) as unknown }),
        unpack: async (sha256, to) => void (await run('unpack', { sha256, to })),
        next: (component, skip) => run('next', { component, skip }),
        close,
      }
    } catch (error) {
      await close()
      throw error
    }
  }

  return { open, stop }
}
