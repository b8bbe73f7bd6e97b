import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  DIMENSIONS,
  direction,
  find,
  ids,
  MODEL,
  makeFolder,
  put,
  row,
  rows,
  WORKSPACE,
} from '../../test/vector-store.ts'
import { encodeFloats } from '../floats.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>

beforeEach(async () => {
  folder = await makeFolder()
})
afterEach(() => folder.remove())

test('what is stored is found, best first, with scores from 0 to 1', async () => {
  const store = folder.open()
  expect(await put(store, rows(0, 50))).toEqual({ upserted: 50, count: 50 })
  const hits = await find(store, 7)
  expect(hits[0]).toEqual({ id: 'id-7', score: expect.closeTo(1, 5) })
  expect(hits).toHaveLength(10)
  for (const [i, hit] of hits.entries()) {
    expect(hit.score).toBeLessThanOrEqual(hits[i - 1]?.score ?? 1)
    expect(hit.score).toBeGreaterThan(0)
  }
})

test('scores are cosine similarity, whatever the length of the vectors', async () => {
  const store = folder.open()
  const at = (degrees: number, length: number) => {
    const vector = new Float32Array(DIMENSIONS)
    vector[0] = length * Math.cos((degrees * Math.PI) / 180)
    vector[1] = length * Math.sin((degrees * Math.PI) / 180)
    return encodeFloats(vector)
  }
  await put(store, [
    row(0, { id: 'same', vector: at(0, 5) }),
    row(1, { id: 'near', vector: at(60, 0.01) }),
    row(2, { id: 'across', vector: at(90, 1) }),
    row(3, { id: 'opposite', vector: at(180, 1) }),
    row(4, { id: 'nothing', vector: at(0, 0) }),
  ])
  const { hits } = await store.search(WORKSPACE, { model: MODEL, vector: at(0, 1), limit: 10 })
  const scores = Object.fromEntries(hits.map((hit) => [hit.id, hit.score]))
  expect(scores.same).toBeCloseTo(1, 5)
  expect(scores.near).toBeCloseTo(0.5, 5)
  expect(scores).not.toHaveProperty('opposite')
  expect(scores).not.toHaveProperty('nothing')
})

test('the same id again replaces, and of two rows with one id the last counts', async () => {
  const store = folder.open()
  await put(store, rows(0, 20))
  const moved = row(3, { vector: encodeFloats(direction(100)), kind: 'note' })
  expect(await put(store, [row(3, { kind: 'lost' }), moved])).toEqual({ upserted: 1, count: 20 })
  expect(ids(await find(store, 100))[0]).toBe('id-3')
  expect(ids(await find(store, 3, { kinds: ['note'] }))).toEqual(['id-3'])
  expect(await find(store, 3, { kinds: ['lost'] })).toEqual([])
})

test('parallel upserts of the same rows make no duplicates and lose none', async () => {
  const store = folder.open()
  const writes = Array.from({ length: 24 }, (_, i) => put(store, rows((i % 4) * 25, (i % 4) * 25 + 50)))
  await Promise.all([...writes, find(store, 1), find(store, 2)])
  const hits = (await store.search(WORKSPACE, { model: MODEL, vector: encodeFloats(direction(1)), limit: 1000 })).hits
  expect(new Set(ids(hits)).size).toBe(hits.length)
  expect((await store.states(WORKSPACE))[0]).toMatchObject({ count: 125, state: 'ok' })
})

test('search narrows by kind, source and time', async () => {
  const store = folder.open()
  await put(store, [...rows(0, 20), row(20, { kind: 'visit' }), row(21, { kind: 'message', source: 'thread-1' })])
  expect(ids(await find(store, 5, { kinds: ['visit', 'message'] })).toSorted()).toEqual(['id-20', 'id-21'])
  expect(ids(await find(store, 5, { sources: ['thread-1'] }))).toEqual(['id-21'])
  expect(ids(await find(store, 5, { from: 4, to: 6 })).toSorted()).toEqual(['id-4', 'id-5', 'id-6'])
  expect(ids(await find(store, 5, { from: 19.5, kinds: ['file'] }))).toEqual([])
  expect(await find(store, 5, { kinds: [] })).toEqual([])
})

test('quotes, backslashes and SQL in values are values', async () => {
  const store = folder.open()
  const strange = [
    "it's",
    "'; DROP TABLE x; --",
    "' OR '1'='1",
    'back\\slash',
    'per%cent_',
    '日本 "zitat"',
    'new\nline',
    '\u202e',
  ]
  await put(store, [...rows(0, 5), ...strange.map((id, i) => row(100 + i, { id, kind: 'odd', source: id }))])
  for (const id of strange) {
    expect(ids(await find(store, 1, { sources: [id] })), id).toEqual([id])
  }
  expect(await store.remove(WORKSPACE, { model: MODEL, fence: 1, source: { kind: 'odd', id: "' OR '1'='1" } })).toEqual(
    {
      deleted: 1,
      count: 12,
    },
  )
  expect(await store.remove(WORKSPACE, { model: MODEL, fence: 1, ids: strange })).toEqual({ deleted: 7, count: 5 })
  expect(await find(store, 1, { kinds: ["odd'"] })).toEqual([])
})

test('rows go by id and by source, and what is not there is no error', async () => {
  const store = folder.open()
  await put(store, rows(0, 30))
  const remove = (what: object) => store.remove(WORKSPACE, { model: MODEL, fence: 1, ...what })
  expect(await remove({ ids: ['id-1', 'id-2', 'unknown'] })).toEqual({ deleted: 2, count: 28 })
  expect(await remove({ source: { kind: 'file', id: 'file-5' } })).toEqual({ deleted: 3, count: 25 })
  expect(await remove({ source: { kind: 'visit', id: 'file-6' } })).toEqual({ deleted: 0, count: 25 })
  expect(await remove({ ids: [] })).toEqual({ deleted: 0, count: 25 })
  expect(await store.remove(WORKSPACE, { model: 'other', fence: 1, ids: ['id-1'] })).toEqual({ deleted: 0, count: 0 })
  await expect(remove({})).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(remove({ ids: ['a'], source: { kind: 'file', id: 'a' } })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a late writer is refused, also after a restart and after a drop, and changes nothing', async () => {
  const store = folder.open()
  await put(store, rows(0, 3), 5)
  await expect(put(store, rows(3, 6), 4)).rejects.toMatchObject({ code: 'STALE_FENCE' })
  await expect(store.remove(WORKSPACE, { model: MODEL, fence: 4, ids: ['id-1'] })).rejects.toMatchObject({
    code: 'STALE_FENCE',
  })
  await put(store, rows(3, 4), 7)
  await store.close()
  const next = folder.open()
  await expect(put(next, rows(4, 5), 6)).rejects.toMatchObject({ code: 'STALE_FENCE' })
  expect((await next.states(WORKSPACE))[0]).toMatchObject({ count: 4 })
  await next.drop(WORKSPACE, MODEL)
  await expect(put(next, rows(4, 5), 6)).rejects.toMatchObject({ code: 'STALE_FENCE' })
  expect(await put(next, rows(4, 5), 7)).toEqual({ upserted: 1, count: 1 })
})

test('workspaces and models do not see each other', async () => {
  const store = folder.open()
  await put(store, rows(0, 3))
  await store.upsert(WORKSPACE, {
    model: 'other model',
    dimensions: 2,
    fence: 1,
    rows: [row(0, { id: 'other', vector: encodeFloats(Float32Array.from([1, 0])) })],
  })
  expect(
    (await store.search('elsewhere', { model: MODEL, vector: encodeFloats(direction(1)), limit: 9 })).hits,
  ).toEqual([])
  expect(ids(await find(store, 1))).not.toContain('other')
  expect(await store.states('elsewhere')).toEqual([])
  expect(await store.states(WORKSPACE)).toMatchObject([
    { model: 'other model', dimensions: 2, count: 1, state: 'ok' },
    { model: MODEL, dimensions: DIMENSIONS, count: 3, state: 'ok', bytes: expect.any(Number) },
  ])
})

test('vectors of another length are refused, and a dropped model may come back with one', async () => {
  const store = folder.open()
  await put(store, rows(0, 3))
  const short = [row(9, { vector: encodeFloats(Float32Array.from([1, 2])) })]
  const upsertShort = () => store.upsert(WORKSPACE, { model: MODEL, dimensions: 2, fence: 1, rows: short })
  await expect(put(store, short)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(upsertShort()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const query = { model: MODEL, vector: encodeFloats(Float32Array.from([1, 2])), limit: 1 }
  await expect(store.search(WORKSPACE, query)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await store.drop(WORKSPACE, MODEL)
  expect(await upsertShort()).toEqual({ upserted: 1, count: 1 })
  expect((await store.search(WORKSPACE, query)).hits).toHaveLength(1)
})

test('after compacting no file holds anything of what was deleted or replaced', async () => {
  const store = folder.open()
  await put(store, rows(0, 500))
  const canary = (n: number, word: string) =>
    row(n, { id: `id-${word}`, kind: 'visit', source: `https://${word}.test` })
  await put(store, [canary(600, 'CANARYDELETED'), canary(601, 'CANARYREPLACED'), canary(602, 'CANARYKEPT')])
  expect((await folder.filesWith('CANARYDELETED')).length).toBeGreaterThan(0)
  await store.remove(WORKSPACE, { model: MODEL, fence: 1, source: { kind: 'visit', id: 'https://CANARYDELETED.test' } })
  await put(store, [{ ...canary(601, 'CANARYREPLACED'), source: 'https://plain.test' }])
  await store.compact(WORKSPACE, MODEL)
  expect(await folder.filesWith('CANARYDELETED')).toEqual([])
  expect(await folder.filesWith('https://CANARYREPLACED')).toEqual([])
  expect(await folder.filesWith('CANARYKEPT')).not.toEqual([])
  expect((await store.states(WORKSPACE))[0]).toMatchObject({ count: 502, state: 'ok' })
  expect(ids(await find(store, 42))[0]).toBe('id-42')

  await store.remove(WORKSPACE, { model: MODEL, fence: 1, ids: ['id-CANARYKEPT', 'CANARYNEVERTHERE'] })
  await store.compact(WORKSPACE, MODEL)
  expect(await folder.filesWith('CANARY')).toEqual(await folder.filesWith('id-CANARYREPLACED'))
  expect(await folder.filesWith('CANARYNEVERTHERE')).toEqual([])
})

test('deleting without compacting keeps bytes: the check above looks in the right place', async () => {
  const store = folder.open()
  await put(store, [...rows(0, 500), row(500, { id: 'CANARY' })])
  await store.remove(WORKSPACE, { model: MODEL, fence: 1, ids: ['CANARY'] })
  expect(await folder.filesWith('CANARY')).not.toEqual([])
})

test('dropping a model or a workspace leaves no bytes', async () => {
  const store = folder.open()
  await put(store, [row(1, { id: 'CANARY-1' })])
  await store.drop(WORKSPACE, MODEL)
  expect(await folder.filesWith('CANARY-1')).toEqual([])
  expect(await store.states(WORKSPACE)).toMatchObject([{ model: MODEL, count: 0, state: 'empty' }])
  expect(await find(store, 1)).toEqual([])
  await put(store, [row(1, { id: 'CANARY-2' })])
  await store.drop(WORKSPACE)
  expect(await folder.files()).toEqual([])
  expect(await store.states(WORKSPACE)).toEqual([])
  await put(store, rows(0, 2))
  expect(await find(store, 1)).toHaveLength(2)
})

test('many small commits are tidied, and nothing is lost by it', async () => {
  const store = folder.open({ optimizeEvery: 10 })
  for (let i = 0; i < 45; i += 1) await put(store, rows(i * 2, i * 2 + 2))
  await store.close()
  expect((await folder.filesIn('data')).filter((file) => file.endsWith('.lance')).length).toBeLessThan(25)
  expect((await folder.open().states(WORKSPACE))[0]).toMatchObject({ count: 90, state: 'ok' })
})

test.each([
  ['an index of whole vectors', {}],
  ['an index of short forms', { wholeUpTo: 100_000 }],
])('20,000 rows: upserts, %s in the background, exact results, late rows findable, then compacted', async (_, how) => {
  const store = folder.open({ indexFrom: 10_000, ...how })
  for (let from = 0; from < 20_000; from += 2000) await put(store, rows(from, from + 2000))
  const exact = (n: number) => {
    const query = direction(n)
    const cosine = (a: Float32Array, b: Float32Array) => {
      let dot = 0
      for (const [i, x] of a.entries()) dot += x * (b[i] ?? 0)
      return dot / (Math.hypot(...a) * Math.hypot(...b))
    }
    return Array.from({ length: 20_000 }, (_, i) => ({ id: `id-${i}`, score: cosine(query, direction(i)) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, 10)
  }
  await expect.poll(async () => (await folder.filesIn('_indices')).length, { timeout: 30_000 }).toBeGreaterThan(0)
  let hit = 0
  for (const n of [3, 777, 12_345, 19_999]) {
    const found = await find(store, n)
    expect(found[0]?.id).toBe(`id-${n}`)
    expect(found[0]?.score).toBeCloseTo(1, 4)
    const best = new Set(exact(n).map(({ id }) => id))
    hit += ids(found).filter((id) => best.has(id)).length
  }
  expect(hit / 40).toBeGreaterThanOrEqual(0.95)

  await put(store, [row(30_000, { id: 'late' })])
  expect(ids(await find(store, 30_000))[0]).toBe('late')
  await store.remove(WORKSPACE, { model: MODEL, fence: 1, source: { kind: 'file', id: 'file-3' } })
  expect((await store.states(WORKSPACE))[0]).toMatchObject({ count: 18_001, state: 'ok' })
  await store.compact(WORKSPACE, MODEL)
  expect(ids(await find(store, 30_000))[0]).toBe('late')
  expect(ids(await find(store, 13))).not.toContain('id-13')
  expect((await store.states(WORKSPACE))[0]).toMatchObject({ count: 18_001, state: 'ok' })
})

test('the ledger may live in the database itself, as it does on object storage', async () => {
  const store = folder.open({ ledgerInDatabase: true })
  expect(await store.states(WORKSPACE)).toEqual([])
  await put(store, rows(0, 30), 4)
  await store.remove(WORKSPACE, { model: MODEL, fence: 4, ids: ['id-1'] })
  await store.compact(WORKSPACE, MODEL)
  await store.close()
  const next = folder.open({ ledgerInDatabase: true })
  await expect(put(next, rows(0, 1), 3)).rejects.toMatchObject({ code: 'STALE_FENCE' })
  expect(await next.states(WORKSPACE)).toMatchObject([{ model: MODEL, count: 29, state: 'ok' }])
  await next.close()
  for (const file of (await folder.filesIn('data')).filter((one) => !one.includes('ledger.lance'))) await rm(file)
  const last = folder.open({ ledgerInDatabase: true })
  await expect(find(last, 2)).rejects.toMatchObject({ code: 'VECTORS_DAMAGED' })
  await last.drop(WORKSPACE, MODEL)
  expect(await put(last, rows(0, 3), 4)).toEqual({ upserted: 3, count: 3 })
  await last.drop(WORKSPACE)
  expect(await folder.files()).toEqual([])
})
