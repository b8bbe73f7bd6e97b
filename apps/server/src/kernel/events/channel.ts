/**
 * The newest events of one workspace in memory, shared by everybody who follows it. However many follow, the database is
 * asked once for what another instance wrote; whoever is further behind than this reaches reads the table by himself.
 */
import type { CloudEvent } from './event.ts'

const kept = 1_000
const page = 500

export type Channel = {
  /** Events were committed here; numbers may arrive out of order. */
  publish(events: readonly CloudEvent[]): void
  /** An event with this number is known to be committed, here or elsewhere. */
  exists(sequence: number): void
  /** Events after a number, the oldest first; null when they are no longer in memory. */
  after(sequence: number): CloudEvent[] | null
  /** Calls back once when there is something after `sequence`; the answer takes that back. */
  wait(sequence: number, wake: () => void): () => void
  /** Resolves when the channel knows where the log ends. */
  readonly ready: Promise<void>
}

export type ChannelSource = {
  head(): Promise<number>
  read(after: number, limit: number): Promise<CloudEvent[]>
  /** Told when reading failed; the next event or poll tries again. */
  failed(error: unknown): void
}

export function makeChannel(source: ChannelSource): Channel {
  let recent: CloudEvent[] = []
  /** Number up to which everything is in `recent` or older; null until the head was read. */
  let end: number | null = null
  let known = 0
  let filling = false
  const waiting = new Map<() => void, number>()

  const ready = source.head().then((head) => {
    end = head
    void fill()
  })

  function take(event: CloudEvent) {
    recent.push(event)
    end = event.sequence
    if (recent.length > kept * 2) recent = recent.slice(-kept)
  }

  function wakeAll() {
    for (const [wake, sequence] of waiting) {
      if (end === null || end <= sequence) continue
      waiting.delete(wake)
      wake()
    }
  }

  /** Reads what is known to exist and has not come by itself: written elsewhere, or overtaken by a later number. */
  async function fill() {
    if (filling || end === null) return
    filling = true
    try {
      while (end < known) {
        const events = await source.read(end, page)
        if (events.length === 0) break
        for (const event of events) if (event.sequence > end) take(event)
        wakeAll()
      }
    } catch (error) {
      source.failed(error)
    } finally {
      filling = false
    }
  }

  return {
    ready,
    publish(events) {
      for (const event of events) {
        known = Math.max(known, event.sequence)
        if (end !== null && event.sequence === end + 1) take(event)
      }
      wakeAll()
      if (end !== null && end < known) void fill()
    },
    exists(sequence) {
      known = Math.max(known, sequence)
      void fill()
    },
    after(sequence) {
      if (end === null || sequence >= end) return []
      const first = recent[0]
      if (!first || first.sequence > sequence + 1) return null
      return recent.slice(sequence + 1 - first.sequence)
    },
    wait(sequence, wake) {
      if (end !== null && end > sequence) {
        wake()
        return () => {}
      }
      waiting.set(wake, sequence)
      return () => void waiting.delete(wake)
    },
  }
}
