/** A bundle that is read in a thread of its own, so that neither the loop nor a writer waits for it. */
import { fail } from '@cairn/api/errors'
import { Piscina } from 'piscina'
import type { TSchema } from 'typebox'
import { type Contents, schemaVersion, unreadable } from './manifest.ts'
import type { Batch, Checked, Problem } from './reader-worker.ts'

export type Reader = {
  contents: Contents
  check(component: string, schema: TSchema): Promise<Checked>
  next(component: string, skip: number): Promise<Batch>
  close(): Promise<void>
}

/** BUNDLE_NEWER, BUNDLE_NOT_READABLE. `signal` ends the thread at once, whatever it does. */
export async function openReader(file: string, signal: AbortSignal): Promise<Reader> {
  const filename = new URL('./reader-worker.ts', import.meta.url).href
  const pool = new Piscina({
    ...{ filename, minThreads: 1, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY },
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 },
  })
  const run = async <T extends object>(name: string, argument: unknown): Promise<T> => {
    const answer = (await pool.run(argument, { name, signal })) as T | Problem
    if ('newer' in answer) throw fail('BUNDLE_NEWER', { version: answer.newer, known: schemaVersion })
    if ('problem' in answer) throw unreadable(answer.problem)
    return answer
  }
  try {
    return {
      contents: await run<Contents>('open', { file }),
      // Plain data crosses; what else a schema carries does not.
      check: (component, schema) => run('check', { component, schema: JSON.parse(JSON.stringify(schema)) as unknown }),
      next: (component, skip) => run('next', { component, skip }),
      async close() {
        if (!signal.aborted) await pool.run(null, { name: 'close' }).catch(() => undefined)
        await pool.destroy()
      },
    }
  } catch (error) {
    await pool.destroy()
    throw error
  }
}
