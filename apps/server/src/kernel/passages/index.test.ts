import type { Chunk } from '@cairn/api/windows'
import { expect, test } from 'vitest'
import { library } from './passages.fixture.ts'
import { until } from '../../../test/until.ts'
import { tables } from './rows.ts'

const chunk = (text: string, start_line: number, name: string | null = null): Chunk => ({
  ...{ text, start_line, end_line: start_line + text.split('\n').length - 1, kind: 'function', name, context: [] },
})
/** Cuts at blank lines; the first word of a piece names it. */
const byBlankLine = async (files: { id: string; name: string; text: string }[]) =>
  files.map(({ id, text }) => {
    let line = 1
    const passages = text.split('\n\n').map((part) => {
      const made = chunk(part, line, part.split(' ')[0])
      line += part.split('\n').length + 1
      return made
    })
    return { id, passages }
  })

const idsOf = async (room: Awaited<ReturnType<typeof library>>) => {
  const rows = await tables(room.database.db)
    .selectFrom('passage')
    .selectAll()
    .orderBy('source')
    .orderBy('ordinal')
    .execute()
  return rows.map(({ id, number, text, place }) => ({
    id,
    number,
    text,
    line: (JSON.parse(place) as Chunk).start_line,
  }))
}

test('chunks that did not change keep their passage, wherever they moved', async () => {
  const room = await library({ parse: byBlankLine })
  const file = (text: string) => ({ f: { text, name: 'f.ts', title: 'f.ts' } })
  await room.put(file('alpha one\n\nbeta two\n\ngamma three'), 'file')
  const before = await idsOf(room)
  await room.put(file('new zero\n\nalpha one\n\nbeta 2\n\ngamma three'), 'file')
  const after = await idsOf(room)
  expect(after.map(({ text, line }) => [text, line])).toEqual([
    ['new zero', 1],
    ['alpha one', 3],
    ['beta 2', 5],
    ['gamma three', 7],
  ])
  expect(after[1]).toEqual({ ...before[0], line: 3 })
  expect(after[3]).toEqual({ ...before[2], line: 7 })
  const { hits } = await room.search('gamma')
  expect(hits[0]?.place).toMatchObject({ start_line: 7, end_line: 7, name: 'gamma' })
})

test('a renamed source is found by its new name, under the same passage ids', async () => {
  const room = await library({ parse: byBlankLine })
  await room.put({ f: { text: 'alpha one', name: 'old.ts', title: 'oldname.ts' } }, 'file')
  const before = await idsOf(room)
  await room.put({ f: { text: 'alpha one', name: 'new.ts', title: 'newname.ts' } }, 'file')
  expect((await idsOf(room)).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  expect(await room.find('newname')).toEqual(['f'])
  expect(await room.find('oldname')).toEqual([])
})

test('a source that was only touched is not written again, one that moved in time is filed anew', async () => {
  const room = await library()
  const note = (time: number) => ({ a: { text: 'alpha one', time } })
  await room.put(note(Date.UTC(2024, 0, 1)))
  const before = await idsOf(room)
  const [row] = await tables(room.database.db).selectFrom('passage_source').select('indexed_at').execute()
  await room.put(note(Date.UTC(2024, 0, 1)))
  expect(await tables(room.database.db).selectFrom('passage_source').select('indexed_at').execute()).toEqual([row])
  await room.put(note(Date.UTC(2025, 5, 1)))
  expect(await idsOf(room)).toEqual(before)
  expect(await room.find('alpha', { from: '2025-06-01T00:00:00.000Z' })).toEqual(['a'])
  expect(await room.find('alpha', { to: '2025-01-01T00:00:00.000Z' })).toEqual([])
})

test('without the parser code is found in plain windows, and is cut properly once the parser is there', async () => {
  let up = false
  const room = await library({
    parse: (files) => (up ? byBlankLine(files) : Promise.reject(new Error('away'))),
    parserUp: () => up,
  })
  await room.put({ f: { text: 'alpha one\n\nbeta two', name: 'f.ts' } }, 'file')
  await room.put({ n: 'prose needs no parser' })
  expect(await room.status()).toMatchObject({ plain: 1, passages: 2 })
  expect(await room.find('beta')).toEqual(['f'])
  await room.passages.wake(room.makeScope, ['w'])
  expect(await room.status()).toMatchObject({ plain: 1 })
  up = true
  await room.passages.wake(room.makeScope, ['w'])
  await until(async () => (await room.status()).plain === 0)
  await room.settled()
  expect((await room.search('beta')).hits[0]?.place).toMatchObject({ start_line: 3, name: 'beta' })
})

test('what was cut plainly while the parser came back is cut properly, and one file that it fails on holds back no other', async () => {
  let calls = 0
  const room = await library({
    parse: async (files) => {
      calls += 1
      if (calls === 1 || files.some(({ text }) => text.includes('poison'))) throw new Error('the parser fell over')
      return byBlankLine(files)
    },
    parserUp: () => true,
  })
  const files = Object.fromEntries(
    Array.from({ length: 4 }, (_, n) => [
      `f${n}`,
      { text: `${n === 1 ? 'poison' : 'alpha'}\n\nbeta${n}`, name: `f${n}.ts` },
    ]),
  )
  await room.put(files, 'file')
  expect(await room.status()).toMatchObject({ plain: 4 })
  await until(async () => (await room.status()).plain === 1)
  expect((await room.search('beta2')).hits[0]?.place).toMatchObject({ start_line: 3 })
  expect((await room.search('beta1')).hits[0]?.place).toMatchObject({ start_line: 1 })
})

test('one source that cannot be read holds up nobody, says why, and is tried again', async () => {
  const failing = new Set(['bad'])
  const room = await library({
    reading: async (id) => {
      if (failing.has(id)) throw new Error(`the disk does not like ${id}`)
    },
  })
  await room.put({ a: 'alpha', bad: 'beta', c: 'gamma' })
  expect(await room.find('alpha')).toEqual(['a'])
  expect(await room.find('gamma')).toEqual(['c'])
  const { failed, failures, state } = await room.status()
  expect([failed, state]).toEqual([1, 'idle'])
  expect(failures).toMatchObject([{ kind: 'note', id: 'bad', error: 'the disk does not like bad', attempts: 1 }])
  failing.clear()
  await until(async () => (await room.status()).failed === 0)
  expect(await room.find('beta')).toEqual(['bad'])
})

test('a file on which the parser fails is indexed in plain windows, its neighbours properly', async () => {
  const room = await library({
    parse: async (files) => {
      if (files.some(({ text }) => text.includes('poison'))) throw new Error('the parser fell over')
      return byBlankLine(files)
    },
  })
  await room.put({ p: { text: 'poison\n\nquoll', name: 'p.ts' } }, 'file')
  await room.put({ g: { text: 'good\n\nnumbat', name: 'g.ts' } }, 'file')
  expect((await room.search('quoll')).hits[0]?.place).toMatchObject({ start_line: 1, end_line: 3 })
  expect((await room.search('numbat')).hits[0]?.place).toMatchObject({ start_line: 3, end_line: 3 })
})

test('a change that comes while its source is being read is not lost', async () => {
  const held: (() => void)[] = []
  let reads = 0
  const room = await library({
    reading: () => {
      reads++
      return reads === 1 ? new Promise<void>((resolve) => void held.push(resolve)) : Promise.resolve()
    },
  })
  await room.mark({ a: 'old words' })
  await until(async () => held.length > 0)
  await room.mark({ a: 'new words' })
  held[0]?.()
  await room.settled()
  expect(await room.find('new')).toEqual(['a'])
  expect(reads).toBeGreaterThanOrEqual(2)
})

test('what may wait is left alone while other things are indexed, and comes by itself when its time has come', async () => {
  const room = await library()
  room.change({ many: 'alpha one', again: 'alpha two' })
  const times = async () => {
    const rows = await tables(room.database.db)
      .selectFrom('passage_pending')
      .select(['id', 'since', 'next_attempt'])
      .execute()
    return Object.fromEntries(rows.map(({ id, since, next_attempt }) => [id, next_attempt - since]))
  }
  await room.scope().write((tx) => tx.reindex('note', ['many', 'again'], 2_000))
  expect(await times()).toEqual({ many: 2_000, again: 2_000 })
  await room.mark({ now: 'alpha three', again: 'alpha four' })
  await until(async () => {
    const found = await room.find('alpha')
    return found.includes('now') && found.includes('again')
  })
  await room.settled()
  expect(await room.find('one')).toEqual(['many'])
})

test('sources that nobody offers any more are said to be so', async () => {
  const room = await library()
  await room.scope().write((tx) => tx.reindex('strange', ['s']))
  await room.settled()
  expect((await room.status()).failures).toMatchObject([{ kind: 'strange', id: 's' }])
})

test('a rebuild finds what was never marked, drops what is gone and keeps the rest as it is', async () => {
  const room = await library()
  await room.put({ a: 'alpha', b: 'beta' })
  await room.put({ c: 'gamma' }, 'file')
  const [first] = await idsOf(room)
  room.change({ b: null, d: 'delta' })
  await room.passages.rebuild(room.scope())
  await until(async () => (await room.find('delta')).length === 1)
  await room.settled()
  expect((await idsOf(room)).map(({ text }) => text)).toEqual(['alpha', 'gamma', 'delta'])
  expect((await idsOf(room))[0]).toEqual(first)
})

test('search answers while many sources are being indexed', async () => {
  const room = await library()
  await room.put({ first: 'The quokka is already here.' })
  const many = Object.fromEntries(
    Array.from({ length: 600 }, (_, at) => [
      `n${at}`,
      `number ${at} ${'and many other words follow here '.repeat(20)}`,
    ]),
  )
  await room.mark(many)
  const seen: number[] = []
  while ((await room.status()).pending > 0) {
    const [one, other] = await Promise.all([room.find('quokka'), room.find('number', { limit: 5 })])
    expect(one).toEqual(['first'])
    seen.push(other.length)
  }
  expect(seen.length).toBeGreaterThan(0)
  expect((await room.status()).passages).toBe(601)
})
