import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { freshSettings, quietLog, testDatabase } from '../../../test/database.ts'
import { columns, tableEnd } from './columns.ts'
import { type Database, openDatabase } from './database.ts'
import type { Db } from './dialect.ts'
import { isUniqueViolation, violation } from './errors.ts'
import type { Migration } from './migrate.ts'

type Row = {
  workspace: string
  id: string
  value: string
  number: number | null
  share: number | null
  bytes: Uint8Array | null
}
type Tables = { thing: Row; part: { workspace: string; id: string; thing: string } }

const things: Migration = {
  name: '0001-things',
  async up(db, dialect) {
    const { text, integer, real, blob } = columns(dialect)
    await db.schema
      .createTable('thing')
      .addColumn('workspace', text, (column) => column.notNull())
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('value', text, (column) => column.notNull())
      .addColumn('number', integer)
      .addColumn('share', real)
      .addColumn('bytes', blob)
      .addPrimaryKeyConstraint('thing_pk', ['workspace', 'id'])
      .modifyEnd(tableEnd(dialect))
      .execute()
    await db.schema
      .createTable('part')
      .addColumn('workspace', text, (column) => column.notNull())
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('thing', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('part_pk', ['workspace', 'id'])
      .addForeignKeyConstraint('part_thing', ['workspace', 'thing'], 'thing', ['workspace', 'id'])
      .modifyEnd(tableEnd(dialect))
      .execute()
  },
}

const open = () => testDatabase([things])
const thing = (id: string, more: Partial<Row> = {}): Row => ({
  workspace: 'w',
  id,
  value: '',
  number: null,
  share: null,
  bytes: null,
  ...more,
})
const insert = (db: Db, row: Row) => db.withTables<Tables>().insertInto('thing').values(row).execute()
const idsOf = async (database: Database) => {
  const rows = await database.db.withTables<Tables>().selectFrom('thing').select('id').orderBy('id').execute()
  return rows.map((row) => row.id)
}

describe('a transaction', () => {
  test('is there after COMMIT and gone when its body throws', async () => {
    const database = await open()
    await database.transaction((db) => insert(db, thing('a')))
    const failing = database.transaction(async (db) => {
      await insert(db, thing('b'))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await idsOf(database)).toEqual(['a'])
  })

  test('that fails takes nobody with it: of 300 at once, every third failing, the other 200 are there', async () => {
    const database = await open()
    const all = Array.from({ length: 300 }, (_, at) =>
      database.transaction(async (db) => {
        await insert(db, thing(String(at).padStart(3, '0')))
        if (at % 3 === 0) throw new Error(`refused ${at}`)
        if (at % 3 === 1) await Promise.resolve()
        return at
      }),
    )
    const results = await Promise.allSettled(all)
    const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(kept).toHaveLength(200)
    expect(await idsOf(database)).toEqual(kept.map((at) => String(at).padStart(3, '0')).toSorted())
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as Error).message] : [],
    )
    expect(reasons.toSorted()).toEqual(Array.from({ length: 100 }, (_, at) => `refused ${at * 3}`).toSorted())
  })

  test('among 1,000 parallel ones loses no update of one row', async () => {
    const database = await open()
    await database.transaction((db) => insert(db, thing('counter', { number: 0 })))
    const add = () =>
      database.transaction((db) =>
        db
          .withTables<Tables>()
          .updateTable('thing')
          .set((set) => ({ number: set('number', '+', 1) }))
          .where('workspace', '=', 'w')
          .where('id', '=', 'counter')
          .execute(),
      )
    await Promise.all(Array.from({ length: 1_000 }, add))
    const row = await database.db.withTables<Tables>().selectFrom('thing').select('number').executeTakeFirstOrThrow()
    expect(row.number).toBe(1_000)
  })

  test('sees its own writes, and nobody else sees them before COMMIT', async () => {
    const database = await open()
    let seenOutside: string[] | undefined
    let seenInside = 0
    let half = () => {}
    const halfway = new Promise<void>((resolve) => {
      half = resolve
    })
    let goOn = () => {}
    const looked = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const writing = database.transaction(async (db) => {
      await insert(db, thing('a'))
      seenInside = (await db.withTables<Tables>().selectFrom('thing').select('id').execute()).length
      half()
      await looked
    })
    await halfway
    seenOutside = await idsOf(database)
    goOn()
    await writing
    expect(seenInside).toBe(1)
    expect(seenOutside).toEqual([])
    expect(await idsOf(database)).toEqual(['a'])
  })

  test('is refused inside another one, and so is reading past it', async () => {
    const database = await open()
    const nested = database.transaction(async (db) => {
      await insert(db, thing('a'))
      await database.transaction((inner) => insert(inner, thing('b')))
    })
    await expect(nested).rejects.toThrow('hand tx on')
    await expect(database.transaction(() => idsOf(database))).rejects.toThrow('hand tx on')
    expect(await idsOf(database)).toEqual([])
  })

  test('refuses a query that comes after its end', async () => {
    const database = await open()
    let late: Db | undefined
    await database.transaction(async (db) => {
      late = db
      await insert(db, thing('a'))
    })
    await expect(insert(late as Db, thing('b'))).rejects.toThrow('transaction is over')
    await expect(database.db.transaction().execute((trx) => insert(trx as never, thing('c')))).rejects.toThrow(
      'scope.write',
    )
    expect(await idsOf(database)).toEqual(['a'])
  })

  test('that catches a broken constraint with "on conflict" goes on', async () => {
    const database = await open()
    await database.transaction(async (db) => {
      await insert(db, thing('a', { value: 'first' }))
      const again = await db
        .withTables<Tables>()
        .insertInto('thing')
        .values(thing('a', { value: 'second' }))
        .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
        .returning('id')
        .executeTakeFirst()
      expect(again).toBeUndefined()
      await insert(db, thing('b'))
    })
    expect(await idsOf(database)).toEqual(['a', 'b'])
  })
})

describe('values', () => {
  test('come back as they went in, five megabytes as well as an emoji', async () => {
    const database = await open()
    const row = thing('a', {
      value: `${'läng ๏ 🪨 '.repeat(400_000)}end`,
      number: Number.MAX_SAFE_INTEGER,
      share: 0.1 + 0.2,
      bytes: new Uint8Array(5_000_000).map((_, at) => at % 251),
    })
    await database.transaction((db) => insert(db, row))
    const read = await database.db.withTables<Tables>().selectFrom('thing').selectAll().executeTakeFirstOrThrow()
    expect(read.value === row.value).toBe(true)
    expect(read.number).toBe(row.number)
    expect(read.share).toBe(row.share)
    expect(Buffer.compare(read.bytes as Uint8Array, row.bytes as Uint8Array)).toBe(0)
  })

  test('are counted and summed as numbers', async () => {
    const database = await open()
    await database.transaction(async (db) => {
      await insert(db, thing('a', { number: 40 }))
      await insert(db, thing('b', { number: 2 }))
    })
    const row = await database.db
      .withTables<Tables>()
      .selectFrom('thing')
      .select((select) => [select.fn.countAll().as('count'), select.fn.sum('number').as('sum')])
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ count: 2, sum: 42 })
  })

  test.each([
    ['whole numbers beyond 2^53', 2 ** 53, RangeError],
    ['true', true, Error],
    ['dates', new Date(0), TypeError],
    ['objects', { a: 1 }, TypeError],
  ])('that cannot be read back are refused: %s', async (_, value, kind) => {
    const database = await open()
    const storing = database.transaction((db) =>
      db
        .withTables<Tables>()
        .updateTable('thing')
        .set({ number: value as number })
        .where('id', '=', 'x')
        .where('number', '=', value as number)
        .execute(),
    )
    await expect(storing).rejects.toThrow(kind)
  })

  test('that grew beyond 2^53 in the database are refused when they are read', async () => {
    const database = await open()
    await database.transaction((db) => insert(db, thing('a', { number: Number.MAX_SAFE_INTEGER })))
    const reading = database.db
      .withTables<Tables>()
      .selectFrom('thing')
      .select((select) => select('number', '+', 10).as('more'))
      .execute()
    await expect(reading).rejects.toThrow(RangeError)
  })

  test('of another type than the column are refused', async () => {
    const database = await open()
    const storing = database.transaction((db) => insert(db, thing('a', { number: 'many' as never })))
    await expect(storing).rejects.toThrow(/cannot store TEXT value|invalid input syntax/)
    expect(await idsOf(database)).toEqual([])
  })

  test('sort by their bytes', async () => {
    const database = await open()
    const ids = ['a', 'B', 'b', 'A', 'ä', 'Z', '_', '1', '10', '9', 'é', '😀', '-']
    await database.transaction(async (db) => {
      for (const id of ids) await insert(db, thing(id))
    })
    expect(await idsOf(database)).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  })

  test('are compared by LIKE with regard to case', async () => {
    const database = await open()
    await database.transaction(async (db) => {
      await insert(db, thing('Stone'))
      await insert(db, thing('stone'))
    })
    const rows = await database.db
      .withTables<Tables>()
      .selectFrom('thing')
      .select('id')
      .where('id', 'like', 'S%')
      .execute()
    expect(rows).toEqual([{ id: 'Stone' }])
  })
})

describe('a broken constraint', () => {
  test('is told apart: unique, foreign, missing', async () => {
    const database = await open()
    await database.transaction((db) => insert(db, thing('a')))
    const kinds = []
    const breaking: ((db: Db) => Promise<unknown>)[] = [
      (db) => insert(db, thing('a')),
      (db) => db.withTables<Tables>().insertInto('part').values({ workspace: 'w', id: 'p', thing: 'none' }).execute(),
      (db) => insert(db, thing('b', { value: null as never })),
    ]
    for (const body of breaking) {
      const error = await database.transaction(body).catch((reason: unknown) => reason)
      kinds.push(violation(error))
    }
    expect(kinds).toEqual(['unique', 'foreign', 'missing'])
    const twice = await database.transaction((db) => insert(db, thing('a'))).catch((reason: unknown) => reason)
    expect(isUniqueViolation(twice)).toBe(true)
    expect(isUniqueViolation(new Error('other'))).toBe(false)
  })
})

test('a closed database refuses, and closing waits for what was begun', async () => {
  const database = await testDatabase([things])
  const writing = Array.from({ length: 20 }, (_, at) => database.transaction((db) => insert(db, thing(String(at)))))
  await Promise.all([...writing, database.close()])
  await expect(database.transaction((db) => insert(db, thing('late')))).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
  })
})

test('check finds a sound database sound', async () => {
  const database = await open()
  expect(await database.check()).toEqual({ ok: true, problems: [] })
  expect(database.name).toBe(inject('dialect'))
})

test.runIf(inject('dialect') === 'sqlite')(
  'a body that awaits anything else than the database is named in the log',
  async () => {
    const warnings: object[] = []
    const { settings, remove } = await freshSettings()
    const database = await openDatabase(settings, { ...quietLog, warn: (fields) => void warnings.push(fields) })
    onTestFinished(async () => {
      await database.close()
      await remove()
    })
    await database.migrate([things])
    for (const id of ['a', 'b', 'c']) await database.transaction((db) => insert(db, thing(id)))
    expect(warnings).toEqual([])
    await database.transaction(async function strays(db) {
      await insert(db, thing('d'))
      await new Promise((resolve) => void setTimeout(resolve, 20))
    })
    expect(warnings).toEqual([{ body: expect.stringContaining('strays') }])
  },
)
