import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { freshSettings, quietLog, testDatabase } from '../../../test/database.ts'
import { columns } from './columns.ts'
import { openDatabase } from './database.ts'
import type { Migration, MigrationDb } from './migrate.ts'

const table = (name: string, more: (db: MigrationDb) => Promise<unknown> = async () => {}): Migration => ({
  name,
  async up(db, dialect) {
    const { text } = columns(dialect)
    await db.schema
      .createTable(`t${name.replaceAll('-', '_')}`)
      .addColumn('workspace', text)
      .execute()
    await more(db)
  },
})
const first = table('0001-first')
const second = table('0002-second')

const tablesOf = async (database: Awaited<ReturnType<typeof testDatabase>>) =>
  (await database.db.introspection.getTables())
    .map((each) => each.name)
    .filter((name) => name.startsWith('t0'))
    .toSorted()

async function open() {
  const { settings, folder, remove } = await freshSettings()
  const database = await openDatabase(settings, quietLog)
  onTestFinished(async () => {
    await database.close()
    await remove()
  })
  return { database, settings, folder }
}

test('migrations run once, in order, and only what is new runs the next time', async () => {
  const { database } = await open()
  expect(await database.pending([first, second])).toEqual(['0001-first', '0002-second'])
  expect(await database.migrate([first])).toEqual({ applied: ['0001-first'], present: 0 })
  expect(await database.pending([first, second])).toEqual(['0002-second'])
  expect(await database.migrate([first, second])).toEqual({ applied: ['0002-second'], present: 1 })
  expect(await database.migrate([first, second])).toEqual({ applied: [], present: 2 })
  expect(await tablesOf(database)).toEqual(['t0001_first', 't0002_second'])
})

test('a migration that fails leaves the database as it was, so that the version before still runs on it', async () => {
  const { database } = await open()
  const zeroth = table('0000-zeroth')
  await database.migrate([zeroth])
  const broken = table('0002-broken', (db) => sql`insert into nowhere values (1)`.execute(db))
  await expect(database.migrate([zeroth, first, broken])).rejects.toThrow('nowhere')
  expect(await tablesOf(database)).toEqual(['t0000_zeroth'])
  expect(await database.migrate([zeroth])).toEqual({ applied: [], present: 1 })
  expect(await database.migrate([zeroth, first])).toEqual({ applied: ['0001-first'], present: 1 })
})

test.runIf(inject('dialect') === 'sqlite')(
  'an upgrade keeps a copy of the database as it was, the two newest of them',
  async () => {
    const { database, folder } = await open()
    const list: Migration[] = []
    for (let at = 1; at <= 4; at++) {
      list.push(table(`000${at}-more`))
      await database.migrate(list)
    }
    const copies = (await readdir(folder)).filter((name) => name.includes('.before-')).toSorted()
    expect(copies).toEqual(['cairn.db.before-0003-more', 'cairn.db.before-0004-more'])
    const before = await openDatabase({ dialect: 'sqlite', file: join(folder, 'cairn.db.before-0004-more') }, quietLog)
    expect(await before.migrate(list.slice(0, 3))).toEqual({ applied: [], present: 3 })
    await before.close()
  },
)

test('a database of a newer version is refused, and so is one whose migration was changed since', async () => {
  const { database } = await open()
  await database.migrate([first, second])
  await expect(database.migrate([first])).rejects.toMatchObject({
    code: 'DATABASE_NEWER',
    message: expect.stringContaining('0002-second'),
  })
  const changed = table('0002-second', async (db) => void (await sql`create table more (id text)`.execute(db)))
  await expect(database.migrate([first, changed])).rejects.toMatchObject({ code: 'DATABASE_CHANGED' })
  const sameStatements: Migration = { name: '0002-second', up: async (db, dialect) => second.up(db, dialect) }
  expect(await database.migrate([first, sameStatements])).toEqual({ applied: [], present: 2 })
})

test('a list out of order is refused before anything runs', async () => {
  const { database } = await open()
  await expect(database.migrate([second, first])).rejects.toThrow('out of order')
  await expect(database.migrate([first, first])).rejects.toThrow('out of order')
  expect(await tablesOf(database)).toEqual([])
})

test('a migration may rebuild a table that others refer to, and is refused when rows are left without theirs', async () => {
  const { database } = await open()
  const family: Migration = {
    name: '0001-family',
    async up(db, dialect) {
      const { text } = columns(dialect)
      await db.schema
        .createTable('parent')
        .addColumn('id', text, (column) => column.primaryKey())
        .execute()
      await db.schema
        .createTable('child')
        .addColumn('parent', text, (column) => column.references('parent.id'))
        .execute()
      await sql`insert into parent values ('a'), ('b')`.execute(db)
      await sql`insert into child values ('a')`.execute(db)
    },
  }
  const orphaning: Migration = {
    name: '0002-orphans',
    up: async (db) => void (await sql`delete from parent`.execute(db)),
  }
  await database.migrate([family])
  await expect(database.migrate([family, orphaning])).rejects.toThrow(/refer|foreign/)
  expect((await sql`select * from parent`.execute(database.db)).rows).toHaveLength(2)
  if (inject('dialect') === 'postgres') return
  const rebuilding: Migration = {
    name: '0002-rebuild',
    async up(db) {
      await sql`create table rebuilt (id text primary key, more text)`.execute(db)
      await sql`insert into rebuilt (id) select id from parent`.execute(db)
      await sql`drop table parent`.execute(db)
      await sql`alter table rebuilt rename to parent`.execute(db)
    },
  }
  await database.migrate([family, rebuilding])
  const orphan = database.transaction((db) => sql`insert into child values ('none')`.execute(db))
  await expect(orphan).rejects.toThrow(/foreign/i)
})

test('instances that start together migrate once', async () => {
  const { database, settings } = await open()
  const wait = settings.dialect === 'postgres' ? sql`select pg_sleep(0.2)` : sql`select 1`
  const slow = table('0002-second', (db) => wait.execute(db))
  // One process has an SQLite file; there it is the same instance that is asked four times.
  const others =
    settings.dialect === 'postgres' ? await Promise.all([1, 2, 3].map(() => openDatabase(settings, quietLog))) : []
  const asked = settings.dialect === 'postgres' ? [database, ...others] : [database, database, database, database]
  onTestFinished(async () => {
    for (const other of others) await other.close()
  })
  const reports = await Promise.all(asked.map((each) => each.migrate([first, slow])))
  expect(reports.flatMap((report) => report.applied).toSorted()).toEqual(['0001-first', '0002-second'])
})

test('the real list runs from nothing to its end', async () => {
  const database = await testDatabase()
  const { migrations } = await import('../../../migrations/index.ts')
  expect(await database.pending(migrations)).toEqual([])
})
