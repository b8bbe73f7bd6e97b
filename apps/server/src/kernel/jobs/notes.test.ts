import { expect, test } from 'vitest'
import { makeNotes } from './notes.ts'

test('the time left follows the pace of the last seconds, not that of a slow beginning', () => {
  let now = 0
  const clock = { now: () => now, monotonic: () => now }
  const notes = makeNotes({ workspace: 'w', id: 'j', attempt: 1 }, clock, String, () => {})
  const tell = (done: number) => {
    notes.progress({ phase: 'indexing', done, total: 10_000 })
    return notes.live()?.eta
  }
  expect(tell(0)).toBeNull()
  // A minute at one a second, then a hundred a second.
  for (let second = 1; second <= 60; second++) {
    now += 1_000
    tell(second)
  }
  expect(tell(60)).toBe(9_940)
  for (let second = 1; second <= 10; second++) {
    now += 1_000
    tell(60 + second * 100)
  }
  expect(notes.live()?.eta).toBeCloseTo((10_000 - 1_060) / 100, 0)
  notes.progress({ phase: 'counting', done: 0, total: 5 })
  expect(notes.live()?.eta).toBeNull()
})
