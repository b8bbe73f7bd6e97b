/**
 * The one writer of SQLite. Bodies wait in a queue; each runs in a savepoint of a shared transaction, and one COMMIT
 * (one sync of the disk) acknowledges them all. A body that throws takes back its savepoint only.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { fail } from '@cairn/api/errors'
import { systemClock } from '../clock.ts'
import type { Bodies } from './bodies.ts'
import type { DatabaseLog } from './database.ts'
import type { Db } from './dialect.ts'
import { databaseError } from './errors.ts'
import { boundDb } from './over.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

export type Writer = {
  /** Resolves after COMMIT. */
  transaction: <T>(body: (db: Db) => Promise<T>) => Promise<T>
  /** Runs `action` while no transaction of the queue is open and none can begin. */
  alone: <T>(action: () => Promise<T>) => Promise<T>
  /** Refuses what comes from now on and waits for what is queued. */
  close: () => Promise<void>
}

const groupSize = 64
const groupMilliseconds = 2
const busyMilliseconds = 5_000

type Waiting = { resolve: (value: never) => void; reject: (error: unknown) => void }
type Body = Waiting & { body: (db: Db) => Promise<unknown>; source: () => string }
type Alone = Waiting & { action: () => Promise<unknown> }
type Entry = Body | Alone
type Done = { entry: Waiting; value: unknown }

export function makeWriter(connection: SqliteConnection, bodies: Bodies, log: DatabaseLog): Writer {
  const queue: Entry[] = []
  let drained: Promise<void> | null = null
  let closed = false

  function submit<T>(make: (waiting: Waiting) => Entry): Promise<T> {
    if (closed) return Promise.reject(fail('DATABASE_UNAVAILABLE'))
    return new Promise<T>((resolve, reject) => {
      bodies.assertOutside()
      queue.push(make({ resolve, reject }))
      drained ??= drain()
    })
  }

  async function drain() {
    // One turn of the loop: every request that has arrived meanwhile joins the first group, a lone one hardly waits.
    await turn()
    while (queue.length > 0) {
      const first = queue[0] as Entry
      if ('action' in first) await runAlone(queue.shift() as Alone)
      else await runGroup()
      await turn()
    }
    drained = null
  }

  async function runAlone(entry: Alone) {
    await entry.action().then(entry.resolve as (value: unknown) => void, entry.reject)
  }

  async function runGroup() {
    const done: Done[] = []
    try {
      await begin()
    } catch (error) {
      ;(queue.shift() as Entry).reject(databaseError(error))
      return
    }
    const until = systemClock.monotonic() + groupMilliseconds
    try {
      while (queue.length > 0 && done.length < groupSize && 'body' in (queue[0] as Entry)) {
        await runBody(queue.shift() as Body, done)
        if (systemClock.monotonic() >= until) break
      }
      connection.command('COMMIT')
    } catch (error) {
      takeBack()
      for (const { entry } of done) entry.reject(databaseError(error))
      return
    }
    for (const { entry, value } of done) entry.resolve(value as never)
  }

  /** Another program may hold the file for a moment; the loop goes on turning meanwhile. */
  async function begin() {
    const until = systemClock.monotonic() + busyMilliseconds
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      try {
        connection.command('BEGIN IMMEDIATE')
        return
      } catch (error) {
        const busy = ((error as { errcode?: number }).errcode ?? 0) & 0xff
        if (busy !== 5 || systemClock.monotonic() >= until) throw error
        await pause(wait)
      }
    }
  }

  async function runBody(entry: Body, done: Done[]) {
    const { db, end } = boundDb('sqlite', connection)
    const watch = watchTurns()
    try {
      connection.command('SAVEPOINT body')
      const value = await entry.body(db)
      end()
      connection.command('RELEASE body')
      done.push({ entry, value })
    } catch (error) {
      end()
      entry.reject(databaseError(error))
      // A full disk or a failed read can make SQLite take back the whole transaction, not the savepoint alone.
      if (!connection.raw.isTransaction) throw error
      connection.command('ROLLBACK TO body')
      connection.command('RELEASE body')
    } finally {
      if (watch.turned()) log.warn({ body: entry.source() }, strayed)
    }
  }

  function takeBack() {
    if (connection.raw.isTransaction) connection.command('ROLLBACK')
  }

  return {
    transaction(body) {
      // The queue runs bodies one after the other in its own context; each keeps the context of whoever asked.
      const context = AsyncLocalStorage.snapshot()
      return submit((waiting) => ({
        ...waiting,
        body: (db) => context(() => bodies.run(() => body(db))),
        source: () => body.toString().slice(0, 300),
      }))
    },
    alone: (action) => submit((waiting) => ({ ...waiting, action })),
    async close() {
      closed = true
      await drained
    },
  }
}

const strayed = 'A transaction awaited something other than its database, and every other writer waited with it'

/** Whether the loop turned since: queries answer within one turn, so whoever let it turn awaited something else. */
function watchTurns() {
  let turned = false
  const immediate = setImmediate(() => {
    turned = true
  })
  return {
    turned() {
      clearImmediate(immediate)
      return turned
    },
  }
}
