import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client } from 'pg'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { freshSettings, quietLog } from '../../../test/database.ts'
import type { SettingTables } from './apart.fixture.ts'
import { type Database, openDatabase } from './database.ts'
import type { Db } from './dialect.ts'

const put = (db: Db, id: string) =>
  db
    .withTables<SettingTables>()
    .insertInto('setting')
    .values({ workspace: 'w', id, value: '', updated_at: 0 })
    .execute()
const ids = async (database: Database) =>
  (await database.db.withTables<SettingTables>().selectFrom('setting').select('id').orderBy('id').execute()).map(
    (row) => row.id,
  )

/** A line to the server that can be cut and mended. */
async function line(to: URL) {
  const open = new Set<Socket>()
  let server: Server
  let whole = true
  server = createServer((from) => {
    if (!whole) {
      from.destroy()
      return
    }
    const onward = connect(Number(to.port || 5432), to.hostname)
    for (const socket of [from, onward]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        from.destroy()
        onward.destroy()
      })
    }
    from.pipe(onward)
    onward.pipe(from)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const url = new URL(to)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    cut() {
      whole = false
      for (const socket of open) socket.destroy()
    },
    mend: () => void (whole = true),
  }
}

describe.runIf(inject('dialect') === 'postgres')('PostgreSQL', () => {
  async function opened() {
    const { settings, remove } = await freshSettings()
    const through = await line(new URL((settings as { url: string }).url))
    const database = await openDatabase({ dialect: 'postgres', url: through.url, connections: 4 }, quietLog)
    onTestFinished(async () => {
      await database.close()
      await remove()
    })
    await database.migrate(migrations)
    return { database, through, settings }
  }

  test('that ends a connection in the middle of a body fails that write alone, whole', async () => {
    const { database } = await opened()
    const failing = database.transaction(async (db) => {
      await put(db, 'lost')
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
      await endBackend(inject('postgresUrl'), rows[0]?.pid as number)
      await put(db, 'lost as well')
    })
    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503 })
    await database.transaction((db) => put(db, 'kept'))
    expect(await ids(database)).toEqual(['kept'])
  })

  test('that ended idle connections is written to again without anybody noticing', async () => {
    const { database } = await opened()
    await Promise.all(Array.from({ length: 8 }, (_, at) => database.transaction((db) => put(db, `a${at}`))))
    const elsewhere = await opened()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cairn'
      and datname = ${await nameOf(database)}`.execute(elsewhere.database.db)
    await Promise.all(Array.from({ length: 8 }, (_, at) => database.transaction((db) => put(db, `b${at}`))))
    expect(await ids(database)).toHaveLength(16)
  })

  test('that went away answers 503 meanwhile and works again when it is back', async () => {
    const { database, through } = await opened()
    await database.transaction((db) => put(db, 'before'))
    through.cut()
    for (let tries = 0; tries < 5; tries++) {
      await expect(database.transaction((db) => put(db, 'meanwhile'))).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
      })
      await expect(ids(database)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    }
    through.mend()
    await database.transaction((db) => put(db, 'after'))
    expect(await ids(database)).toEqual(['after', 'before'])
  })

  test('that is not there refuses the start in words', async () => {
    const nowhere = openDatabase({ dialect: 'postgres', url: 'postgres://postgres@127.0.0.1:9/cairn' }, quietLog)
    await expect(nowhere).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    const unknown = new URL(inject('postgresUrl'))
    unknown.pathname = '/there_is_no_such_database'
    await expect(openDatabase({ dialect: 'postgres', url: unknown.href }, quietLog)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      cause: expect.objectContaining({ message: expect.stringContaining('there_is_no_such_database') }),
    })
  })

  test('that breaks a deadlock has the body run again, until both are done', async () => {
    const { database } = await opened()
    await database.transaction(async (db) => {
      await put(db, 'a')
      await put(db, 'b')
    })
    let bodies = 0
    const add = (db: Db, id: string) =>
      sql`update setting set updated_at = updated_at + 1 where workspace = 'w' and id = ${id}`.execute(db)
    const holding = new Set<string>()
    const both = (first: string, second: string) =>
      database.transaction(async (db) => {
        bodies += 1
        await add(db, first)
        holding.add(first)
        // Each waits until the other holds its first row: without a second attempt one of them would be lost.
        while (holding.size < 2) await turn()
        await add(db, second)
      })
    await Promise.all([both('a', 'b'), both('b', 'a')])
    const rows = await database.db.withTables<SettingTables>().selectFrom('setting').select('updated_at').execute()
    expect(rows).toEqual([{ updated_at: 2 }, { updated_at: 2 }])
    expect(bodies).toBeGreaterThan(2)
  })

  test('cancels a statement that takes too long, and says that it is busy', async () => {
    const { settings } = await opened()
    const url = (settings as { url: string }).url
    const database = await openDatabase({ dialect: 'postgres', url, statementTimeout: 100 }, quietLog)
    await expect(database.transaction((db) => sql`select pg_sleep(5)`.execute(db))).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
    })
    await database.close()
  })

  test('refuses to commit after a broken statement that the body swallowed', async () => {
    const { database } = await opened()
    const swallowing = database.transaction(async (db) => {
      await put(db, 'a')
      await put(db, 'a').catch(() => {})
    })
    await expect(swallowing).rejects.toThrow('nothing was written')
    expect(await ids(database)).toEqual([])
  })

  test('lost between COMMIT and its answer is an error for the caller, never half a write', async () => {
    const { database, through } = await opened()
    const writing = database.transaction(async (db) => {
      await put(db, 'a')
      await put(db, 'b')
      setImmediate(() => through.cut())
    })
    const result = await writing.then(
      () => 'acknowledged',
      (error: { code: string }) => error.code,
    )
    through.mend()
    const kept = await ids(database)
    expect(result === 'acknowledged' ? [2] : [0, 2]).toContain(kept.length)
    expect(['acknowledged', 'DATABASE_UNAVAILABLE']).toContain(result)
  })
})

/** As the administrator of the server would, over a connection of his own. */
async function endBackend(url: string, pid: number) {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('select pg_terminate_backend($1) as ended', [pid])
  await client.end()
  expect(rows).toEqual([{ ended: true }])
}
async function nameOf(database: Database): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(database.db)
  return rows[0]?.name as string
}
