import { expect, test } from 'vitest'
import { makeReader } from './markdown.ts'

/** As it is read, without its colours; the text comes in pieces of `size`. */
function read(text: string, size = 7): string {
  let out = ''
  const reader = makeReader((words) => {
    out += words
  })
  for (let at = 0; at < text.length; at += size) reader.add(text.slice(at, at + size))
  reader.end()
  return out.replaceAll(/\u001b\[\d+m/g, '')
}

test('headings, bold, lists, quotations and fences lose their signs and keep their words', () => {
  const answer = [
    '## Leases',
    '**docs/lease.md** · lines 3–4 [1]',
    '',
    '- renewed *every* ten seconds',
    '  * by its **worker** __init__',
    '1. first',
    '> A lease is **renewed**.',
    '> ```sh',
    '> npx cairn ask "**why**"',
    '> ```',
    '````ts',
    'const a = b ** c // ```',
    '````',
    '---',
  ].join('\n')
  expect(read(answer).split('\n')).toEqual([
    'Leases',
    'docs/lease.md · lines 3–4 [1]',
    '',
    '• renewed every ten seconds',
    '  • by its worker __init__',
    '1. first',
    '│ A lease is renewed.',
    '│     npx cairn ask "**why**"',
    '    const a = b ** c // ```',
    '─'.repeat(24),
    '',
  ])
})

test('escapes become the signs they stand for, and links what they lead to', () => {
  expect(read('token=\\*\\*\\* and \\[x\\] \\<b\\>')).toBe('token=*** and [x] <b>\n')
  expect(read('[Lease \\*\\*\\*](<https://a.example/x_y_z?q=1>) · 2026-11-20 [2]')).toBe(
    'Lease *** (https://a.example/x_y_z?q=1) · 2026-11-20 [2]\n',
  )
  expect(read('[https://a.example/?t=\\*\\*\\*](<https://a.example/?t=***>)')).toBe('https://a.example/?t=***\n')
})

test('names, addresses and arithmetic are no emphasis', () => {
  for (const text of [
    'lease_until and fence_no',
    'https://a.example/_b_/**c**',
    '2 * 3 * 4',
    'a [1][2] and row[3]',
    '5 ** 2',
    '**',
  ])
    expect(read(text)).toBe(`${text}\n`)
})

test('control characters do not reach the terminal', () => {
  expect(read('**a\u001b[2J** \u202e `x\u0007`')).not.toMatch(/[\u001b\u0007\u202e]/)
})
