/** Files and folders that may not be read. Root may read everything, so this file goes on as nobody when it is root. */
import { chmod, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { patiently, plant, useGround } from './ground.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const isRoot = process.getuid?.() === 0
beforeAll(() => {
  if (isRoot) process.seteuid?.(65_534)
})
const { ground, addRoot, outcomes, become } = useGround()
afterAll(() => {
  if (isRoot) process.seteuid?.(0)
})

test('an unreadable file and an unreadable folder are failures with a reason, and are taken up when they open', async () => {
  const { id, path } = await addRoot('closed', { 'a.txt': 'x', 'shut/b.txt': 'y', 'shut/c.txt': 'y', 'z.txt': 'z' })
  await chmod(join(path, 'a.txt'), 0)
  await become(id, { 'a.txt': 'unreadable', 'shut/b.txt': 'indexed', 'shut/c.txt': 'indexed', 'z.txt': 'indexed' })
  const refusal = await ground.cairn.api.files
    .content({ root: id, path: 'a.txt' })
    .catch((error: ApiError) => error.problem)
  expect(refusal).toMatchObject({ code: 'FILE_NOT_READABLE', detail: expect.stringContaining('permission denied') })
  expect(JSON.stringify(refusal)).not.toContain(ground.base)

  await chmod(join(path, 'shut'), 0)
  await ground.cairn.api.roots.scan({ id })
  // What is known of the files inside stays: they are not gone.
  await become(id, {
    'a.txt': 'unreadable',
    'shut/': 'folder_unreadable',
    'shut/b.txt': 'indexed',
    'shut/c.txt': 'indexed',
    'z.txt': 'indexed',
  })
  expect(
    (
      await patiently(async () => {
        const root = await ground.cairn.api.roots.get({ id })
        return root.files.failed === 2 ? root : null
      })
    ).state,
  ).toBe('ready')

  await chmod(join(path, 'shut'), 0o700)
  await chmod(join(path, 'a.txt'), 0o600)
  await become(id, { 'a.txt': 'indexed', 'shut/b.txt': 'indexed', 'shut/c.txt': 'indexed', 'z.txt': 'indexed' })
})

test('a root that is closed is unreadable until it opens, and one that is closed from the start is refused', async () => {
  const { id, path } = await addRoot('door', { 'a.txt': 'x' })
  await chmod(path, 0)
  await patiently(async () => (await ground.cairn.api.roots.get({ id })).state === 'unreadable')
  expect(await outcomes(id)).toEqual({ 'a.txt': 'indexed' })
  await chmod(path, 0o700)
  await patiently(async () => (await ground.cairn.api.roots.get({ id })).state === 'ready')
  await plant(ground.base, { 'shut/a.txt': 'x' })
  await chmod(join(ground.base, 'shut'), 0)
  const refusal = await ground.cairn.api.roots
    .create({ path: join(ground.base, 'shut') })
    .catch((error: ApiError) => error.problem)
  expect(refusal).toMatchObject({ code: 'ROOT_NOT_READABLE', detail: expect.stringContaining('permission denied') })
  await chmod(join(ground.base, 'shut'), 0o700)
})

test('a file that cannot be read when the index asks for it is indexed later', async () => {
  const { id, path } = await addRoot('later', { 'a.txt': 'first' })
  await plant(path, { 'new/b.txt': 'thrush' })
  await rename(join(path, 'new'), join(path, 'old'))
  await become(id, { 'a.txt': 'indexed', 'old/b.txt': 'indexed' })
  await patiently(async () => (await ground.cairn.api.search.query({ query: 'thrush' })).hits.length > 0)
})
