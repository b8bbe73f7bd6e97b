/** How transaction bodies are run on both databases: never one inside another, and never without end. */
import { AsyncLocalStorage } from 'node:async_hooks'

export type Bodies = ReturnType<typeof makeBodies>

/** Milliseconds after which a body is given up; it holds locks that others wait for. */
const longest = 30_000

export function makeBodies() {
  const inside = new AsyncLocalStorage<{ open: boolean }>()

  return {
    /** Throws when the caller is itself a transaction's body. */
    assertOutside() {
      if (!inside.getStore()?.open) return
      throw new Error(
        'Inside a transaction only its own db may be used: hand tx on. A second one would wait for the first.',
      )
    },
    /** Runs a body; rejects when it takes too long, which means that it awaits something else than the database. */
    async run<T>(body: () => Promise<T>, limit = longest): Promise<T> {
      const marker = { open: true }
      let timer: NodeJS.Timeout | undefined
      const tooLong = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`A transaction's body took longer than ${limit / 1_000} s.`)), limit)
      })
      try {
        return await Promise.race([inside.run(marker, body), tooLong])
      } finally {
        clearTimeout(timer)
        marker.open = false
      }
    },
  }
}
