/**
 * What is read of a conversation: from its newest turn back, following what is said, or from a place in it both ways. A
 * place is a message, or the start.
 */
import type { PathMessage } from '@cairn/api/threads'
import { type Accessor, createMemo, untrack } from 'solid-js'
import { api } from '../../lib/api.ts'
import { makePages } from '../../lib/pages.ts'
import { usePages } from '../../lib/queries.ts'
import { start } from './place.ts'
import { placesOf } from './stretches.ts'

const limit = 200

/** `place` null is the newest turn. */
export function useConversation(thread: Accessor<string | null>, place: Accessor<string | null>) {
  const older = usePages('threads', 'path', () => {
    const [thread_id, at] = [thread(), place()]
    if (thread_id === null) return null
    return { thread_id, limit, ...(at === start ? { from: start } : at !== null && { around: at }) }
  })
  /** Where later turns begin; those that are shown stay until another place has come. */
  const from = createMemo<string | null>((before) => {
    if (older.query.isPlaceholderData) return before
    return place() === null ? null : (older.first()?.newer_cursor ?? null)
  }, null)
  const newer = makePages<PathMessage>(() => {
    const [first, thread_id] = [from(), untrack(thread)]
    if (first === null || thread_id === null) return null
    const read = async (cursor: string | null, signal: AbortSignal) => {
      const page = await api.threads.path({ thread_id, limit, cursor: cursor ?? first }, { signal })
      return { items: page.items.toReversed(), next_cursor: page.newer_cursor }
    }
    return { key: ['threads', 'path', 'newer', thread_id, first], read }
  })
  /** The last first. */
  const items = createMemo(() => [...newer.items().toReversed(), ...older.items()])
  const hasNewer = () => from() !== null && (!newer.query.isSuccess || newer.query.hasNextPage || unread())
  const unread = () => newer.query.isFetchingNextPage

  return {
    items,
    older,
    newer,
    hasNewer,
    /** Is another place being read than the one that is shown? */
    waiting: () => thread() !== null && older.first() === undefined,
    /** Says which stretches are in sight. */
    see(stretches: ReadonlySet<string>) {
      const [first, last] = placesOf(stretches, items())
      const later = newer.items().length
      older.see([first - later, last - later])
      newer.see([later - last, later - first])
    },
  }
}
