import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { startChild } from '../../../test/child.ts'
import { freshSettings, quietLog } from '../../../test/database.ts'
import { openDatabase } from '../database/database.ts'
import { books } from './books.fixture.ts'
import { manyNotes } from './indexing.fixture.ts'
import { library } from './passages.fixture.ts'

const indexing = new URL('./indexing.fixture.ts', import.meta.url)

test('indexing that is killed goes on where it was: nothing twice, nothing missing', { timeout: 180_000 }, async () => {
  const { settings, remove } = await freshSettings()
  onTestFinished(remove)
  const prepared = await openDatabase(settings, quietLog)
  await prepared.migrate(migrations)
  await prepared.close()
  let cut = 0
  for (let round = 0; round < 4; round++) {
    const child = startChild(indexing, [JSON.stringify(settings), round === 0 ? 'mark' : ''])
    await child.printed(1 + (round % 3))
    child.process.kill('SIGKILL')
    const { errors } = await child.ended
    expect(errors).toBe('')
    if (child.lines.at(-1) !== 'done') cut++
  }
  expect(cut).toBeGreaterThan(0)
  const database = await openDatabase(settings, quietLog)
  onTestFinished(() => database.close())
  const room = await library({ database, lease: 600 })
  room.change(manyNotes(400))
  await room.settled()
  const { kept, counted, ordinals, numbers } = await books(database, 'w')
  expect(kept).toEqual(counted)
  expect(kept.sources).toBe(400)
  expect(new Set(ordinals).size).toBe(ordinals.length)
  expect(numbers[0]).toEqual(numbers[1])

  const fresh = await library()
  await fresh.put(manyNotes(400))
  expect(ordinals.sort()).toEqual((await books(fresh.database, 'w')).ordinals.sort())
  expect((await room.find('word377'))[0]).toBe('n377')
})
