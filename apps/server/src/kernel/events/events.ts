/**
 * Who hears of events: features that listen in this process, and everybody who follows a workspace. Nothing is told
 * before its COMMIT, nothing twice, nothing out of order, and nothing is dropped for being slow: a follower asks for the
 * next event when it wants one, from memory or, when it lags, from the table.
 */
import type { Database, DatabaseLog } from '../database/database.ts'
import type { EventListener, Scope } from '../scope.ts'
import type { EventTables } from './chain.ts'
import { type Channel, makeChannel } from './channel.ts'
import type { CloudEvent } from './event.ts'
import { headOf, matches, readEvents } from './read.ts'

export type Subscription = {
  workspace: string
  /** The last number that was seen; from now on when it is left out. */
  after?: number
  /** Types such as `memory.created`, `memory.*`; all when it is left out. */
  types?: readonly string[]
  signal?: AbortSignal
}

export type Events = {
  /** For scopes: tells of events after their COMMIT. */
  publish(events: readonly CloudEvent[]): void
  /** Events after a number, the oldest first. */
  read(scope: Pick<Scope, 'workspace' | 'db'>, after: number, limit: number): Promise<CloudEvent[]>
  /**
   * Follows a workspace, gapless and in order. Ends when `signal` aborts, the iterator is returned, or Cairn stops.
   * A number beyond the end of the log is taken as it is; events older than what is kept are skipped (see `sequence`).
   */
  subscribe(subscription: Subscription): AsyncIterableIterator<CloudEvent>
  /** Hears of what this process committed. On PostgreSQL the order of concurrent writes is not promised. */
  listen(type: string, listener: EventListener): void
  close(): Promise<void>
}

const page = 200
const pollMilliseconds = 1_000

type Followed = { channel: Channel; followers: number }

export function makeEvents(parts: { database: Database; log: DatabaseLog }): Events {
  const { database, log } = parts
  const followed = new Map<string, Followed>()
  const listeners: { type: string; listener: EventListener }[] = []
  const stopping = new AbortController()
  const elsewhere = database.signals ? followElsewhere() : null

  /** Only on PostgreSQL: other instances write, too. */
  function followElsewhere() {
    const signals = database.signals as NonNullable<Database['signals']>
    let stop: (() => Promise<void>) | null = null
    let timer: NodeJS.Timeout | null = null
    let unsent = new Map<string, number>()

    const heard = (payload: string) => {
      if (payload === '') void poll()
      for (const part of payload.split(' ')) {
        const [workspace = '', sequence] = part.split(':')
        followed.get(workspace)?.channel.exists(Number(sequence))
      }
    }
    async function poll() {
      if (followed.size === 0) return
      try {
        const tables = database.db.withTables<EventTables>()
        const workspaces = [...followed.keys()]
        const heads = await tables.selectFrom('event_head').selectAll().where('workspace', 'in', workspaces).execute()
        for (const head of heads) followed.get(head.workspace)?.channel.exists(head.seq)
      } catch (error) {
        log.warn({ err: error }, 'Could not ask for new events; asking again')
      }
    }
    function flush() {
      const payload = [...unsent].map(([workspace, sequence]) => `${workspace}:${sequence}`)
      unsent = new Map()
      for (let at = 0; at < payload.length; at += 100)
        signals.send(payload.slice(at, at + 100).join(' ')).catch((error: unknown) => {
          log.warn({ err: error }, 'Could not tell other instances of new events; they ask by themselves')
        })
    }
    return {
      start() {
        stop ??= signals.receive(heard)
        timer ??= setInterval(() => void poll(), pollMilliseconds).unref()
      },
      /** After the COMMIT and gathered, since NOTIFY inside a transaction makes all commits wait for each other. */
      tell(events: readonly CloudEvent[]) {
        if (unsent.size === 0) setImmediate(flush)
        for (const { workspace, sequence } of events)
          unsent.set(workspace, Math.max(unsent.get(workspace) ?? 0, sequence))
      },
      async close() {
        if (timer) clearInterval(timer)
        await stop?.()
      },
    }
  }

  function enter(workspace: string): Followed {
    elsewhere?.start()
    const known = followed.get(workspace)
    const scope = { workspace, db: database.db }
    const entry = known ?? {
      channel: makeChannel({
        head: () => headOf(scope),
        read: (after, limit) => readEvents(scope, after, limit),
        failed: (error) => log.warn({ err: error }, 'Could not read new events; trying again'),
      }),
      followers: 0,
    }
    followed.set(workspace, entry)
    entry.followers += 1
    return entry
  }

  function leave(workspace: string, entry: Followed) {
    entry.followers -= 1
    if (entry.followers === 0 && followed.get(workspace) === entry) followed.delete(workspace)
  }

  async function* follow(subscription: Subscription, signal: AbortSignal): AsyncGenerator<CloudEvent> {
    const { workspace, types } = subscription
    const scope = { workspace, db: database.db }
    const entry = enter(workspace)
    try {
      await entry.channel.ready
      let at = subscription.after ?? (await headOf(scope))
      while (!signal.aborted) {
        const events = entry.channel.after(at) ?? (await readEvents(scope, at, page))
        for (const event of events) {
          at = event.sequence
          if (types === undefined || matches(types, event.type)) yield event
          if (signal.aborted) return
        }
        if (events.length === 0) await somethingAfter(entry.channel, at, signal)
      }
    } finally {
      leave(workspace, entry)
    }
  }

  return {
    publish(events) {
      if (events.length === 0) return
      for (const [workspace, own] of Map.groupBy(events, (event) => event.workspace))
        followed.get(workspace)?.channel.publish(own)
      elsewhere?.tell(events)
      for (const event of events)
        for (const { type, listener } of listeners) if (matches([type], event.type)) run(listener, event)
    },
    read: readEvents,
    subscribe(subscription) {
      const left = new AbortController()
      const signals = [left.signal, stopping.signal, ...(subscription.signal ? [subscription.signal] : [])]
      const events = follow(subscription, AbortSignal.any(signals))
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        next: () => events.next(),
        // A generator that waits for an event would not hear of `return` until one comes.
        return() {
          left.abort()
          return events.return(undefined)
        },
      }
    },
    listen: (type, listener) => void listeners.push({ type, listener }),
    async close() {
      stopping.abort()
      await elsewhere?.close()
    },
  }

  function run(listener: EventListener, event: CloudEvent) {
    try {
      listener(event)
    } catch (error) {
      log.error({ err: error, type: event.type }, 'A listener failed')
    }
  }
}

function somethingAfter(channel: Channel, sequence: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done)
      forget()
      resolve()
    }
    let forget = () => {}
    signal.addEventListener('abort', done, { once: true })
    forget = channel.wait(sequence, done)
  })
}
