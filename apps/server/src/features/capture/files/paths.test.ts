import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CairnError } from '@cairn/api/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bounds, cleanPath, locate, namesOf, openFile, openFolder, readUpTo, statIn } from './paths.ts'

let base: string
let bounds: Bounds
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-paths-')))
  bounds = { root: join(base, 'root'), home: join(base, 'root', 'home') }
  mkdirSync(join(base, 'root', 'home'), { recursive: true })
  mkdirSync(join(base, 'root', 'src', 'deep'), { recursive: true })
  mkdirSync(join(base, 'root', '.git'))
  mkdirSync(join(base, 'root-beside'))
  writeFileSync(join(base, 'root', 'src', 'a.ts'), 'inside')
  writeFileSync(join(base, 'root', '.git', 'config'), 'git data')
  writeFileSync(join(base, 'root', 'home', 'key'), 'secret of cairn')
  writeFileSync(join(base, 'root-beside', 'b.ts'), 'outside')
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof CairnError) return error.code
    throw error
  }
  return 'none'
}

function contentOf(path: string): string {
  const file = openFile(bounds, path)
  try {
    return readUpTo(file, 100).toString()
  } finally {
    closeSync(file.fd)
  }
}

test('a file below the root is read, however its path is spelled', () => {
  expect(contentOf('src/a.ts')).toBe('inside')
  expect(contentOf('./src//a.ts')).toBe('inside')
  expect(cleanPath('')).toBe('')
})

test('paths that climb, start at the top, hold NUL or name data of git are refused', () => {
  for (const path of [
    '../root-beside/b.ts',
    'src/../../root-beside/b.ts',
    '/etc/passwd',
    'src/a.ts\0.png',
    '.git/config',
    'src/../.git/config',
    '.GIT/config',
    '.git /config',
    '.g\u200cit/../.git/config',
    '.git\u200c/config',
    'git~1/config',
    'home/key',
    'home',
  ]) {
    expect(
      codeOf(() => openFile(bounds, path)),
      path,
    ).toMatch(/PATH_NOT_ALLOWED/)
  }
})

test('links inside the root are followed, links out of it, into git and to nowhere are not', () => {
  const link = (target: string, name: string) => symlinkSync(target, join(bounds.root, name))
  link(join(bounds.root, 'src'), 'inner')
  link(join(base, 'root-beside'), 'outer')
  link(join(base, 'root-beside', 'b.ts'), 'outer-file')
  link('.git', 'disguised')
  link('home', 'dwelling')
  link('nothing', 'dangling')
  link('round', 'round')
  link('/dev/zero', 'endless')
  expect(contentOf('inner/a.ts')).toBe('inside')
  for (const path of ['outer/b.ts', 'outer-file', 'disguised/config', 'dwelling/key', 'round', 'endless']) {
    expect(
      codeOf(() => openFile(bounds, path)),
      path,
    ).toBe('PATH_NOT_ALLOWED')
  }
  expect(codeOf(() => openFile(bounds, 'dangling'))).toBe('FILE_NOT_FOUND')
  expect(codeOf(() => openFolder(bounds, 'outer'))).toBe('PATH_NOT_ALLOWED')
})

test('a root that begins like another is another', () => {
  const beside = { root: join(base, 'root'), home: '/nowhere' }
  symlinkSync(join(base, 'root-beside'), join(base, 'root', 'beside'))
  expect(codeOf(() => locate(beside, 'beside'))).toBe('PATH_NOT_ALLOWED')
})

test('pipes, sockets and folders are not opened as files, and nothing waits for them', async () => {
  execFileSync('mkfifo', [join(bounds.root, 'pipe')])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(bounds.root, 'socket'), resolve))
  expect(codeOf(() => openFile(bounds, 'pipe'))).toBe('PATH_NOT_ALLOWED')
  expect(codeOf(() => openFile(bounds, 'socket'))).toBe('PATH_NOT_ALLOWED')
  expect(codeOf(() => openFile(bounds, 'src'))).toBe('FILE_NOT_READABLE')
  expect(codeOf(() => openFile(bounds, 'src/a.ts/b'))).toBe('FILE_NOT_FOUND')
  expect(codeOf(() => openFolder(bounds, 'src/a.ts'))).toBe('FILE_NOT_FOUND')
  await new Promise((resolve) => server.close(resolve))
})

test('a folder that is swapped for a link after it was opened still shows what was opened', () => {
  const opened = openFolder(bounds, 'src')
  renameSync(join(bounds.root, 'src'), join(bounds.root, 'moved'))
  symlinkSync(join(base, 'root-beside'), join(bounds.root, 'src'))
  try {
    expect(
      namesOf(opened)
        .map((entry) => entry.name.toString())
        .sort(),
    ).toEqual(['a.ts', 'deep'])
    expect(statIn(opened, 'a.ts')?.size).toBe(6)
    expect(statIn(opened, 'b.ts')).toBeNull()
  } finally {
    closeSync(opened.fd)
    rmSync(join(bounds.root, 'src'))
    renameSync(join(bounds.root, 'moved'), join(bounds.root, 'src'))
  }
})

test('a path longer than the system takes is a file that is not there', () => {
  expect(codeOf(() => openFile(bounds, 'x'.repeat(300)))).toBe('FILE_NOT_FOUND')
  expect(codeOf(() => openFile(bounds, 'x/'.repeat(2_040)))).toBe('FILE_NOT_FOUND')
})
