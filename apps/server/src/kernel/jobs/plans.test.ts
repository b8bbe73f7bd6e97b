import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { plansOf } from '../../../test/plans.ts'
import type { Db } from '../database/dialect.ts'
import { finishedSteps, lastLine } from './journal.ts'
import { makeLedger } from './ledger.ts'
import { countJobs, dueTimes, heldJobs, lastProductive, openTypes } from './survey.ts'

test('the cost of running jobs does not grow with the ledger: each of its questions has an index', async () => {
  const database = await testDatabase()
  const ledger = makeLedger(database.name)
  const ids = { workspace: 'w', id: 'j' }
  const held = [{ ...ids, fence: 1 }]
  const claim = { type: 't', priority: 1, limit: 4, worker: 'a/1', leaseUntil: 1, now: 1 }
  const settlement = { ...ids, fence: 1, status: 'succeeded', result: null, error: null, dueAt: null } as const
  const line = { ...ids, type: 't', concurrency: 'k', status: 'succeeded' } as const
  const asked: [string, (db: Db) => Promise<unknown>][] = [
    ['what is due', (db) => dueTimes(db, [{ type: 't', priority: 1 }])],
    ['claim', (db) => ledger.claim(db, claim)],
    ['settle', (db) => ledger.settle(db, [{ ...settlement, runAt: null, returned: 0, allowed: 0 }], 1)],
    ['pass turns', (db) => ledger.passTurns(db, [line])],
    ['who is ahead', (db) => ledger.ahead(db, ids, 'k')],
    ['twin', (db) => ledger.twin(db, 'w', 't', 'u')],
    ['guard', (db) => ledger.holds(db, { ...ids, fence: 1 })],
    ['still held', (db) => ledger.stillHeld(db, held)],
    ['renew', (db) => ledger.renew(db, held, 1)],
    ['leases', (db) => heldJobs(db)],
    ['open types', (db) => openTypes(db)],
    ['counts', (db) => countJobs(db, 'w')],
    ['steps', (db) => finishedSteps(db, 'w', 'j')],
    ['progress of attempts', (db) => lastProductive(db, ids)],
    ['last line', (db) => lastLine(db, 'w', 'j')],
  ]
  const scanned: string[] = []
  for (const [name, ask] of asked) {
    const plans = await plansOf(database, async (db) => void (await ask(db).catch(() => null)))
    expect([name, plans.length > 0]).toEqual([name, true])
    for (const { plan, sorts } of plans)
      if (readsAll(plan) || (sorts && name !== 'open types')) scanned.push(`${name}: ${plan}`)
  }
  expect(scanned).toEqual([])
})

/** Reading all rows of the table of jobs; lists of values that came with the question do not count. */
const readsAll = (plan: string) => /SCAN (jobs|j|o|job_\w+)\b(?!.*USING)|Seq Scan on (jobs|job_\w+)/.test(plan)
