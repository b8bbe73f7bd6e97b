import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { freshSettings, quietLog, somebody, testScopes } from '../../../test/database.ts'
import { systemClock } from '../clock.ts'
import { type Database, openDatabase } from '../database/database.ts'
import type { Scope } from '../scope.ts'
import { makeScopes } from '../scopes.ts'
import type { CloudEvent } from './event.ts'
import { makeEvents } from './events.ts'
import { headOf } from './read.ts'

const quiet = { enqueue: async () => 'job', reindex: async () => {}, broken() {} }

/** An instance: a database of its own connections, events, scopes. Several may share one PostgreSQL. */
async function instanceOn(database: Database) {
  const events = makeEvents({ database, log: quietLog })
  const makeScope = makeScopes({ database, clock: systemClock, events, ...quiet })
  const scope = (workspace = 'w') => makeScope({ workspace, principal: somebody })
  onTestFinished(() => events.close())
  return { database, events, scope }
}
async function open() {
  const { database } = await testScopes()
  return instanceOn(database)
}

const say = (scope: Scope, ...subjects: string[]) =>
  scope.write(async (tx) => {
    for (const subject of subjects)
      tx.event({ type: subject.includes('.') ? subject : 'thing.said', subject, data: { subject } })
  })

/** The next `count` events; rejects rather than waiting for ever. */
async function take(events: AsyncIterableIterator<CloudEvent>, count: number): Promise<CloudEvent[]> {
  const taken: CloudEvent[] = []
  while (taken.length < count) {
    const next = await Promise.race([events.next(), outOfTime()])
    if (!next || next.done) break
    taken.push(next.value)
  }
  return taken
}
const outOfTime = () => new Promise<undefined>((resolve) => void setTimeout(resolve, 10_000, undefined).unref())
const subjects = (events: readonly CloudEvent[]) => events.map((event) => event.subject)

describe('an event', () => {
  test('is told and readable after COMMIT, with its number, and not at all when the write fails', async () => {
    const { events, scope } = await open()
    const heard: string[] = []
    events.listen('thing.*', (event) => void heard.push(event.subject))
    await say(scope(), 'a', 'b')
    const failing = scope().write(async (tx) => {
      tx.event({ type: 'thing.said', subject: 'never' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await say(scope(), 'c')
    const read = await events.read(scope(), 0, 10)
    expect(read.map((event) => [event.sequence, event.subject])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    expect(heard).toEqual(['a', 'b', 'c'])
    expect(read[0]).toMatchObject({
      specversion: '1.0',
      type: 'thing.said',
      actor: 'person:p',
      workspace: 'w',
      data: { subject: 'a' },
    })
    expect(await headOf(scope())).toBe(3)
  })

  test('belongs to its workspace alone', async () => {
    const { events, scope } = await open()
    await say(scope('one'), 'a')
    await say(scope('two'), 'b')
    await say(scope('one'), 'c')
    expect(subjects(await events.read(scope('one'), 0, 10))).toEqual(['a', 'c'])
    expect((await events.read(scope('two'), 0, 10)).map((event) => event.sequence)).toEqual([1])
  })

  test('comes before what was asked to run after the write, and a listener that throws stops nothing', async () => {
    const { events, scope } = await open()
    const order: string[] = []
    events.listen('*', () => {
      throw new Error('a listener is broken')
    })
    events.listen('*', (event) => void order.push(event.subject))
    await scope().write(async (tx) => {
      tx.after(() => void order.push('first'))
      tx.after(() => {
        throw new Error('an action is broken')
      })
      tx.after(() => void order.push('second'))
      tx.event({ type: 'thing.said', subject: 'event' })
    })
    order.push('answer')
    expect(order).toEqual(['event', 'first', 'second', 'answer'])
  })
})

describe('a follower', () => {
  test('sees what comes, and what it missed, without gap or repeat', async () => {
    const { events, scope } = await open()
    await say(scope(), ...Array.from({ length: 450 }, (_, at) => `old ${at}`))
    const following = events.subscribe({ workspace: 'w', after: 100 })
    expect((await take(following, 350)).map((event) => event.sequence)).toEqual(
      Array.from({ length: 350 }, (_, at) => at + 101),
    )
    const next = take(following, 300)
    await Promise.all(Array.from({ length: 300 }, (_, at) => say(scope(), `new ${at}`)))
    expect((await next).map((event) => event.sequence)).toEqual(Array.from({ length: 300 }, (_, at) => at + 451))
  })

  test('without a number sees only what comes from now on, of the types it asked for', async () => {
    const { events, scope } = await open()
    await say(scope(), 'task.changed')
    const following = events.subscribe({ workspace: 'w', types: ['task.*', 'note.changed'] })
    const next = take(following, 2)
    while ((await headOf(scope())) < 1) await turn()
    await turn()
    await say(scope('other'), 'task.changed')
    await say(scope(), 'memory.created', 'note.removed', 'task.created', 'tasks.created', 'note.changed')
    expect(subjects(await next)).toEqual(['task.created', 'note.changed'])
  })

  test('that reads slowly holds up nobody and gets every event all the same', async () => {
    const { events, scope } = await open()
    const slow = events.subscribe({ workspace: 'w', after: 0 })
    const first = take(slow, 1)
    await say(scope(), 'first')
    await first
    for (let at = 0; at < 30; at++) await say(scope(), ...Array.from({ length: 100 }, (_, each) => `${at}-${each}`))
    expect((await take(slow, 3_000)).map((event) => event.sequence)).toEqual(
      Array.from({ length: 3_000 }, (_, at) => at + 2),
    )
  })

  test('ends when it is told to, while it waits', async () => {
    const { events, scope } = await open()
    const leaving = new AbortController()
    const byReturn = events.subscribe({ workspace: 'w' })
    const bySignal = events.subscribe({ workspace: 'w', signal: leaving.signal })
    const byClose = events.subscribe({ workspace: 'w' })
    const waits = [byReturn.next(), bySignal.next(), byClose.next()]
    await say(scope('elsewhere'), 'x')
    await byReturn.return?.()
    leaving.abort()
    await events.close()
    expect((await Promise.all(waits)).map((result) => result.done)).toEqual([true, true, true])
  })

  test('is one of many: 200 followers see 50 events each', async () => {
    const { events, scope } = await open()
    const all = Array.from({ length: 200 }, () => take(events.subscribe({ workspace: 'w', after: 0 }), 50))
    for (let at = 0; at < 50; at++) await say(scope(), String(at))
    const wanted = Array.from({ length: 50 }, (_, at) => String(at))
    for (const seen of await Promise.all(all)) expect(subjects(seen)).toEqual(wanted)
  })
})

test.runIf(inject('dialect') === 'postgres')(
  'two instances on one PostgreSQL hear of each other, in order, and also when the line is cut',
  async () => {
    const { settings, remove } = await freshSettings()
    const databases = await Promise.all([openDatabase(settings, quietLog), openDatabase(settings, quietLog)])
    onTestFinished(async () => {
      for (const database of databases) await database.close()
      await remove()
    })
    const [one, two] = await Promise.all(databases.map((database) => instanceOn(database)))
    if (!one || !two) throw new Error('two instances')
    await one.database.migrate(migrations)
    await two.database.migrate(migrations)

    const following = two.events.subscribe({ workspace: 'w', after: 0 })
    const all = take(following, 400)
    const writes = Array.from({ length: 400 }, (_, at) => say((at % 2 ? one : two).scope(), String(at)))
    await Promise.all(writes)
    expect((await all).map((event) => event.sequence)).toEqual(Array.from({ length: 400 }, (_, at) => at + 1))

    await cutLines(one.database)
    const after = take(following, 1)
    await retry(() => say(one.scope(), 'after the cut'))
    expect(subjects(await after)).toEqual(['after the cut'])
  },
)

/** Ends every other connection to the database, the listening one among them. */
async function cutLines(database: Database) {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    database.db,
  )
}
async function retry<T>(action: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await action()
    } catch (error) {
      if (tries > 20) throw error
      await turn()
    }
  }
}

describe('numbers under overlapping transactions', () => {
  /** Follows by polling `after the last number seen`, as every reader of a log does, while writers overlap. */
  async function poll(read: (after: number) => Promise<number[]>, done: () => boolean): Promise<number[]> {
    const seen: number[] = []
    for (let last = false; ; ) {
      const numbers = await read(seen.at(-1) ?? 0)
      seen.push(...numbers)
      if (last && numbers.length === 0) return seen
      last = done()
      await turn()
    }
  }

  test.runIf(inject('dialect') === 'postgres')(
    'are gapless and visible in order, where those of a sequence are not',
    async () => {
      const { database, scope } = await open()
      await sql`create table numbered (number bigserial primary key, subject text)`.execute(database.db)
      let running = 60
      const finished = () => running === 0
      const withHead = Array.from({ length: 60 }, async (_, at) => {
        await scope().write(async (tx) => {
          tx.event({ type: 'thing.said', subject: String(at) })
          await sql`select pg_sleep(${(at % 5) / 100})`.execute(tx.db)
        })
        running -= 1
      })
      const followed = poll(async (after) => {
        const { rows } = await sql<{
          seq: number
        }>`select seq from event where workspace = 'w' and seq > ${after} order by seq`.execute(database.db)
        return rows.map((row) => row.seq)
      }, finished)
      await Promise.all(withHead)
      expect(await followed).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))

      // The control: the same readers and writers with numbers from a sequence lose some.
      running = 60
      const withSequence = Array.from({ length: 60 }, async (_, at) => {
        await database.transaction(async (db) => {
          await sql`insert into numbered (subject) values (${String(at)})`.execute(db)
          await sql`select pg_sleep(${(at % 5) / 100})`.execute(db)
        })
        running -= 1
      })
      const sequenced = poll(async (after) => {
        const { rows } = await sql<{
          number: number
        }>`select number from numbered where number > ${after} order by number`.execute(database.db)
        return rows.map((row) => row.number)
      }, finished)
      await Promise.all(withSequence)
      const { rows } = await sql<{ count: number }>`select count(*) as count from numbered`.execute(database.db)
      expect(rows[0]?.count).toBe(60)
      expect((await sequenced).length).toBeLessThan(60)
    },
  )
})
