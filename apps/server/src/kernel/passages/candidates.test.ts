import { expect, test } from 'vitest'
import { ENOUGH, type Read, SCORED, willDo } from './candidates.ts'
import { library } from './passages.fixture.ts'
import type { QueryTerm } from './query.ts'

const term = (name: string, passages: number): QueryTerm => ({
  ...{ term: name, typed: name, group: 0, hash: 0, exact: [], whole: false, passages, strong: 0, weight: 1 },
})
const rare = term('rare', 500)
const upTo = (most: number, from = 0): Read => ({
  ...{ of: rare, weight: 1, numbers: Array.from({ length: most }, (_, at) => from + at) },
})

test('a common word is left out where rarer ones have found enough, and all that they found is scored', () => {
  const [passages, common] = [100_000, term('common', 30_000)]
  expect(willDo([upTo(ENOUGH)], common, passages)).toBe(true)
  expect(willDo([upTo(ENOUGH - 1)], common, passages)).toBe(false)
  // Twice the same are no more.
  expect(willDo([upTo(ENOUGH - 1), upTo(ENOUGH - 1)], common, passages)).toBe(false)
  expect(willDo([upTo(ENOUGH - 1), upTo(1, ENOUGH)], common, passages)).toBe(true)
  expect(willDo([upTo(ENOUGH)], term('other', 500), passages)).toBe(false)
  // What is about the common word is no reason to leave out what mentions it.
  expect(willDo([{ ...upTo(ENOUGH), of: common }], common, passages)).toBe(false)
  // Among more than are scored the common word has to choose.
  expect(willDo([upTo(SCORED + 1)], common, passages)).toBe(false)
  expect(willDo([], common, passages)).toBe(false)
})

test('what holds the rare words of a question is found among many that hold its common ones', async () => {
  const { put, find } = await library()
  const about = (word: string, many: number) =>
    Object.fromEntries(Array.from({ length: many }, (_, at) => [`${word}-${at}`, `The ${word} of day ${at}.`]))
  await put({ ...about('weather', 500), ...about('harbour', ENOUGH + 50), both: 'The harbour at night: a lighthouse.' })
  expect((await find('where is the lighthouse of the harbour?'))[0]).toBe('both')
  expect(await find('the harbour', { limit: 300, kinds: ['note'] })).toHaveLength(ENOUGH + 51)
  expect((await find('the weather of day 499'))[0]).toBe('weather-499')
  expect((await find('the')).length).toBeGreaterThan(0)
})
