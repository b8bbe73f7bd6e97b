/** Who follows events, by the key or login that let them in: what ends that ends the following. */
import type { CloudEvent } from '../../../kernel/events/event.ts'
import type { Principal } from '../../../kernel/scope.ts'

export type Followers = ReturnType<typeof makeFollowers>

export function makeFollowers() {
  const open = new Map<AbortController, Principal>()
  return {
    /** `signal` aborts when the key or login has ended, or may have; `leave` when they stop by themselves. */
    join(principal: Principal): { signal: AbortSignal; leave(): void } {
      const end = new AbortController()
      open.set(end, principal)
      return { signal: end.signal, leave: () => void open.delete(end) }
    },
    /** An event about one key or login, or about all others of a person: whoever is let in still comes back by themselves. */
    ended({ subject }: CloudEvent): void {
      for (const [end, { credential, person }] of open) if (subject === credential || subject === person) end.abort()
    },
  }
}
