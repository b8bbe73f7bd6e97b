import { expect, test } from 'vitest'
import { library } from './passages.fixture.ts'

test('what is saved is found, what is changed is found anew, what is gone is not found', async () => {
  const { put, find, status } = await library()
  await put({ a: 'The lease of a job is renewed by its worker.', b: 'Bread needs flour, water and salt.' })
  expect(await find('where is the lease renewed?')).toEqual(['a'])
  await put({ a: 'Cheese comes from milk.' })
  expect(await find('lease')).toEqual([])
  expect(await find('milk')).toEqual(['a'])
  await put({ b: null })
  expect(await find('bread flour')).toEqual([])
  expect(await status()).toMatchObject({ sources: 1, passages: 1, pending: 0, failed: 0, state: 'idle' })
})

test('a hit says what it is, where it stands, why it was found and what to highlight', async () => {
  const { put, search } = await library()
  await put({
    a: { text: 'One line.\nThe renewed lease.', title: 'Leases', uri: 'notes/a.md', speaker: 'ada', time: 5 },
  })
  const { hits, mode, reason } = await search('renewing a lease')
  expect(hits).toHaveLength(1)
  expect(hits[0]).toMatchObject({
    passage: { text: 'One line.\nThe renewed lease.', time: '1970-01-01T00:00:00.005Z', speaker: 'ada' },
    source: { kind: 'note', id: 'a', title: 'Leases', uri: 'notes/a.md' },
    place: { start_line: 1, end_line: 2, name: null, context: [] },
    why: { terms: ['renewing', 'lease'], keyword: 1, semantic: null, boosts: ['title'] },
  })
  const text = hits[0]?.passage.text ?? ''
  expect(hits[0]?.passage.marks.map(({ start, end }) => text.slice(start, end))).toEqual(['renewed', 'lease'])
  expect([mode, reason]).toEqual(['keyword', 'No embedding model is configured.'])
})

test('each workspace finds its own alone, also by words that only another one knows', async () => {
  const { put, find, search, status, passages, scope } = await library()
  await put({ mine: 'The quokka sleeps.' }, 'note', 'w')
  await put({ theirs: 'The numbat eats termites; the quokka watches.' }, 'note', 'other')
  expect(await find('quokka', {}, 'w')).toEqual(['mine'])
  expect(await find('quokka', {}, 'other')).toEqual(['theirs'])
  expect((await search('numbat termites', {}, 'w')).hits).toEqual([])
  expect((await search('nubmat', {}, 'w')).corrected).toEqual([])
  expect((await search('nubmat', {}, 'other')).corrected).toEqual([{ from: 'nubmat', to: 'numbat' }])
  expect((await search('numbat', {}, 'nobody')).hits).toEqual([])
  expect((await status('w')).passages).toBe(1)
  await expect(passages.open(scope('w'), { kind: 'note', id: 'theirs' })).rejects.toThrow('no such note')
})

test('typing errors are forgiven', async () => {
  const { put, find } = await library()
  await put({
    ...{ schedule: 'A scheduler starts workers.', bread: 'Bread needs flour.', muller: 'Frau Müller rief an.' },
    ...{ socket: 'A WebSocket stays open.', hash: 'Fixed in 6626ce9a1b2c3d4e5f60718293a4b5c6d7e8f901.' },
    ...{ other: 'Nothing of the kind.', more: 'Yet another thing entirely.' },
  })
  const forgiven = {
    ...{ schedler: 'schedule', schedduler: 'schedule', schedulor: 'schedule', shceduler: 'schedule' },
    ...{ shcedullr: 'schedule', dchedule: 'schedule', sched: 'schedule', breadflour: 'bread' },
    ...{ muller: 'muller', MÜLLER: 'muller', 'web socket': 'socket', websockets: 'socket', '6626ce9': 'hash' },
  }
  for (const [typed, wanted] of Object.entries(forgiven))
    expect([typed, (await find(typed))[0]]).toEqual([typed, wanted])
  expect(await find('zzzzqqqq')).toEqual([])
})

test('scripts without spaces are found by a part of what was written', async () => {
  const { put, find } = await library()
  await put({
    ja: '検索エンジンを作る方法',
    zh: '我们昨天讨论了数据库的设计',
    ko: '서울에서 만나요',
    th: 'กินข้าวหรือยัง',
    ru: 'Напиши письмо маме',
  })
  for (const [query, id] of Object.entries({ エンジン: 'ja', 数据库: 'zh', 서울: 'ko', ข้าว: 'th', письмо: 'ru' })) {
    expect([query, await find(query)]).toEqual([query, [id]])
  }
})

test('filters by kind, root and time hold exactly', async () => {
  const { put, find } = await library()
  const may = Date.UTC(2024, 4, 15, 12)
  await put({ n1: { text: 'apple pie', time: may, root: 'r1' }, n2: { text: 'apple tart', time: may + 1 } })
  await put({ f1: { text: 'apple juice', time: Date.UTC(2023, 11, 31, 23, 59), root: 'r2' } }, 'file')
  const sorted = async (more: Parameters<typeof find>[1]) => (await find('apple', more)).sort()
  expect(await sorted({ kinds: ['file'] })).toEqual(['f1'])
  expect(await sorted({ kinds: ['file', 'note'] })).toEqual(['f1', 'n1', 'n2'])
  expect(await sorted({ kinds: ['none'] })).toEqual([])
  expect(await sorted({ root: 'r1' })).toEqual(['n1'])
  expect(await sorted({ root: 'r1', project: 'r2' })).toEqual(['f1', 'n1'])
  expect(await sorted({ from: '2024-05-15T12:00:00.001Z' })).toEqual(['n2'])
  expect(await sorted({ to: '2024-05-15T12:00:00.001Z' })).toEqual(['f1', 'n1'])
  expect(await sorted({ from: '2024-01-01T00:00:00.000Z', to: '2025-01-01T00:00:00.000Z' })).toEqual(['n1', 'n2'])
  expect(await sorted({ from: '2025-01-01T00:00:00.000Z', to: '2024-01-01T00:00:00.000Z' })).toEqual([])
  expect(await sorted({ from: '2023-12-31T23:59:00.000Z', to: '2023-12-31T23:59:00.001Z' })).toEqual(['f1'])
})

test('a kind that most passages are of is found alone, too, and so is one that few are of', async () => {
  const { put, find } = await library()
  const numbered = (number: number, text: string) =>
    Object.fromEntries(Array.from({ length: number }, (_, at) => [`${text} ${at}`, `${text} ${at} is there.`]))
  await put({ hidden: 'A quokka that is older.' }, 'note')
  await put(numbered(2_050, 'A quokka'), 'message')
  await put(numbered(2_150, 'Bread'), 'note')
  expect(await find('quokka', { kinds: ['note'] })).toEqual(['hidden'])
  expect(await find('bread', { kinds: ['note'], limit: 100 })).toHaveLength(100)
  expect(await find('bread', { kinds: ['message'] })).toEqual([])
  expect(await find('quokka', { kinds: ['message'], limit: 100 })).toHaveLength(100)
}, 120_000)

test('the turn beside a good one is found as well', async () => {
  const { put, find } = await library()
  const turn = (text: string, order: number) => ({ text, group: 't', order })
  await put(
    {
      q: turn('Which restaurant did we like so much in Lisbon?', 1),
      a: turn('That was Ramiro, on the Avenida.', 2),
      far: turn('Let us talk about taxes.', 9),
    },
    'message',
  )
  expect(await find('restaurant in Lisbon')).toEqual(['q', 'a'])
})

test('one source does not fill the page while others have something to say', async () => {
  const { put, find } = await library()
  const long = Array.from({ length: 40 }, (_, at) => `walrus paragraph ${at} ${'filler text here '.repeat(30)}`).join(
    '\n\n',
  )
  await put({ long: { text: long }, b: 'A walrus.', c: `Some say walrus, ${'others say nothing at all, '.repeat(40)}` })
  const found = await find('walrus', { limit: 5 })
  expect(found).toHaveLength(5)
  expect(new Set(found)).toEqual(new Set(['long', 'b', 'c']))
  expect(new Set(found.slice(0, 4))).toEqual(new Set(['long', 'b', 'c']))
})

test('words that stand somewhere, but in nothing of what is asked for, find nothing', async () => {
  const { put, find } = await library()
  await put({ a: 'like a walrus it is' })
  await put({ b: 'something else' }, 'file')
  expect(await find('like it', { kinds: ['file'] })).toEqual([])
  expect(await find('like it walrus', { kinds: ['message'] })).toEqual([])
  expect(await find('like it', { kinds: ['note'] })).toEqual(['a'])
})

const hostile = [
  '"',
  "'",
  '""',
  '*',
  'a*',
  'NEAR(a b)',
  'AND',
  'a AND',
  'NOT a',
  'a OR OR b',
  '(',
  ')',
  '()',
  '^a',
  'tokens:a',
  '{a b}:c',
  '-a',
  'a & b',
  'a | b',
  '!a',
  'a <-> b',
  'a:*',
  "a'b\\",
  "'; drop table passage; --",
  '" OR 1=1 --',
  '\u0000',
  'a\u0000b',
  '\\',
  '%',
  '_',
  '$1',
  '?',
  '🚀',
  '👩‍💻',
  '\u202eabc',
  '\ud800',
  '\udfff\ud800',
  '',
  ' ',
  '\n\t',
  '1.a',
  'w:note',
  '1!lease',
  '1:note',
  '1@r',
  '1~2024',
]
test('whatever is typed is nothing but words', async () => {
  const { search, put } = await library()
  await put({ a: 'lease and tokens, nothing else' })
  for (const query of hostile) {
    const { hits } = await search(query)
    expect([query, hits.length <= 1]).toEqual([query, true])
  }
  expect((await search('lease')).hits).toHaveLength(1)
})

test('a query of 100,000 characters is answered', async () => {
  const { search, put } = await library()
  await put({ a: 'lease and tokens' })
  expect((await search(`lease ${'nonsense wörd '.repeat(8_000)}`)).hits).toHaveLength(1)
  expect((await search(`lease ${'x'.repeat(100_000)}`)).hits).toHaveLength(1)
  expect((await search('検'.repeat(100_000))).hits).toHaveLength(0)
})

test('hostile text is indexed like any other', async () => {
  const { put, find } = await library()
  const nasty = "quoll ' \" \\ : ! @ ~ & | ( ) \u0000 \ud800 \u202e </b> 1!quoll ''; drop table passage"
  await put({ a: { text: nasty, title: nasty, uri: nasty, speaker: nasty, context: [nasty], root: nasty } })
  expect(await find('quoll')).toEqual(['a'])
})

test('a source opens at its place', async () => {
  const { put, passages, scope } = await library()
  const text = Array.from({ length: 500 }, (_, at) => `line ${at + 1}`).join('\n')
  await put({ a: { text, title: 'Lines', speaker: 'ada' } })
  const open = (more: object) => passages.open(scope(), { kind: 'note', id: 'a', ...more })
  const opened = await open({ start_line: 100, end_line: 102, around: 2 })
  expect(opened).toMatchObject({
    ...{ start_line: 98, end_line: 104, total_lines: 500, speaker: 'ada' },
    source: { kind: 'note', id: 'a', title: 'Lines', uri: 'note:a' },
  })
  expect(opened.text.split('\n')).toEqual([98, 99, 100, 101, 102, 103, 104].map((at) => `line ${at}`))
  expect(await open({})).toMatchObject({ start_line: 1, end_line: 500 })
  expect(await open({ start_line: 9_999 })).toMatchObject({ start_line: 460, end_line: 500 })
  expect(await open({ start_line: 5, end_line: 2, around: 0 })).toMatchObject({ start_line: 5, end_line: 5 })
  await expect(open({ id: 'none' })).rejects.toThrow('no such note')
  await expect(open({ kind: 'none' })).rejects.toThrow('no such none')
})

test('what fits holds every telling word where anything does, however many hold some of them', async () => {
  const room = await library()
  const some = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`some${at}`, at % 2 === 0 ? 'harbour harbour lantern' : 'granite lantern']),
  )
  await room.put({ ...some, whole: 'the granite of a harbour, and a lantern', other: 'nothing of it' })
  const fitting = async (query: string) => {
    const { sources, guessed } = await room.passages.fitting(room.scope(), { query, limit: 100 })
    return { ids: sources.map(({ id }) => id), terms: sources[0]?.terms, guessed }
  }
  expect(await fitting('harbour granite lantern')).toEqual({
    ids: ['whole'],
    terms: ['harbour', 'granite', 'lantern'],
    guessed: false,
  })
  // A word that nobody holds is guessed at: nothing is missing then.
  expect(await fitting('harbuor granite')).toMatchObject({ ids: ['whole'], guessed: true })
  const { ids } = await fitting('harbour xylophone')
  expect(ids).toHaveLength(31)
  expect((await fitting('lantern')).ids).toHaveLength(61)
})
