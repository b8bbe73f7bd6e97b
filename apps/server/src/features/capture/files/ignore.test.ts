import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtIn, ignores, type Layer, parseLayer } from './ignore.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-ignore-'))
  execFileSync('git', ['init', '-q', folder])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What walking down says: a path is left out when it, or a folder above it, is. */
function leftOut(layers: Layer[], path: string): boolean {
  const names = path.split('/')
  return names.some((name, at) => {
    const above = names
      .slice(0, at)
      .map((part) => `${part}/`)
      .join('')
    const known = layers.filter((layer) => above.startsWith(layer.base))
    return ignores(known, above, name, at < names.length - 1)
  })
}

/** Asks git itself about files (they need not exist), with their folders made so that it knows them as folders. */
function askGit(ignoreFiles: Record<string, string>, paths: string[]): Set<string> {
  rmSync(join(folder, 'tree'), { recursive: true, force: true })
  for (const path of paths) mkdirSync(dirname(join(folder, 'tree', path)), { recursive: true })
  for (const [path, text] of Object.entries(ignoreFiles)) {
    mkdirSync(dirname(join(folder, 'tree', path)), { recursive: true })
    writeFileSync(join(folder, 'tree', path), text)
  }
  const input = paths.map((path) => `tree/${path}\0`).join('')
  const ran = spawnSync('git', ['check-ignore', '-z', '--stdin', '--no-index'], {
    cwd: folder,
    input,
    encoding: 'utf8',
  })
  return new Set(
    ran.stdout
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => line.slice('tree/'.length)),
  )
}

function compare(ignoreFiles: Record<string, string>, paths: string[]) {
  const layers = Object.entries(ignoreFiles)
    .sort(([one], [other]) => one.length - other.length)
    .map(([path, text]) => parseLayer(text, path.slice(0, -'.gitignore'.length)))
  const ours = paths.filter((path) => leftOut(layers, path))
  expect(ours.sort()).toEqual([...askGit(ignoreFiles, paths)].sort())
}

const paths = [
  'a',
  'b.js',
  'src/a',
  'src/b.js',
  'src/deep/a',
  'src/deep/er/b.js',
  'lib/src/a',
  'foo/bar',
  'foo/bap/baz',
  'foo/baz',
  'x/foo/bar',
  'doc/a.txt',
  'doc/b/a.txt',
  '#hash',
  '!bang',
  'with space ',
  'a]b',
  'a-b',
  'A',
  'aXb',
  'ab',
]

test('rules mean what they mean to git', () => {
  for (const text of [
    'a',
    '/a',
    'src/',
    '/src/deep',
    'src/*',
    'src/**',
    '**/a',
    'src/**/a',
    '*.js',
    '!b.js\n*.js',
    '*.js\n!b.js',
    'foo/*\n!foo/bar',
    'foo/**/baz',
    '**/foo/bar',
    'foo\n!foo/bar',
    'doc/*.txt',
    'doc/**/*.txt',
    '\\#hash',
    '\\!bang',
    'with space\\ ',
    'with space ',
    '[ab]',
    '[!a]',
    '[^a]*',
    'a[]]b',
    'a[-]b',
    '[[:upper:]]',
    'a?b',
    '?',
    '[a',
    'a\\',
    '\\a',
    '[a-c]*',
    '**',
    '*',
    '/*',
    '!*',
    'src**',
    '**src',
    's**c/a',
    '/',
    '//',
    'foo//bar',
    '\uFEFFa',
    'a\r\nb.js\r\n',
    '# no\n\n',
    '**/',
    'foo/**/',
  ]) {
    compare({ '.gitignore': text }, paths)
  }
})

test('rules of deeper folders weigh more, and cannot bring back what lies below an ignored folder', () => {
  compare({ '.gitignore': '*.js\nsrc/deep/er/', 'src/.gitignore': '!b.js\na', 'src/deep/.gitignore': '!a' }, paths)
  compare({ '.gitignore': '/src/', 'src/.gitignore': '!*' }, paths)
})

test('any rule git understands is understood the same', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'foo',
    '*',
    '**',
    '?',
    '/',
    '[a-f]',
    '[!a]',
    '.js',
    '!',
    '\\',
    'src',
    'deep',
    ' ',
  )
  const rule = fc
    .array(piece, { minLength: 1, maxLength: 5 })
    .map((pieces) => pieces.join(''))
    // Two stars beside a letter are one star by git's manual; git itself takes them for folders after a plain beginning.
    .filter((text) => !/[^/!]\*\*|\*\*[^/]/.test(text))
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) =>
      compare({ '.gitignore': rules.join('\n') }, paths),
    ),
    { numRuns: 100 },
  )
}, 60_000)

test('a pattern made to explode takes no time worth speaking of', () => {
  const layer = parseLayer(`${'*a'.repeat(400)}b\n${'**/a/'.repeat(180)}b`)
  const name = 'a'.repeat(250)
  expect(ignores([layer], 'a/'.repeat(500), name, false)).toBe(false)
})

test('what is built in can be taken back by an ignore file', () => {
  expect(ignores([builtIn], '', 'dist', true)).toBe(true)
  expect(ignores([builtIn], 'deep/', 'node_modules', true)).toBe(true)
  expect(ignores([builtIn], '', 'node_modules', false)).toBe(false)
  expect(ignores([builtIn, parseLayer('!dist/')], '', 'dist', true)).toBe(false)
})
