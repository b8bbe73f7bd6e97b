import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { plant, patiently as until, useGround } from './ground.fixture.ts'

vi.setConfig({ testTimeout: 90_000 })
const { ground, ready, addRoot, become, found } = useGround()

test('what is saved, renamed, moved and deleted is followed', async () => {
  const { id, path } = await addRoot('live', {
    'a.txt': 'first',
    'folder/b.txt': 'moved as it is',
    'folder/c.txt': 'also',
  })
  const idOf = async (name: string) =>
    (await ground.cairn.api.files.list({ id, limit: 200 })).items.find((file) => file.path === name)?.id
  await writeFile(join(path, 'new.txt'), 'quokka')
  await until(async () => (await found('quokka'))[0] === 'live/new.txt')
  await writeFile(join(path, 'a.txt'), 'second wombat')
  await until(async () => (await found('wombat'))[0] === 'live/a.txt')

  const before = [await idOf('new.txt'), await idOf('folder/b.txt')]
  await rename(join(path, 'new.txt'), join(path, 'renamed.txt'))
  await rename(join(path, 'folder'), join(path, 'elsewhere'))
  await become(id, {
    'a.txt': 'indexed',
    'elsewhere/b.txt': 'indexed',
    'elsewhere/c.txt': 'indexed',
    'renamed.txt': 'indexed',
  })
  expect([await idOf('renamed.txt'), await idOf('elsewhere/b.txt')]).toEqual(before)
  await until(async () => (await found('quokka'))[0] === 'live/renamed.txt')

  await mkdir(join(path, 'x/y/z'), { recursive: true })
  await writeFile(join(path, 'x/y/z/deep.txt'), 'numbat')
  await until(async () => (await found('numbat'))[0] === 'live/x/y/z/deep.txt')
  await writeFile(join(path, 'x/y/z/deep.txt'), 'bilby')
  await until(async () => (await found('bilby'))[0] === 'live/x/y/z/deep.txt')

  await rm(join(path, 'x'), { recursive: true })
  await rm(join(path, 'elsewhere'), { recursive: true })
  await rm(join(path, 'a.txt'))
  await become(id, { 'renamed.txt': 'indexed' })
  await until(async () => (await found('bilby')).length === 0)
  await plant(path, { 'x/y/again.txt': 'dunnart' })
  await until(async () => (await found('dunnart'))[0] === 'live/x/y/again.txt')

  await writeFile(join(path, '.gitignore'), 'x/\n')
  await become(id, { '.gitignore': 'indexed', 'renamed.txt': 'indexed' })
  await rm(join(path, '.gitignore'))
  await become(id, { 'renamed.txt': 'indexed', 'x/y/again.txt': 'indexed' })
})

test('a folder that is removed and made again between two looks is still followed', async () => {
  const { id, path } = await addRoot('again', { 'sub/a.txt': 'one' })
  await rm(join(path, 'sub'), { recursive: true })
  await plant(path, { 'sub/b.txt': 'two' })
  await become(id, { 'sub/b.txt': 'indexed' })
  await writeFile(join(path, 'sub/c.txt'), 'three')
  await become(id, { 'sub/b.txt': 'indexed', 'sub/c.txt': 'indexed' })
})

test('a file that is replaced while it is read is read whole, as it was or as it is', async () => {
  const { id, path } = await addRoot('replaced', { 'a.txt': 'a'.repeat(100_000) })
  let stop = false
  const replacing = (async () => {
    for (let turn = 0; !stop; turn++) {
      const text = (turn % 2 ? 'b' : 'a').repeat(turn % 3 ? 100_000 : 70_000)
      await writeFile(join(path, '.next'), text)
      await rename(join(path, '.next'), join(path, 'a.txt'))
    }
  })()
  for (let read = 0; read < 100; read++) {
    const { text, size } = await ground.cairn.api.files.content({ root: id, path: 'a.txt' })
    expect(text).toMatch(/^(a+|b+)$/)
    expect(text?.length).toBe(size)
  }
  stop = true
  await replacing
  await writeFile(join(path, 'a.txt'), 'kakapo at last')
  await until(async () => (await found('kakapo'))[0] === 'replaced/a.txt')
})

test('a scan of what did not change writes nothing', async () => {
  const { id } = await addRoot('still', { 'a.txt': 'x', 'b/c.txt': 'y' })
  const scan = async () => {
    const { job_id } = await ground.cairn.api.roots.scan({ id })
    await until(async () => (await ground.cairn.api.jobs.get({ id: job_id })).status === 'succeeded')
    return ground.cairn.api.jobs.get({ id: job_id })
  }
  // The first look came within a tick of the writing; from the second on nothing is opened any more.
  await scan()
  const before = (await ground.cairn.api.events.follow({ limit: 1_000, types: ['files.changed'] })).last
  expect((await scan()).result).toEqual({ state: 'ready', files: 2, changed: 0 })
  const { items } = await ground.cairn.api.events.follow({ after: before, types: ['files.changed'] })
  expect(items.filter((event) => event.subject === id)).toEqual([])
})

test('after a restart changes of the meantime are found and new ones followed', async () => {
  const { id, path } = await addRoot('restarted', { 'a.txt': 'x', 'b.txt': 'x' })
  await ground.cairn.restart()
  await rm(join(path, 'b.txt'))
  await writeFile(join(path, 'c.txt'), 'y')
  await become(id, { 'a.txt': 'indexed', 'c.txt': 'indexed' })
  await ready(id)
  await writeFile(join(path, 'd.txt'), 'z')
  await become(id, { 'a.txt': 'indexed', 'c.txt': 'indexed', 'd.txt': 'indexed' })
})
