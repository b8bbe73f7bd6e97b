import { expect, inject, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { plansOf } from '../../../test/plans.ts'
import { type Candidate, neighbours } from './search-store.ts'

/** PostgreSQL decides by its statistics, which an empty table has none of. */
test.runIf(inject('dialect') === 'sqlite')(
  'neighbours are looked up one by one, not by walking all series',
  async () => {
    const database = await testDatabase()
    const of = [{ number: 1, kind: 'message', series: 't', position: 3 }] as unknown as Candidate[]
    const anywhere = { from: null, to: null, kinds: null, roots: null }
    const [found] = await plansOf(database, (db) => neighbours(db, 'w', of, anywhere))
    expect(found?.plan).toContain('passage_posting_series (workspace=? AND series=? AND position=?)')
  },
)
