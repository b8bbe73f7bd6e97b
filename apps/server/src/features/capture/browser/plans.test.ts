import { expect, test } from 'vitest'
import { testDatabase } from '../../../../test/database.ts'
import { plansOf } from '../../../../test/plans.ts'
import type { Db } from '../../../kernel/database/dialect.ts'
import * as store from './store.ts'

const workspace = 'w'
const page = '00000000-0000-8000-8000-000000000000'
const limit = 51
const from = Date.UTC(2026, 0, 1)
const to = Date.UTC(2026, 1, 1)
const lists: [string, (db: Db) => Promise<unknown>][] = [
  ['all visits', (db) => store.visits({ workspace, db }, { limit })],
  ['visits of a period', (db) => store.visits({ workspace, db }, { limit, from, to, before: page })],
  ['visits of a site', (db) => store.visits({ workspace, db }, { limit, site: 'example.com' })],
  ['visits of a page', (db) => store.visits({ workspace, db }, { limit, page })],
  ['visits of a tab', (db) => store.visits({ workspace, db }, { limit, tab: page })],
  ['most visited sites', (db) => store.topSites({ workspace, db }, 100)],
  ['pages for a rebuild', (db) => store.pageIdsAfter({ workspace, db }, '', 500)],
]

test.each(lists)('%s come out of an index in their order', async (_, ask) => {
  const database = await testDatabase()
  const plans = await plansOf(database, ask)
  expect(plans.length).toBeGreaterThan(0)
  for (const plan of plans) expect(plan).toMatchObject({ sorts: false, scans: false })
})
