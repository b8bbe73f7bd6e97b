/**
 * Events: the one log, read, followed and audited. The kernel appends it.
 * Tables: none of its own. Events: none. Invariant: whoever follows sees every event once, in order, or is told to resume.
 */
import { events as api } from '@cairn/api/events'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { CloudEvent } from '../../../kernel/events/event.ts'
import { headOf, matches } from '../../../kernel/events/read.ts'
import type { Verification } from '../../../kernel/events/verify.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { eraseModule } from './erase-store.ts'
import { retainModule } from './retain-store.ts'
import { makeFollowers } from './followers.ts'
import { makeProgress } from './progress.ts'
import { openSocket } from './socket.ts'
import { frames, resumed } from './stream.ts'

const verifyModule = new URL('../../../kernel/events/verify.ts', import.meta.url)
const page = 1_000

export function makeEventsFeature(kernel: Kernel): { feature: Feature } {
  const followers = makeFollowers()
  const progress = makeProgress(kernel.jobs)
  const feature: Feature = {
    name: 'events',
    tables: [],
    erase: eraseModule,
    retain: retainModule,
    listens: { 'login.ended': followers.ended, 'key.removed': followers.ended, 'key.rotated': followers.ended },
    operations: handle(api, {
      follow: async (call) => {
        const { after, limit, types } = call.input
        if (call.accepts === 'events')
          return answer.events(frames(kernel, followers, call, resumed(call) ?? after, types))
        const items = await readSome(kernel, call, after ?? 0, limit ?? 50, types)
        return { items, last: await headOf(call) }
      },
      socket: async (call) => answer.socket((socket) => openSocket({ kernel, followers, progress }, call, socket)),
      audit: async (call) => {
        const found = await call.apart.read<Verification>(verifyModule, 'verifyApart', { kept: [] })
        const [fault] = found.faults
        return {
          valid: found.ok,
          checked: found.checked,
          head: { sequence: found.head.seq, hash: found.head.hash },
          fault: fault ? { sequence: fault.seq, reason: fault.message } : null,
        }
      },
    }),
  }
  return { feature }
}

/** Up to `limit` events of these types after a number; reads on until enough are found or the log ends. */
async function readSome(kernel: Kernel, scope: Scope, after: number, limit: number, types: string[] | undefined) {
  const found: CloudEvent[] = []
  for (let at = after; ; ) {
    const read = await kernel.events.read(scope, at, types ? page : limit)
    found.push(...read.filter((event) => !types || matches(types, event.type)))
    const last = read.at(-1)
    if (!last || !types || found.length >= limit) return found.slice(0, limit)
    at = last.sequence
  }
}
