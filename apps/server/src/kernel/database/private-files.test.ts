import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-private-'))
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const modes = async () => {
  const names = (await readdir(folder)).filter((name) => /^cairn\.db(-wal|-shm)?$/.test(name))
  const found = await Promise.all(
    names.map(async (name) => ((await stat(join(folder, name))).mode & 0o777).toString(8)),
  )
  return [names.length > 0, ...new Set(found)]
}

describe.skipIf(process.platform === 'win32')('the database in a folder that others may read', () => {
  it('is for its owner alone, with its log, from the first moment and after an older version made it', async () => {
    const file = join(folder, 'cairn.db')
    for (const older of [false, true]) {
      if (older) await chmod(file, 0o644)
      const database = await openDatabase({ dialect: 'sqlite', file }, quiet)
      await database.migrate([])
      expect(await modes()).toEqual([true, '600'])
      await database.close()
    }
    expect(await modes()).toEqual([true, '600'])
  })
})
