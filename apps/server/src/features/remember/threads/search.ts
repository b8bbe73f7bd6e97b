/** Search in messages: passages lead to messages, messages to their threads. */
import type { Message } from '@cairn/api/threads'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { toMessage } from './rows.ts'
import { messagesByIds, threadsByIds } from './store.ts'

export type FoundMessage = { message: Message; thread: { id: string; title: string }; score: number }

/** The messages that fit best, each once, by its best passage. */
export async function searchMessages(
  passages: Kernel['passages'],
  scope: Scope,
  input: { q: string; limit?: number },
): Promise<{ items: FoundMessage[] }> {
  const { hits } = await passages.search(scope, { query: input.q, kinds: ['message'], limit: input.limit ?? 20 })
  const scores = new Map<string, number>()
  for (const { source, score } of hits) if (!scores.has(source.id)) scores.set(source.id, score)
  if (scores.size === 0) return { items: [] }
  const rows = await messagesByIds(scope, [...scores.keys()])
  const threads = await threadsByIds(scope, [...new Set(rows.map((row) => row.thread_id))])
  const titles = new Map(threads.map(({ id, title }) => [id, title]))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const items = [...scores].flatMap(([id, score]) => {
    const row = byId.get(id)
    if (!row) return []
    return { message: toMessage(row), thread: { id: row.thread_id, title: titles.get(row.thread_id) ?? '' }, score }
  })
  return { items }
}
