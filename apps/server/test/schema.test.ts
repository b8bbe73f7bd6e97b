import { readFile } from 'node:fs/promises'
import { expect, inject, test } from 'vitest'
import { dumpSchema } from '../src/kernel/database/schema-dump.ts'
import { testDatabase } from './database.ts'

test('the committed schema is what the migrations make; else run `node scripts/dump-schema.ts`', async () => {
  const database = await testDatabase()
  const committed = new URL(`../migrations/schema.${inject('dialect')}.sql`, import.meta.url)
  expect(await dumpSchema(database.db, database.name)).toBe(await readFile(committed, 'utf8'))
})
