/** The event log as server-sent events: what came after a number, then what comes. */
import { fail } from '@cairn/api/errors'
import type { Call, Frame } from '../../../kernel/gate/call.ts'
import { headOf } from '../../../kernel/events/read.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Followers } from './followers.ts'

/**
 * What came after a number and what comes from now on; without one, only that. A number beyond the log's
 * end is of another log (a database was restored or begun anew): a frame `resync` says where this one ends, and what
 * comes after that follows.
 */
export async function* frames(
  kernel: Kernel,
  followers: Followers,
  call: Call<unknown>,
  after: number | undefined,
  types: string[] | undefined,
): AsyncGenerator<Frame> {
  const last = await headOf(call)
  const lost = after !== undefined && after > last
  const from = lost ? last : (after ?? last)
  if (lost) yield { event: 'resync', data: { last }, id: String(last) }
  const { signal, leave } = followers.join(call.principal)
  try {
    for await (const event of kernel.events.subscribe({
      workspace: call.workspace,
      after: from,
      ...(types && { types }),
      signal: AbortSignal.any([call.signal, signal]),
    })) {
      yield { event: 'event', data: event, id: String(event.sequence) }
    }
  } finally {
    leave()
  }
}

/** The number in the `Last-Event-ID` of a reconnecting client; INVALID_INPUT for what is none. */
export function resumed(call: Call<unknown>): number | undefined {
  const given = call.header('last-event-id')?.trim()
  if (!given) return undefined
  if (/^\d{1,15}$/.test(given)) return Number(given)
  throw fail('INVALID_INPUT', {}, [{ path: '/last-event-id', message: 'must be the id of an event as it was sent' }])
}
