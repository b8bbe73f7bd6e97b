/** Bundles are read in a thread of their own, one at a time, so that neither the loop nor a writer waits for it. */
import { fail } from '@cairn/api/errors'
import { Piscina } from 'piscina'
import type { TSchema } from 'typebox'
import { type Contents, schemaVersion, unreadable } from './manifest.ts'
import type { Batch, Checked, Handed, Problem, ToCheck } from './reader-worker.ts'

export type Reader = {
  contents: Contents
  check(what: ToCheck): Promise<Checked>
  /** Lines for somebody else to look at. */
  hand(component: string): Promise<Handed>
  next(component: string, skip: number): Promise<Batch>
  /** Lays a file that lines name out at `to`. It was checked with them. */
  unpack(sha256: string, to: string): Promise<void>
  close(): Promise<void>
}
export type Readers = ReturnType<typeof makeReaders>

const filename = new URL('./reader-worker.ts', import.meta.url).href
/** How long the thread waits for another bundle. */
const idleMilliseconds = 20_000

/** Plain data crosses to another thread; what else a schema carries does not. */
export const plainSchema = (schema: TSchema) => JSON.parse(JSON.stringify(schema)) as TSchema

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
        check: (what) => run('check', { ...what, schema: plainSchema(what.schema) }),
        hand: (component) => run('hand', { component }),
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
