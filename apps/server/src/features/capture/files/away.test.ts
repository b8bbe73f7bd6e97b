import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiError } from '@cairn/api/client'
import { expect, test, vi } from 'vitest'
import { patiently as until, useGround } from './ground.fixture.ts'

vi.setConfig({ testTimeout: 30_000 })
const { ground, ready, addRoot, become, found } = useGround()
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error as ApiError).problem.code,
  )
const stateOf = async (id: string) => (await ground.cairn.api.roots.get({ id })).state

test('a folder that vanishes keeps what is known of it, says so, and is taken up again when it is back', async () => {
  const { id, path } = await addRoot('vanishing', { 'a.txt': 'pangolin' })
  await rename(path, `${path}-away`)
  const away = await until(async () => {
    const root = await ground.cairn.api.roots.get({ id })
    return root.state === 'missing' ? root : null
  })
  expect(away).toMatchObject({ reason: 'it is not there', watch: 'off', scan: null })
  expect(await found('pangolin')).toEqual(['vanishing/a.txt'])
  expect(await codeOf(ground.cairn.api.files.tree({ root: id }))).toBe('FILE_NOT_FOUND')
  await writeFile(join(`${path}-away`, 'b.txt'), 'aardvark')
  await rename(`${path}-away`, path)
  await become(id, { 'a.txt': 'indexed', 'b.txt': 'indexed' })
  const back = await ready(id)
  expect(back).toMatchObject({ watch: 'live', reason: null })
  await writeFile(join(path, 'c.txt'), 'back again')
  await become(id, { 'a.txt': 'indexed', 'b.txt': 'indexed', 'c.txt': 'indexed' })

  await rename(path, `${path}-away`)
  await symlink(`${path}-away`, path)
  await until(async () => (await ground.cairn.api.roots.get({ id })).state === 'missing')
  await rm(path)
})

test('a folder that is away holds up no other, and what waited for it is read when it is back', async () => {
  const { id, path } = await addRoot('gone', { 'a.txt': 'numbat', 'b.txt': 'bilby' })
  await rename(path, `${path}-away`)
  await until(async () => (await stateOf(id)) === 'missing')
  // Now every file is due, also those that cannot be read.
  await ground.cairn.api.search.rebuild({ kinds: ['file'] })
  const failures = async () => (await ground.cairn.api.search.status()).failures.map((failure) => failure.id)
  const { items } = await ground.cairn.api.files.list({ id })
  await until(async () => (await failures()).filter((one) => items.some((file) => file.id === one)).length === 2)
  await addRoot('here', { 'c.txt': 'dunnart' })
  expect(await found('dunnart')).toEqual(['here/c.txt'])
  expect(await found('numbat')).toEqual(['gone/a.txt'])

  await writeFile(join(`${path}-away`, 'a.txt'), 'numbat quoll')
  await rename(`${path}-away`, path)
  await ready(id)
  expect(await found('quoll')).toEqual(['gone/a.txt'])
})
