import fc from 'fast-check'
import { expect, test } from 'vitest'
import { books, indexWords } from './books.fixture.ts'
import { library } from './passages.fixture.ts'

const word = fc.constantFrom('lease', 'leases', 'renewLease', 'bread', 'flour', 'Müller', '検索', 'a', 'x1', 'jobs')
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
const change = fc.record({
  workspace: fc.constantFrom('w', 'v'),
  kind: fc.constantFrom('note', 'file'),
  id: fc.constantFrom('a', 'b', 'c'),
  note: fc.option(
    fc.record({
      text: fc
        .array(text, { minLength: 1, maxLength: 4 })
        .map((lines) => lines.join(`\n${'and so on '.repeat(150)}\n`)),
      title: text,
      time: fc.constantFrom(0, 1_700_000_000_000, 1_702_000_000_000),
      root: fc.constantFrom('r1', 'r2'),
    }),
  ),
})

test('counts are exact after any changes, and nothing is left when everything is gone', async () => {
  const { mark, settled, database } = await library()
  const both = ['w', 'v']
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
      for (const { workspace, kind, id, note } of changes) await mark({ [id]: note }, kind, workspace)
      for (const workspace of both) {
        await settled(workspace)
        const { kept, counted, numbers, ordinals } = await books(database, workspace)
        expect(kept).toEqual(counted)
        expect(numbers[0]).toEqual(numbers[1])
        expect(new Set(ordinals).size).toBe(ordinals.length)
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
  for (const workspace of both) {
    for (const kind of ['note', 'file']) await mark({ a: null, b: null, c: null }, kind, workspace)
    await settled(workspace)
    const { kept, numbers, bytes } = await books(database, workspace)
    expect(kept).toEqual({ terms: new Map(), sources: 0, passages: 0, length: 0 })
    expect([...numbers.flat(), bytes]).toEqual([0])
  }
  expect(await indexWords(database)).toEqual([])
})

test('taking sources out at once leaves nothing of them', async () => {
  const { put, passages, scope, find, database, status } = await library()
  const many = Array.from({ length: 60 }, (_, at) => `quokka ${at} ${'words between '.repeat(60)}`).join('\n')
  await put({ a: many, b: 'The numbat.' })
  const removed = await scope().write((tx) => passages.erase(tx.db, 'w', 'note', ['a', 'none'], tx))
  expect(removed).toBeGreaterThan(10)
  expect(await find('quokka')).toEqual([])
  expect(await find('numbat')).toEqual(['b'])
  const { kept, counted } = await books(database, 'w')
  expect(kept).toEqual(counted)
  expect((await status()).sources).toBe(1)
  expect((await indexWords(database)).filter((each) => each.includes('quokka'))).toEqual([])
})
