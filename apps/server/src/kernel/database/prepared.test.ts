import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import type { Migration } from './migrate.ts'
import { prepared } from './prepared.ts'

type Tables = { thing: { id: string; value: string } }

const things: Migration = {
  name: '0001-things',
  up: (db) => db.schema.createTable('thing').addColumn('id', 'text').addColumn('value', 'text').execute(),
}
const valued = prepared((db, { id, least }: { id: string; least: string }) =>
  db
    .withTables<Tables>()
    .selectFrom('thing')
    .select('value')
    .where('value', '>=', least)
    .where('id', '=', id)
    .where('value', '!=', 'fixed'),
)

test('a prepared query takes the values of each call, also on another database, and keeps those that are fixed', async () => {
  for (const value of ['one', 'two']) {
    const { db, transaction } = await testDatabase([things])
    const rows = [...['a', 'b'].map((id) => ({ id, value: `${value} ${id}` })), { id: 'a', value: 'fixed' }]
    await transaction((tx) => tx.withTables<Tables>().insertInto('thing').values(rows).execute())
    expect(await valued(db, { id: 'a', least: '' })).toEqual([{ value: `${value} a` }])
    expect(await valued(db, { id: 'b', least: '' })).toEqual([{ value: `${value} b` }])
    expect(await valued(db, { id: 'b', least: 'x' })).toEqual([])
  }
})

test('a prepared query belongs to the transaction it is asked in', async () => {
  const database = await testDatabase([things])
  const failed = database.transaction(async (db) => {
    await db.withTables<Tables>().insertInto('thing').values({ id: 'a', value: 'v' }).execute()
    expect(await valued(db, { id: 'a', least: '' })).toEqual([{ value: 'v' }])
    throw new Error('taken back')
  })
  await expect(failed).rejects.toThrow('taken back')
  expect(await valued(database.db, { id: 'a', least: '' })).toEqual([])
})
