/** How messages become searchable: a thread is a group, its turns are neighbours. */
import { maskSecrets } from '../../../kernel/masking.ts'
import type { PassageKind, PassageSource } from '../../../kernel/passages/source.ts'
import { forgotten, type MessageRow, type ThreadRow } from './rows.ts'
import { messageIdsAfter, messagesByIds, threadsByIds } from './store.ts'

export const messagePassages: PassageKind = {
  kind: 'message',
  async read(scope, ids) {
    if (ids.length === 0) return []
    const messages = await messagesByIds(scope, ids)
    if (messages.length === 0) return []
    const threads = await threadsByIds(scope, [...new Set(messages.map((message) => message.thread_id))])
    const byId = new Map(threads.map((thread) => [thread.id, thread]))
    return messages.map((message) => sourceOf(message, byId.get(message.thread_id)))
  },
  async all(scope, cursor, limit) {
    const ids = (await messageIdsAfter(scope, cursor ?? '', limit)).map(({ id }) => id)
    return { ids, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
  },
}

/**
 * An extract quotes passages that are found themselves; as a passage of its own it would crowd them out. The same holds
 * for a system message, which is an instruction and not something that was said, and for one that was erased.
 */
const searchable = ({ kind, role, content }: MessageRow) =>
  kind !== 'extract' && role !== 'system' && content !== forgotten

function sourceOf(message: MessageRow, thread: ThreadRow | undefined): PassageSource {
  const title = thread?.title ?? ''
  return {
    id: message.id,
    title,
    uri: `thread:${message.thread_id}#${message.turn}`,
    time: message.created_at,
    text: searchable(message) ? maskSecrets(message.content) : null,
    speaker: message.role,
    ...(title && { context: [title] }),
    group: message.thread_id,
    order: message.turn,
  }
}
