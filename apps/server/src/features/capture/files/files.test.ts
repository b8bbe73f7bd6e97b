import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { plant, patiently as until, useGround } from './ground.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, ready, scanned, addRoot, outcomes, become, found } = useGround()
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error as ApiError).problem.code,
  )

test('every file has a state, and a reason where it is left out', async () => {
  const { id, path } = await addRoot('reasons', {
    'plain.txt': 'plain words',
    'empty.txt': '',
    'picture.png': 'not opened',
    'data.bin': new Uint8Array([1, 2, 0, 3]),
    'latin.txt': new Uint8Array([...Buffer.from('caf'), 0xe9, ...Buffer.from(' au lait')]),
    'wide.txt': Buffer.from('\ufeffwide words', 'utf16le'),
    'noise.dat': Uint8Array.from({ length: 4_000 }, (_, at) => (at * 7919 + 13) % 251 || 7),
    'long.log': 'x'.repeat(2_000_001),
    'squeezed.js': `var a=1;${'b();'.repeat(10_000)}`,
    'app.min.js': 'var a=1',
    'package-lock.json': '{}',
    '.env': 'TOKEN=1',
    '.env.example': 'TOKEN=',
    'keys/server.pem': 'x',
    'keys/id_ed25519': 'x',
    'node_modules/other/index.js': 'x',
    'dist/built.js': 'x',
  })
  execFileSync('mkfifo', [join(path, 'pipe')])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(path, 'socket'), resolve))
  writeFileSync(join(path, 'sparse.img'), '')
  truncateSync(join(path, 'sparse.img'), 2 * 1024 ** 3)
  writeFileSync(join(path, 'sparse.txt'), 'words'.repeat(4_000))
  truncateSync(join(path, 'sparse.txt'), 2 * 1024 ** 3)
  writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x')
  await ground.cairn.api.roots.scan({ id })
  await become(id, {
    'plain.txt': 'indexed',
    'empty.txt': 'indexed',
    'picture.png': 'binary',
    'data.bin': 'binary',
    'latin.txt': 'indexed',
    'wide.txt': 'indexed',
    'noise.dat': 'binary',
    'long.log': 'too_large',
    'squeezed.js': 'minified',
    'app.min.js': 'minified',
    'package-lock.json': 'generated',
    '.env': 'secret',
    '.env.example': 'indexed',
    'keys/server.pem': 'secret',
    'keys/id_ed25519': 'secret',
    pipe: 'special',
    socket: 'special',
    'sparse.img': 'binary',
    'sparse.txt': 'too_large',
    'f\\xff\\xfe': 'name',
  })
  await new Promise((resolve) => server.close(resolve))
  const root = await ready(id)
  expect(root.files).toEqual({ indexed: 5, pending: 0, skipped: 15, failed: 0, ignored: 2 })
  const skipped = await ground.cairn.api.files.list({ id, state: 'skipped', reason: 'secret' })
  expect(skipped.items.map((file) => file.path)).toEqual(['.env', 'keys/id_ed25519', 'keys/server.pem'])
})

test('ignore files are respected at every depth, and can take back what is built in', async () => {
  const { id } = await addRoot('ignored', {
    '.gitignore': '*.log\n/out\n',
    'a.log': 'x',
    'out/x.txt': 'x',
    'deep/out/x.txt': 'kept: the rule is anchored',
    'deep/.gitignore': '!important.log\nsecret.txt\n',
    'deep/important.log': 'x',
    'deep/secret.txt': 'x',
    'deep/er/other.log': 'x',
    '.cairnignore': '!dist/\nprivate/\n',
    'dist/kept.txt': 'x',
    'private/diary.txt': 'x',
    '.git/info/exclude': 'excluded.txt\n',
    '.git/config': '',
    'excluded.txt': 'x',
  })
  expect(await outcomes(id)).toEqual({
    '.gitignore': 'indexed',
    '.cairnignore': 'indexed',
    '.git': 'repository',
    'deep/.gitignore': 'indexed',
    'deep/important.log': 'indexed',
    'deep/out/x.txt': 'indexed',
    'dist/kept.txt': 'indexed',
  })
})

test('a working copy whose data lies elsewhere is read like any folder', async () => {
  const { id } = await addRoot('linked', {
    'copy/.git': 'gitdir: /somewhere/else\n',
    'copy/.gitignore': 'left.txt\n',
    'copy/a.txt': 'read',
    'copy/left.txt': 'x',
  })
  expect(await outcomes(id)).toEqual({
    'copy/.git': 'repository',
    'copy/.gitignore': 'indexed',
    'copy/a.txt': 'indexed',
  })
})

test('names with line ends, directions, marks and great length are files like any other', async () => {
  const names = [
    'line\nend.txt',
    '\u202egnp.txt',
    'tab\t.txt',
    ' blank ',
    '"quote".txt',
    "it's.txt",
    '%41.txt',
    '😀/é.txt',
    '-rf',
    'a\\b.txt',
    `${'n'.repeat(251)}.txt`,
  ]
  const { id } = await addRoot(
    'names',
    Object.fromEntries(names.map((name) => [name, `content of ${JSON.stringify(name)}`])),
  )
  expect(Object.keys(await outcomes(id)).sort()).toEqual([...names].sort())
  for (const name of names) {
    const content = await ground.cairn.api.files.content({ root: id, path: name })
    expect(content).toMatchObject({ path: name, text: `content of ${JSON.stringify(name)}` })
  }
  const tree = await ground.cairn.api.files.tree({ root: id })
  expect(tree.items.map((entry) => entry.name)).toContain('line\nend.txt')
})

test('a tree deeper than an index can hold ends in one skipped folder, and can still be opened', async () => {
  const { id, path } = await addRoot('deep', { 'a.txt': 'x' })
  const step = 'd'.repeat(200)
  let folder = path
  for (let depth = 0; depth < 12; depth++) folder = join(folder, step)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'end.txt'), 'the end')
  await ground.cairn.api.roots.scan({ id })
  await until(async () => (await ready(id)).files.skipped === 1)
  expect(Object.values(await outcomes(id)).sort()).toEqual(['indexed', 'too_deep'])
  const content = await ground.cairn.api.files.content({ root: id, path: `${`${step}/`.repeat(12)}end.txt` })
  expect(content.text).toBe('the end')
})

test('links are never followed by a scan: not in circles, not out of the root', async () => {
  const outside = join(ground.base, 'outside')
  await plant(outside, { 'other.txt': 'zanzibar outside' })
  const path = join(ground.base, 'links')
  await plant(path, { 'in/a.txt': 'words inside' })
  await symlink('..', join(path, 'in/up'))
  await symlink('in', join(path, 'again'))
  await symlink(outside, join(path, 'out'))
  await symlink(join(outside, 'other.txt'), join(path, 'out.txt'))
  await symlink('self', join(path, 'self'))
  const { id } = await addRoot('links')
  expect(await outcomes(id)).toEqual({
    again: 'link',
    'in/a.txt': 'indexed',
    'in/up': 'link',
    out: 'link',
    'out.txt': 'link',
    self: 'link',
  })
  const { content } = ground.cairn.api.files
  expect((await content({ root: id, path: 'again/a.txt' })).text).toBe('words inside')
  expect(await codeOf(content({ root: id, path: 'out/other.txt' }))).toBe('PATH_NOT_ALLOWED')
  expect(await codeOf(content({ root: id, path: 'out.txt' }))).toBe('PATH_NOT_ALLOWED')
  expect(await codeOf(content({ root: id, path: 'self' }))).toBe('PATH_NOT_ALLOWED')
  expect(await found('zanzibar')).toEqual([])
})

test('secrets inside files are neither indexed nor found, and lines keep their numbers', async () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA7zebrafish0123456789abcdef\n'.repeat(5)}-----END RSA PRIVATE KEY-----`
  const text = `const token = readToken()\n${key}\nconst okapi = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'\n`
  const { id } = await addRoot('masked', { 'config.ts': text })
  expect(await found('okapi')).toEqual(['masked/config.ts'])
  const { hits } = await ground.cairn.api.search.query({ query: 'okapi readToken', kinds: ['file'] })
  const quoted = hits.map((hit) => JSON.stringify(hit)).join()
  expect(quoted).not.toMatch(/zebrafish|ghp_/)
  expect(quoted).toContain('readToken')
  expect(hits[0]?.place.end_line).toBe(9)
  expect((await ground.cairn.api.files.content({ root: id, path: 'config.ts' })).text).toBe(text)
})

test('another workspace sees none of it', async () => {
  const { id } = await addRoot('mine', { 'a.txt': 'axolotl' })
  const [file] = (await ground.cairn.api.files.list({ id })).items
  const { api } = await ground.cairn.stranger()
  expect(await codeOf(api.files.tree({ root: id }))).toBe('ROOT_NOT_FOUND')
  expect(await codeOf(api.files.content({ root: id, path: 'a.txt' }))).toBe('ROOT_NOT_FOUND')
  expect(await codeOf(api.files.list({ id }))).toBe('ROOT_NOT_FOUND')
  expect(await codeOf(api.files.get({ id: file?.id as string }))).toBe('FILE_NOT_FOUND')
  expect((await api.files.find({ q: 'a' })).items).toEqual([])
  expect(await codeOf(api.files.find({ q: 'a', root: id }))).toBe('ROOT_NOT_FOUND')
})

test('a removed root takes its rows and passages with it, and leaves the files', async () => {
  const { id, path } = await addRoot('removed', { 'a.txt': 'capybara', 'b/c.txt': 'capybara' })
  expect(await found('capybara')).toHaveLength(2)
  expect(await ground.cairn.api.roots.remove({ id })).toEqual({ removed: { roots: 1, files: 2 } })
  await until(async () => (await found('capybara')).length === 0)
  expect(await codeOf(ground.cairn.api.files.list({ id }))).toBe('ROOT_NOT_FOUND')
  await writeFile(join(path, 'd.txt'), 'capybara')
  const again = await addRoot('removed')
  expect(await outcomes(again.id)).toEqual({ 'a.txt': 'indexed', 'b/c.txt': 'indexed', 'd.txt': 'indexed' })
})

test('two thousand files are scanned, counted and found', async () => {
  // The rig `many-files` does it with 100,000.
  const path = join(ground.base, 'many')
  for (let folder = 0; folder < 20; folder++) {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`f${at}.txt`, `file ${at} of ${folder}\n`]),
    )
    await plant(join(path, `d${folder}`), files)
  }
  const { id, root } = await addRoot('many', {}, scanned)
  expect(root.files).toMatchObject({ failed: 0, skipped: 0 })
  expect(root.files.indexed + root.files.pending).toBe(2_000)
  expect((await ground.cairn.api.files.find({ q: 'd19/f99', root: id })).items[0]?.path).toBe('d19/f99.txt')
  expect(Object.keys(await outcomes(id))).toHaveLength(2_000)
}, 200_000)
