import { expect, test } from 'vitest'
import { linesOf } from './words.ts'

test('what goes is told as one and as many', () => {
  const part = (counts: Record<string, number>) => linesOf([{ feature: 'x', counts }])
  expect(part({ events: 1, visits: 1, memories: 1, answers_kept: 1 })).toEqual([
    '1 event without its data now',
    '1 visit',
    '1 memory',
    '1 stored answer of a call',
  ])
  expect(part({ events: 1234, memories: 2, page_texts: 0 })).toEqual([
    '1,234 events without their data now',
    '2 memories',
  ])
})
