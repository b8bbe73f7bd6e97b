import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { testScopes } from '../../../test/database.ts'
import type { Scope, Tx } from '../scope.ts'
import { dataHash, type EventRow, type EventTables, envelopeHash } from './chain.ts'
import { readEvents } from './read.ts'
import { checkpoint, forget, prune } from './retain.ts'
import { type Checkpoint, type Verification, verify } from './verify.ts'

const module = new URL('./verify.ts', import.meta.url)
const say = (scope: Scope, ...subjects: string[]) =>
  scope.write(async (tx) => {
    for (const subject of subjects)
      tx.event({ type: 'thing.said', subject, data: { subject, n: 1.5, ключ: [null, '\u2028'] } })
  })

async function tenEvents() {
  const { scope } = await testScopes()
  for (let at = 1; at <= 10; at++) await say(scope(), `s${at}`)
  const check = (kept: Checkpoint[] = []) => scope().apart.read<Verification>(module, 'verifyApart', { kept })
  const tamper = (change: (tx: Tx) => Promise<unknown>) => scope().write(change)
  return { scope, check, tamper }
}
const events = (tx: Tx) => tx.db.withTables<EventTables>()
const rowAt = (tx: Tx, seq: number) =>
  events(tx)
    .selectFrom('event')
    .selectAll()
    .where('workspace', '=', 'w')
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow()
const removeAt = (tx: Tx, seq: number) =>
  events(tx).deleteFrom('event').where('workspace', '=', 'w').where('seq', '=', seq).execute()
const putRow = (tx: Tx, row: EventRow) => events(tx).insertInto('event').values(row).execute()
const kinds = (found: Verification) => found.faults.map((fault) => `${fault.seq} ${fault.kind}`)

/** The whole chain written anew after a change, as somebody would who knows how it is made. */
async function rewrite(tx: Tx, change: (row: EventRow) => EventRow) {
  const rows = await events(tx).selectFrom('event').selectAll().where('workspace', '=', 'w').orderBy('seq').execute()
  await events(tx).deleteFrom('event').where('workspace', '=', 'w').execute()
  let before = rows[0]?.prev_hash as string
  for (const row of rows) {
    const changed = { ...change(row), prev_hash: before }
    const linked = { ...changed, data_hash: dataHash(changed.salt as string, changed.data as string) }
    before = envelopeHash(linked)
    await putRow(tx, { ...linked, hash: before })
  }
  await events(tx).updateTable('event_head').set({ hash: before }).where('workspace', '=', 'w').execute()
}

describe('the chain', () => {
  test('of untouched events is whole', async () => {
    const { check, scope } = await tenEvents()
    const found = await check()
    expect(found).toMatchObject({ ok: true, checked: 10, forgotten: 0, faults: [] })
    expect(await verify(scope().db, 'w')).toEqual(found)
    expect(await verify(scope().db, 'empty')).toMatchObject({ ok: true, checked: 0 })
  })

  test.each<[string, Partial<EventRow>]>([
    ['type', { type: 'thing.unsaid' }],
    ['subject', { subject: 'other' }],
    ['actor', { actor: 'person:q' }],
    ['job', { job: 'j' }],
    ['time', { time: 1 }],
    ['id', { id: 'x' }],
    ['data', { data: '{}' }],
    ['salt', { salt: '00' }],
    ['data alone removed', { data: null }],
  ])('finds a changed row: %s', async (_, change) => {
    const { check, tamper } = await tenEvents()
    await tamper((tx) =>
      events(tx).updateTable('event').set(change).where('workspace', '=', 'w').where('seq', '=', 4).execute(),
    )
    expect(kinds(await check())).toEqual(['4 changed'])
  })

  test('finds a row that was made anew with right hashes of its own', async () => {
    const { check, tamper } = await tenEvents()
    await tamper(async (tx) => {
      const row = { ...(await rowAt(tx, 4)), subject: 'other' }
      await removeAt(tx, 4)
      await putRow(tx, { ...row, hash: envelopeHash(row) })
    })
    expect(kinds(await check())).toEqual(['5 unlinked'])
  })

  test('finds a removed row, at the start, in the middle and at the end', async () => {
    const { check, tamper } = await tenEvents()
    await tamper((tx) => removeAt(tx, 5))
    expect(kinds(await check())).toEqual(['5 missing'])
    await tamper((tx) => removeAt(tx, 1))
    expect(kinds(await check())).toEqual(['1 missing', '5 missing'])
    await tamper((tx) => removeAt(tx, 10))
    expect(kinds(await check())).toEqual(['1 missing', '5 missing', '9 head'])
  })

  test('finds an inserted row, renumbered or put after the head', async () => {
    const { check, tamper } = await tenEvents()
    await tamper(async (tx) => putRow(tx, { ...(await rowAt(tx, 10)), seq: 11, id: 'put in' }))
    expect(kinds(await check())).toEqual(['11 head'])
    await tamper((tx) => removeAt(tx, 11))
    await tamper(async (tx) => {
      await sql`update event set seq = -seq where workspace = 'w' and seq >= 5`.execute(tx.db)
      await sql`update event set seq = 1 - seq where workspace = 'w' and seq < 0`.execute(tx.db)
      await putRow(tx, { ...(await rowAt(tx, 4)), seq: 5, id: 'put in' })
    })
    const found = await check()
    expect(found.ok).toBe(false)
    expect(found.faults[0]).toMatchObject({ seq: 5 })
  })

  test('finds rows that changed places', async () => {
    const { check, tamper } = await tenEvents()
    await tamper(async (tx) => {
      const [three, seven] = [await rowAt(tx, 3), await rowAt(tx, 7)]
      await removeAt(tx, 3)
      await removeAt(tx, 7)
      await putRow(tx, { ...three, seq: 7 })
      await putRow(tx, { ...seven, seq: 3 })
    })
    const found = await check()
    expect(found.faults.filter((fault) => fault.kind === 'changed').map((fault) => fault.seq)).toEqual([3, 7])
  })

  test('written anew from end to end deceives itself, but not a checkpoint kept elsewhere', async () => {
    const { check, tamper, scope } = await tenEvents()
    const kept = (await scope().write((tx) => checkpoint(tx))) as Checkpoint
    await tamper(async (tx) => {
      await rewrite(tx, (row) => (row.seq === 4 ? { ...row, subject: 'other' } : row))
      await events(tx).deleteFrom('event_checkpoint').where('workspace', '=', 'w').execute()
    })
    expect((await check()).ok).toBe(true)
    expect(kinds(await check([kept]))).toEqual(['10 checkpoint'])
    expect(kinds(await check([{ seq: 99, hash: kept.hash }]))).toEqual(['99 checkpoint'])
  })

  test('stays whole when data is forgotten, and the data is gone', async () => {
    const { check, scope } = await tenEvents()
    expect(await scope().write((tx) => forget(tx, { subjects: ['s3', 's4', 'none'] }))).toBe(2)
    expect(await check()).toMatchObject({ ok: true, checked: 10, forgotten: 2 })
    const read = await readEvents(scope(), 2, 2)
    expect(read.map((event) => event.data)).toEqual([{}, {}])
    expect(await scope().write((tx) => forget(tx, { from: 0 }))).toBe(8)
    expect(await check()).toMatchObject({ ok: true, forgotten: 10 })
  })

  test('stays whole when old events are pruned up to a checkpoint, and only up to one', async () => {
    const { check, scope } = await tenEvents()
    expect(await scope().write((tx) => prune(tx, 9))).toBe(0)
    await scope().write((tx) => checkpoint(tx))
    await say(scope(), 'later')
    expect(await scope().write((tx) => prune(tx, 11))).toBe(10)
    expect(await check()).toMatchObject({ ok: true, checked: 1, head: { seq: 11 } })
    await scope().write((tx) => checkpoint(tx))
    expect(await scope().write((tx) => prune(tx, 11))).toBe(1)
    expect(await check()).toMatchObject({ ok: true, checked: 0 })
    await say(scope(), 'after')
    expect(await check()).toMatchObject({ ok: true, checked: 1, head: { seq: 12 } })
  })
})
