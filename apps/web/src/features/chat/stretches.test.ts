import { expect, test } from 'vitest'
import { placesOf } from './stretches.ts'

test('stretches in sight are found among messages, the last first', () => {
  const items = Array.from({ length: 100 }, (_, at) => ({ turn: 100 - at }))
  expect(placesOf(new Set(['5']), items)).toEqual([0, 1])
  expect(placesOf(new Set(['4']), items)).toEqual([1, 21])
  expect(placesOf(new Set(['0', '1']), items)).toEqual([61, 100])
  expect(placesOf(new Set(), items)).toEqual([0, 1])
})
