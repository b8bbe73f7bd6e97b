/** What tests of tasks ask again and again. */
import type { Cairn } from '../../../../test/harness.ts'

/** The problem that a call ends with; null when it has none. */
export const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )

/** Types and data of the events that an action made. */
export async function eventsOf({ api }: Cairn, action: () => Promise<unknown>) {
  const { last } = await api.events.follow({ limit: 1_000 })
  await action()
  const { items } = await api.events.follow({ after: last, limit: 1_000 })
  return items.map(({ type, data }) => ({ type, data }))
}
