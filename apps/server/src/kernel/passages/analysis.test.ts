import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenize } from './analysis.ts'
import { hashTerm, lookup, termsOf } from './terms.ts'
import { fold, MAX_TERM } from './words.ts'

const terms = (text: string) => tokenize(text).map((token) => token.term)
const shared = (one: string, other: string) => terms(one).filter((term) => terms(other).includes(term))

test.each([
  ['getUserName', ['getusernam', 'get', 'user', 'name']],
  ['user_id', ['userid', 'user', 'id']],
  ['USER_ID', ['userid', 'user', 'id']],
  ['user-id', ['userid', 'user', 'id']],
  ['HTTPServer2', ['httpserver2', 'http', 'server', '2']],
  ['the URLs', ['the', 'url']],
  ['fs.readFile', ['fsreadfil', 'fs', 'readfil', 'read', 'file']],
  ['src/kernel/scope.ts', ['src', 'kernel', 'scopet', 'scope', 'ts']],
  ['__init__', ['init']],
  ['1.2.3', ['1.2.3']],
  ['c++ and c#', ['c++', 'c', 'and', 'c#', 'c']],
  ["a job's lease, don't", ['a', 'job', 'leas', 'dont']],
  ['renewed renewing renews', ['renew', 'renew', 'renew']],
])('identifiers fall into their parts and stay whole: %s', (text, expected) => {
  expect(terms(text)).toEqual(expected)
})

test.each([
  ['Ｃａｆé', 'cafe'],
  ['naïve', 'naive'],
  ['Straße', 'strasse'],
  ['ΣΊΣΥΦΟΣ', 'σισυφος'],
  ['Ёлка', 'елка'],
  ['سَلَام', 'سلام'],
  ['שָׁלוֹם', 'שלום'],
  ['co\u00adoperate', 'cooperate'],
  ['\u202eabc\u202c', 'abc'],
])('%s and %s are one word', (one, other) => {
  expect(terms(one)).toEqual(terms(other))
  expect(terms(one)).toHaveLength(1)
})

test.each([
  ['検索エンジンを作る', '検索'],
  ['東京都庁', '京都'],
  ['서울에서 만나요', '서울'],
  ['กินข้าวหรือยัง', 'ข้าว'],
  ['我们昨天讨论了数据库', '数据库'],
])('text without spaces, %s, shares words with %s', (text, query) => {
  expect(shared(query, text)).not.toEqual([])
})

test('hashes and other data are one term, cut at a length', () => {
  expect(terms('da39a3ee5e6b4b0d3255bfef95601890afd80709')).toEqual(['da39a3ee5e6b4b0d3255bfef95601890afd80709'])
  expect(terms('aGVsbG8gd29ybGQgaGVsbG8')).toHaveLength(1)
  expect(terms('a'.repeat(10_000))).toEqual(['a'.repeat(MAX_TERM)])
})

test('offsets lead back to what was written', () => {
  const text = 'Der Übertrag läuft, getUserName() 検索🚀 d’accord'
  const written = tokenize(text).map(({ start, end, sort, exact }) => [
    sort === 'whole' ? exact : fold(text.slice(start, end)),
    exact,
  ])
  for (const [slice, exact] of written) expect(slice).toBe(exact)
})

test('every text gives bounded, storable terms inside it, in the order of the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    code(),
  )
  fc.assert(
    fc.property(text, (given) => {
      const tokens = tokenize(given)
      for (const { term, exact, start, end } of tokens) {
        expect(term.length).toBeGreaterThan(0)
        expect(term.length).toBeLessThanOrEqual(MAX_TERM)
        expect(exact.length).toBeLessThanOrEqual(MAX_TERM)
        expect(term.isWellFormed()).toBe(true)
        expect(/[\s"'\\\u0000!:@~]/u.test(term)).toBe(false)
        expect(0 <= start && start < end && end <= given.length).toBe(true)
      }
      expect(tokens.map(({ position }) => position)).toEqual(
        tokens.map(({ position }) => position).sort((a, b) => a - b),
      )
    }),
    { numRuns: 500, examples: [["検a'cD"]] },
  )
})

const code = () =>
  fc
    .array(
      fc.constantFrom('_', '-', '.', "'", 'a', 'B', 'cD', '9', ' ', '検', 'ก', '\u0301', '\u200d', '++', '#', '\ufdfa'),
      { maxLength: 80 },
    )
    .map((parts) => parts.join(''))

test('hostile input costs no more than its length', () => {
  const size = 200_000
  const hostile = [
    'a',
    'A',
    'aA',
    'a-',
    "a'",
    '検',
    'ก',
    '_',
    '\u200b',
    '1.',
    '\u0301',
    'a+',
    '\ufdfa ',
    '🚀',
    'Aa_9-',
    '.-',
  ]
  const count = (text: string) => tokenize(text).length
  for (const unit of hostile) {
    const text = unit.repeat(size / unit.length)
    expect(count(text)).toBeLessThanOrEqual(2 * text.length)
  }
})

test('a run of letters comes out the same wherever it stands, and however often', () => {
  const runs = [
    'Leases',
    'readFile',
    'user_id',
    "job's",
    'scope.apart.read',
    'c++',
    'C',
    '日本語のテキスト',
    'Ｃａｆé',
    'a'.repeat(60),
  ]
  const text = [...runs, ...runs.toReversed(), ...runs].join(' ')
  const tokens = tokenize(text)
  expect(tokenize(text)).toEqual(tokens)
  for (const { start, end, position } of tokens) {
    expect(start < end && end <= text.length).toBe(true)
    expect(position).toBeLessThan(tokens.length)
  }
  let at = 0
  for (const run of text.split(' ')) {
    const here = tokens.filter(({ start }) => start >= at && start < at + run.length)
    const [first = 0, alone] = [here[0]?.position, tokenize(run)]
    expect(here.map((token) => ({ ...token, position: token.position - first }))).toEqual(
      alone.map((token) => ({ ...token, start: token.start + at, end: token.end + at })),
    )
    at += run.length + 1
  }
})

test('a record tells how often and where a term stands', () => {
  const { record, length, all, strong } = termsOf({
    text: 'The lease is renewed. A lease, a lease.',
    name: 'renewLease',
    title: 'Jobs',
    context: ['queue'],
  })
  const bits = (term: string) => lookup(record, hashTerm(term))
  expect(bits('leas') & 0x0f).toBe(3)
  expect(bits('leas') & 0x20).toBe(0x20)
  expect(bits('job')).toBe(0x10)
  expect(bits('queue')).toBe(0x40)
  expect(bits('nothing')).toBe(0)
  expect(length).toBe(8)
  expect(strong.sort()).toEqual(['job', 'leas', 'renew', 'renewleas'])
  expect(all).toContain('queue')
})
