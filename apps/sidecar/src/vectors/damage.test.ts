import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { find, ids, MODEL, makeFolder, put, rows, WORKSPACE } from '../../test/vector-store.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>

beforeEach(async () => {
  folder = await makeFolder()
})
afterEach(() => folder.remove())

const damages: [string, () => Promise<void>][] = [
  [
    'a data file is gone',
    async () => {
      await rm((await folder.filesIn('data'))[0] as string)
    },
  ],
  [
    'a data file is cut off',
    async () => {
      const [file] = (await folder.filesIn('data')) as [string]
      await truncate(file, Math.floor((await stat(file)).size / 2))
    },
  ],
  [
    'the newest manifest is overwritten',
    async () => {
      for (const file of await folder.filesIn('_versions')) await writeFile(file, 'rubbish')
    },
  ],
  [
    'the newest manifest is empty',
    async () => {
      for (const file of await folder.filesIn('_versions')) await truncate(file, 0)
    },
  ],
  [
    'the newest manifest is gone and an older version opens',
    async () => {
      const manifests = (await folder.filesIn('_versions')).filter((file) => file.endsWith('.manifest')).toSorted()
      await rm(manifests[0] as string)
      for (const hint of await folder.filesIn('latest_version_hint.json')) await rm(hint)
    },
  ],
  [
    'the table is gone',
    async () => {
      for (const entry of await readdir(folder.place)) {
        if (entry.endsWith('.lance')) await rm(join(folder.place, entry), { recursive: true })
      }
    },
  ],
  [
    'the ledger cannot be read',
    async () => {
      for (const file of await folder.ledgers()) await writeFile(file, '{"')
    },
  ],
  [
    'the ledger is gone',
    async () => {
      for (const file of await folder.files()) if (file.endsWith('.json') && !file.includes('.lance')) await rm(file)
    },
  ],
]

for (const [what, damage] of damages) {
  test(`damage is seen and told, never answered over: ${what}`, async () => {
    const before = folder.open()
    for (let i = 0; i < 5; i += 1) await put(before, rows(i * 20, i * 20 + 20))
    await before.close()
    await damage()
    const store = folder.open()
    await expect(find(store, 1)).rejects.toMatchObject({ code: 'VECTORS_DAMAGED' })
    await expect(put(store, rows(0, 1))).rejects.toMatchObject({ code: 'VECTORS_DAMAGED' })
    await expect(store.compact(WORKSPACE, MODEL)).rejects.toMatchObject({ code: 'VECTORS_DAMAGED' })
    const states = await store.states(WORKSPACE)
    expect(states.every(({ state }) => state === 'damaged')).toBe(true)
    expect(states).toHaveLength(what === 'the ledger is gone' ? 0 : 1)

    await store.drop(WORKSPACE, MODEL)
    expect(await put(store, rows(0, 10))).toEqual({ upserted: 10, count: 10 })
    expect(ids(await find(store, 4))[0]).toBe('id-4')
    expect((await store.states(WORKSPACE))[0]).toMatchObject({ state: 'ok', count: 10 })
  })
}

test('files that vanish under a running store are noticed', async () => {
  const store = folder.open()
  await put(store, rows(0, 200))
  await find(store, 1)
  for (const file of await folder.filesIn('data')) await rm(file)
  expect((await store.states(WORKSPACE))[0]).toMatchObject({ state: 'damaged' })
  await expect(find(store, 1)).rejects.toMatchObject({ code: 'VECTORS_DAMAGED' })
})

test('a commit whose line in the ledger was lost to a crash still counts', async () => {
  const store = folder.open()
  await put(store, rows(0, 10))
  const [ledger] = (await folder.ledgers()) as [string]
  const old = await readFile(ledger)
  await put(store, rows(10, 20))
  await store.close()
  await writeFile(ledger, old)
  const next = folder.open()
  expect((await next.states(WORKSPACE))[0]).toMatchObject({ state: 'ok' })
  expect(await put(next, rows(10, 20))).toEqual({ upserted: 10, count: 20 })
})

test('a first commit whose line in the ledger was lost is counted as well', async () => {
  const store = folder.open()
  await put(store, [])
  const [ledger] = (await folder.ledgers()) as [string]
  const old = await readFile(ledger)
  await put(store, rows(0, 10))
  await store.close()
  await writeFile(ledger, JSON.stringify({ ...JSON.parse(String(old)), version: 0 }))
  expect(await folder.open().states(WORKSPACE)).toMatchObject([{ count: 10, state: 'ok' }])
})

test('what a crash left of a copy is removed, and the old rows are there', async () => {
  const store = folder.open()
  await put(store, rows(0, 10))
  await store.close()
  const [table] = (await readdir(folder.place)).filter((entry) => entry.endsWith('_1.lance')) as [string]
  await cp(join(folder.place, table), join(folder.place, table.replace('_1.lance', '_2.lance')), { recursive: true })
  const next = folder.open()
  expect(await find(next, 3)).toHaveLength(10)
  expect((await readdir(folder.place)).filter((entry) => entry.endsWith('.lance'))).toEqual([table])
})
