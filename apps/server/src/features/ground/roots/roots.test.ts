import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

vi.setConfig({ testTimeout: 60_000 })
let cairn: Cairn
let base: string
beforeAll(async () => {
  cairn = await startCairn()
  base = await realpath(await mkdtemp(join(tmpdir(), 'cairn-roots-')))
})
afterAll(async () => {
  await cairn.stop()
  await rm(base, { recursive: true, force: true })
})

async function folder(...names: string[]): Promise<string> {
  const path = join(base, ...names)
  await mkdir(path, { recursive: true })
  return path
}
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: ApiError) => error.problem,
  )
const said = async (call: Promise<unknown>) => {
  const problem = await problemOf(call)
  return problem ? `${problem.status} ${problem.code} ${problem.detail}` : 'none'
}

test('a folder is registered by its real path, scanned, read, listed and removed', async () => {
  const path = await folder('one')
  await writeFile(join(path, 'a.txt'), 'x')
  await symlink(path, join(base, 'link'))
  const before = (await cairn.api.events.follow({ limit: 1_000 })).last
  const made = await cairn.api.roots.create({ path: `${join(base, 'link')}/` })
  expect(made).toMatchObject({
    path,
    name: 'one',
    state: 'new',
    watch: 'off',
    scan: null,
    scanned_at: null,
    passages: 0,
  })
  const root = await until(async () => {
    const found = await cairn.api.roots.get({ id: made.id })
    return found.state === 'ready' && found.files.indexed === 1 ? found : null
  }, 30_000)
  expect(root).toMatchObject({ watch: 'live', bytes: 1, passages: 1, reason: null, watch_reason: null, scan: null })
  expect((await cairn.api.roots.list({})).items.map((item) => item.id)).toContain(made.id)
  expect(await cairn.api.roots.remove({ id: made.id })).toEqual({ removed: { roots: 1, files: 1 } })
  expect((await problemOf(cairn.api.roots.get({ id: made.id })))?.code).toBe('ROOT_NOT_FOUND')
  const { items } = await cairn.api.events.follow({ after: before, types: ['root.created', 'root.removed'] })
  expect(items.map((event) => [event.type, event.subject])).toEqual([
    ['root.created', made.id],
    ['root.removed', made.id],
  ])
  await rm(join(base, 'link'))
})

test('what cannot be registered is refused with its reason, and nothing is stored', async () => {
  const file = join(await folder('refused'), 'file.txt')
  await writeFile(file, 'x')
  await symlink('circle', join(base, 'circle'))
  const { create, list } = cairn.api.roots
  const before = (await list({})).items.length
  expect(await said(create({ path: join(base, 'nowhere') }))).toMatch(/^422 ROOT_NOT_READABLE .*it is not there/)
  expect(await said(create({ path: join(file, 'below') }))).toMatch(/^422 ROOT_NOT_READABLE .*it is not there/)
  expect(await said(create({ path: file }))).toMatch(/^422 ROOT_NOT_READABLE .*it is not a folder/)
  expect(await said(create({ path: join(base, 'circle') }))).toMatch(/^422 ROOT_NOT_READABLE .*circle/)
  expect(await said(create({ path: 'relative' }))).toMatch(/^422 INVALID_INPUT/)
  expect(await said(create({ path: `${base}\0` }))).toMatch(/^422 INVALID_INPUT/)
  expect(await said(create({ path: '' }))).toMatch(/^422 INVALID_INPUT/)
  expect(await said(create({ path: `/${'x'.repeat(4_090)}` }))).toMatch(/^422 ROOT_NOT_READABLE/)
  expect(await said(create({ path: cairn.home }))).toMatch(/^422 ROOT_NOT_ALLOWED .*its own data/)
  expect(await said(create({ path: join(cairn.home, 'blobs') }))).toMatch(/^422 (ROOT_NOT_ALLOWED|ROOT_NOT_READABLE)/)
  for (const path of ['/', '/proc', '/sys/kernel', '/dev']) {
    expect(await said(create({ path })), path).toMatch(/^422 ROOT_NOT_ALLOWED .*system/)
  }
  expect(await said(create({ path: base, name: 'n', colour: 'red' } as never))).toMatch(/^422 INVALID_INPUT/)
  expect((await list({})).items).toHaveLength(before)
})

test('no root lies inside another, and each has a name of its own', async () => {
  const { create } = cairn.api.roots
  const outer = await folder('outer')
  const inner = await folder('outer', 'inner', 'deep')
  const made = await create({ path: inner })
  expect(await said(create({ path: inner }))).toMatch(/^409 ROOT_EXISTS/)
  expect(await said(create({ path: outer }))).toMatch(/^409 ROOT_OVERLAPS .*deep/)
  await cairn.api.roots.remove({ id: made.id })
  const whole = await create({ path: outer })
  expect(await said(create({ path: inner }))).toMatch(/^409 ROOT_EXISTS/)
  expect((await create({ path: await folder('outer-beside') })).name).toBe('outer-beside')
  expect((await create({ path: await folder('other', 'outer') })).name).toBe('outer 2')
  expect((await create({ path: await folder('third', 'outer'), name: 'Third' })).name).toBe('Third')
  expect(await said(create({ path: await folder('fourth'), name: 'Third' }))).toMatch(/^422 INVALID_INPUT/)
  await cairn.api.roots.remove({ id: whole.id })
})

test('the same id and folder again is the same root; the same id for another is a conflict', async () => {
  const id = crypto.randomUUID()
  const path = await folder('twice')
  const first = await cairn.api.roots.create({ id, path })
  expect((await cairn.api.roots.create({ id, path })).created_at).toBe(first.created_at)
  expect(await said(cairn.api.roots.create({ id, path: await folder('thrice') }))).toMatch(/^409 CONFLICT/)
})

test('a root that contains the data of Cairn never shows it', async () => {
  const home = join(base, 'around', 'home')
  await folder('around', 'home')
  await using inner = await startCairn({ environment: { CAIRN_HOME: home } })
  await writeFile(join(base, 'around', 'a.txt'), 'x')
  const { id } = await inner.api.roots.create({ path: join(base, 'around') })
  await until(async () => (await inner.api.roots.get({ id })).state === 'ready', 30_000)
  expect((await inner.api.files.list({ id })).items.map((file) => file.path)).toEqual(['a.txt'])
  expect((await inner.api.files.tree({ root: id })).items.map((entry) => entry.name)).toEqual(['a.txt'])
  const problem = await problemOf(inner.api.files.tree({ root: id, path: 'home' }))
  expect(problem?.code).toBe('PATH_NOT_ALLOWED')
})

test('a scan is asked for by hand and is a job', async () => {
  const { id } = await cairn.api.roots.create({ path: await folder('by-hand') })
  await until(async () => (await cairn.api.roots.get({ id })).state === 'ready', 30_000)
  const { job_id } = await cairn.api.roots.scan({ id, hash: true })
  const job = await until(async () => {
    const found = await cairn.api.jobs.get({ id: job_id })
    return found.completed_at ? found : null
  }, 30_000)
  expect(job).toMatchObject({ type: 'files.scan', status: 'succeeded', input: { root: id, hash: true } })
  expect(await said(cairn.api.roots.scan({ id: crypto.randomUUID() }))).toMatch(/^404 ROOT_NOT_FOUND/)
})

test('another workspace neither sees nor moves a root, and may register the same folder', async () => {
  const path = await folder('shared')
  const { id } = await cairn.api.roots.create({ path })
  const { api } = await cairn.stranger()
  expect((await api.roots.list({})).items).toEqual([])
  expect(await said(api.roots.get({ id }))).toMatch(/^404 ROOT_NOT_FOUND/)
  expect(await said(api.roots.scan({ id }))).toMatch(/^404 ROOT_NOT_FOUND/)
  expect(await said(api.roots.remove({ id }))).toMatch(/^404 ROOT_NOT_FOUND/)
  expect((await api.roots.create({ path })).id).not.toBe(id)
})
