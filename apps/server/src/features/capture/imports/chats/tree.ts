/** The messages of a conversation, each behind the one that it follows. */
import type { MessageRole } from '@cairn/api/threads'

export type Said = {
  role: Extract<MessageRole, 'user' | 'assistant'>
  content: string
  /** Epoch milliseconds. */
  time: number | null
  model: string | null
}
/** A place in the tree of an export; what a person does not see has no words and makes no message. */
export type Place = { id: string; parent: string | null; said: Said | null }
export type ChatMessage = Omit<Said, 'time'> & { id: string; parent: string | null; time: number }
export type Conversation = {
  origin: 'chatgpt' | 'claude'
  id: string
  title: string
  time: number
  messages: ChatMessage[]
  /** The message that the shown path ends with. */
  head: string | null
  hidden: number
  empty: number
}

/**
 * Leaves out the places without words and joins what follows them to what was before. Parents come before what follows
 * them, otherwise it goes by time; a circle, or a parent that is not there, begins the conversation anew.
 */
export function arrange(places: readonly Place[], head: string | null, start: number) {
  const byId = new Map(places.map((place) => [place.id, place]))
  const found = new Map<string, { parent: string | null; depth: number; time: number }>()

  /** The nearest place with words, at this place or before it. */
  function spoken(id: string | null): string | null {
    const seen = new Set<string>()
    for (let at = id; at !== null && !seen.has(at); ) {
      seen.add(at)
      const place = byId.get(at)
      if (!place) return null
      if (place.said) return at
      at = place.parent
    }
    return null
  }

  /** Settles a place after everything that it follows. */
  function settle(id: string): void {
    const waiting: string[] = []
    const above = new Map<string, string | null>()
    for (let at: string | null = id; at !== null && !found.has(at); ) {
      waiting.push(at)
      above.set(at, null)
      const next: string | null = spoken(byId.get(at)?.parent ?? null)
      if (next !== null && !above.has(next)) above.set(at, next)
      at = above.get(at) ?? null
    }
    for (const at of waiting.toReversed()) {
      const parent = above.get(at) ?? null
      const before = parent === null ? null : found.get(parent)
      const own = byId.get(at)?.said?.time ?? start
      found.set(at, { parent, depth: (before?.depth ?? 0) + 1, time: Math.max(own, before?.time ?? 0) })
    }
  }

  const kept = places.filter(({ said }) => said !== null)
  for (const { id } of kept) settle(id)
  const messages = kept
    .map(({ id, said }): ChatMessage & { depth: number } => {
      const { parent, depth, time } = found.get(id) as { parent: string | null; depth: number; time: number }
      return { ...(said as Said), id, parent, time, depth }
    })
    .sort((a, b) => a.time - b.time || a.depth - b.depth)
    .map(({ depth: _, ...message }) => message)
  return { messages, head: spoken(head) ?? messages.at(-1)?.id ?? null }
}

/** A part of a file that nobody has checked. */
export type Unsure = Record<string, unknown>
export const object = (value: unknown): Unsure =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Unsure) : {}
export const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const words = (value: unknown): string => (typeof value === 'string' ? value : '')
export const idOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Epoch milliseconds of a time that can be; null otherwise. */
export function sane(time: number): number | null {
  return Number.isFinite(time) && time > 0 && time < 4_102_444_800_000 ? Math.floor(time) : null
}
