import { expect, test } from 'vitest'
import { above, branchOf, neighbourOf, rowsInSight, tagsIn, withScheme } from './tree.ts'

const row = (id: string, parent_id: string | null, depth: number) => {
  return { id, parent_id, title: id, depth, version: 1, bookmarks: 0 }
}
const items = [row('a', null, 1), row('b', 'a', 2), row('c', 'b', 3), row('d', 'a', 2), row('e', null, 1)]
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join('')

test('a folder is in sight when all above it are open, and goes with one that is on its way out', () => {
  const sight = (open: string, hidden = '') =>
    ids(
      rowsInSight(
        items,
        (id) => open.includes(id),
        (id) => hidden.includes(id),
      ),
    )
  expect([sight(''), sight('a'), sight('ab'), sight('b')]).toEqual(['ae', 'abde', 'abcde', 'ae'])
  expect([sight('abcde', 'b'), sight('abcde', 'a')]).toEqual(['ade', 'e'])
})

test('a branch, the way up and the neighbours of a folder', () => {
  expect([ids(branchOf(items, 'a')), ids(branchOf(items, 'e')), ids(branchOf(items, 'x'))]).toEqual(['abcd', 'e', ''])
  expect(above(items, 'c')).toEqual(['b', 'a'])
  expect([neighbourOf(items, 'b', 1)?.id, neighbourOf(items, 'd', 1)?.id, neighbourOf(items, 'e', -1)?.id]).toEqual([
    'd',
    undefined,
    'a',
  ])
})

test('an address without a scheme is a web page; tags are parted by commas', () => {
  expect(
    ['example.com/a', 'localhost:80', 'https://x.example', 'javascript:alert(1)', 'mailto:a@b.c'].map(withScheme),
  ).toEqual([
    'https://example.com/a',
    'https://localhost:80',
    'https://x.example',
    'javascript:alert(1)',
    'mailto:a@b.c',
  ])
  expect(tagsIn(' a, slow food ,,')).toEqual(['a', 'slow food'])
})
