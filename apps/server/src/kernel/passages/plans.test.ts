import { expect, inject, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { plansOf } from '../../../test/plans.ts'
import type { Db } from '../database/dialect.ts'
import { type Candidate, candidates, details, neighbours, records } from './search-store.ts'
import { takePassages } from './write-store.ts'

const anywhere = { from: null, to: null, kinds: null, roots: null }

/** PostgreSQL decides by its statistics, which an empty table has none of. */
const sqlite = inject('dialect') === 'sqlite'

test.runIf(sqlite)('neighbours are looked up one by one, not by walking all series', async () => {
  const database = await testDatabase()
  const of = [{ number: 1, kind: 'message', series: 't', position: 3 }] as unknown as Candidate[]
  const [found] = await plansOf(database, (db) => neighbours(db, 'w', of, anywhere))
  expect(found?.plan).toContain('passage_posting_series (workspace=? AND series=? AND position=?)')
})

test.runIf(sqlite).each([
  ['records', (db: Db) => records(db, 'w', [1, 2], anywhere)],
  ['candidates', (db: Db) => candidates(db, 'w', [1, 2])],
  ['what is shown', (db: Db) => details(db, 'w', [1, 2])],
  ['what is taken out', (db: Db) => takePassages({ db, dialect: 'sqlite', workspace: 'w', number: 1 }, [1, 2])],
] as const)('%s: passages are looked up by their numbers, not by walking the workspace', async (_, ask) => {
  const [found] = await plansOf(await testDatabase(), ask)
  expect(found?.plan).toMatch(/SEARCH (?:a|p) USING INTEGER PRIMARY KEY/)
  expect(found?.plan).not.toMatch(/SEARCH (?:a|p) USING INDEX/)
})
