import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { useGround } from './ground.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, addRoot } = useGround()
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error as ApiError).problem.code,
  )

test('content comes with its encoding, and without text where there is none', async () => {
  const { id } = await addRoot('contents', {
    'latin.txt': new Uint8Array([...Buffer.from('caf'), 0xe9]),
    'wide.txt': Buffer.from('\ufeffwide', 'utf16le'),
    'mark.ts': '\ufeffexport {}\n',
    'data.bin': new Uint8Array([0, 1, 2]),
    'large.txt': 'y'.repeat(5_000_001),
  })
  const { content } = ground.cairn.api.files
  const read = (path: string) => content({ root: id, path })
  expect(await read('latin.txt')).toMatchObject({ encoding: 'latin-1', text: 'café', lines: 1, binary: false })
  expect(await read('wide.txt')).toMatchObject({ encoding: 'utf-16le', text: 'wide' })
  expect(await read('mark.ts')).toMatchObject({
    encoding: 'utf-8',
    text: 'export {}\n',
    language: 'typescript',
    lines: 1,
  })
  expect(await read('data.bin')).toMatchObject({ encoding: null, binary: true, text: null, size: 3, lines: null })
  expect(await read('large.txt')).toMatchObject({ text: null, binary: false, sha256: null, size: 5_000_001 })
})

test('a tree shows one folder: folders first, hidden and ignored ones marked, in pages', async () => {
  const { id } = await addRoot('tree', {
    'b.txt': 'x',
    'A.txt': 'x',
    '.hidden': 'x',
    'out/x': 'x',
    'sub/y': 'x',
    '.gitignore': 'out/\n',
    '.git/config': 'x',
  })
  const { tree } = ground.cairn.api.files
  const all = await tree({ root: id })
  const shown = all.items.map(({ name, kind, hidden, ignored, state }) => [name, kind, hidden, ignored, state])
  expect(shown).toEqual([
    ['out', 'folder', false, true, null],
    ['sub', 'folder', false, false, null],
    ['.gitignore', 'file', true, false, 'indexed'],
    ['.hidden', 'file', true, false, 'indexed'],
    ['A.txt', 'file', false, false, 'indexed'],
    ['b.txt', 'file', false, false, 'indexed'],
  ])
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await tree({ root: id, limit: 2, ...(cursor && { cursor }) })
    expect(page.total).toBe(6)
    names.push(...page.items.map((entry) => entry.name))
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  expect(names).toEqual(all.items.map((entry) => entry.name))
  expect((await tree({ root: id, path: 'out' })).items).toMatchObject([{ name: 'x', ignored: true, path: 'out/x' }])
  expect(await codeOf(tree({ root: id, path: '../tree' }))).toBe('PATH_NOT_ALLOWED')
  expect(await codeOf(tree({ root: id, path: '.git' }))).toBe('PATH_NOT_ALLOWED')
  expect(await codeOf(tree({ root: id, path: 'b.txt' }))).toBe('FILE_NOT_FOUND')
  expect(await codeOf(tree({ root: id, cursor: 'nonsense' }))).toBe('INVALID_INPUT')
})

test('files are found by a few letters of their names, best first', async () => {
  const { id } = await addRoot('finder', {
    'src/features/tasks/service.ts': 'x',
    'src/features/tasks/store.ts': 'x',
    'docs/service.md': 'x',
    'src/taskList.ts': 'x',
    'ÄRGER.txt': 'x',
  })
  const find = async (q: string) => (await ground.cairn.api.files.find({ q, root: id })).items.map((file) => file.path)
  expect((await find('service'))[0]).toBe('docs/service.md')
  expect(await find('taskservice')).toEqual(['src/features/tasks/service.ts'])
  expect((await find('tl'))[0]).toBe('src/taskList.ts')
  expect(await find('ärger')).toEqual(['ÄRGER.txt'])
  expect(await find('a%_')).toEqual([])
  expect(await find('   ')).toEqual([])
  const [first] = (await ground.cairn.api.files.find({ q: 'store', root: id })).items
  expect(first?.matches.map((at) => first.path[at]).join('')).toBe('store')
})
