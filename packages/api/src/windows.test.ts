import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkWindows, lineStarts } from './windows.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`).join('\n')

test('a short text is one window with its whole range', () => {
  expect(chunkWindows('one\ntwo\nthree\n')).toEqual([
    { text: 'one\ntwo\nthree', start_line: 1, end_line: 3, kind: 'window', name: null, context: [] },
  ])
})

test('empty and blank texts have no windows', () => {
  expect(chunkWindows('')).toEqual([])
  expect(chunkWindows('\n \t\n\r\n')).toEqual([])
})

test('windows overlap by the lines asked for and end with the text', () => {
  const chunks = chunkWindows(numbered(100), { maxChars: 200, overlapLines: 3 })
  expect(chunks.length).toBeGreaterThan(3)
  for (const [i, chunk] of chunks.entries()) {
    const before = chunks[i - 1]
    if (before) expect(chunk.start_line).toBe(before.end_line - 2)
    expect(chunk.text.split('\n')[0]).toBe(`line ${chunk.start_line}`)
  }
  expect(chunks.at(-1)?.end_line).toBe(100)
})

test('a window prefers to end at a blank line that is near its end', () => {
  const paragraph = (name: string) => Array.from({ length: 8 }, (_, i) => `${name} ${i}`).join('\n')
  const text = [paragraph('first'), paragraph('second'), paragraph('third')].join('\n\n')
  const [first] = chunkWindows(text, { maxChars: 100, overlapLines: 0 })
  expect(first?.text).toBe(paragraph('first'))
})

test('a very long line is cut by characters, never inside a pair, and other lines keep their numbers', () => {
  const long = '😀'.repeat(3000)
  const chunks = chunkWindows(`head\n${long}\ntail`, { maxChars: 501 })
  const pieces = chunks.filter((chunk) => chunk.start_line === 2)
  expect(pieces.length).toBeGreaterThan(10)
  for (const piece of pieces) {
    expect(piece.text.isWellFormed()).toBe(true)
    expect(piece.text.length).toBeLessThanOrEqual(501)
  }
  expect(chunks[0]).toMatchObject({ text: 'head', start_line: 1, end_line: 1 })
  expect(chunks.at(-1)).toMatchObject({ text: 'tail', start_line: 3, end_line: 3 })
})

test('carriage returns stay in the text and do not shift lines', () => {
  expect(chunkWindows('a\r\nb\r\n')[0]).toMatchObject({ text: 'a\r\nb\r', start_line: 1, end_line: 2 })
})

test('whatever the text: no line that says something is lost, no window is too big, and each is a slice of it', () => {
  const line = fc.oneof(fc.string({ maxLength: 60 }), fc.constant(''), fc.string({ minLength: 200, maxLength: 700 }))
  const text = fc.array(line, { maxLength: 80 }).map((lines) => lines.join('\n'))
  const options = { maxChars: fc.integer({ min: 40, max: 400 }), overlapLines: fc.integer({ min: 0, max: 9 }) }
  fc.assert(
    fc.property(text, fc.record(options), (source, { maxChars, overlapLines }) => {
      const chunks = chunkWindows(source, { maxChars, overlapLines })
      const seen = new Set<number>()
      for (const chunk of chunks) {
        expect(source).toContain(chunk.text)
        expect(chunk.text.length).toBeLessThanOrEqual(maxChars * 1.2)
        for (let n = chunk.start_line; n <= chunk.end_line; n += 1) seen.add(n)
      }
      source.split('\n').forEach((said, i) => {
        if (said.trim() !== '') expect(seen).toContain(i + 1)
      })
    }),
    { numRuns: 300 },
  )
})

test('the cost grows with the text, not with its square', () => {
  const lines = lineStarts('\n'.repeat(2_000_000))
  expect(lines).toHaveLength(2_000_001)
  expect(chunkWindows('x'.repeat(5_000_000)).length).toBeLessThan(4000)
  expect(chunkWindows('\n'.repeat(2_000_000))).toEqual([])
  expect(chunkWindows('ab\n'.repeat(1_000_000)).length).toBeGreaterThan(1000)
})
