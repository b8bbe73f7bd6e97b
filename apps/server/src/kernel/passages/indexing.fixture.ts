/** Indexes notes in a process of its own, until it is killed; prints how many passages there are as they come. */
import { systemClock } from '../clock.ts'
import { type DatabaseSettings, openDatabase } from '../database/database.ts'
import { type Notes, roomOver } from './room.fixture.ts'

/** Long and short ones; several passages each. */
export const manyNotes = (count: number): Notes =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => {
      const line = `note ${at} speaks of topic${at % 17} and word${at} `
      return [`n${at}`, { text: `${line.repeat(20)}\n`.repeat(1 + (at % 9)), title: `Note ${at}` }]
    }),
  )

if (import.meta.main) {
  const [settings = '', mark = ''] = process.argv.slice(2)
  const quiet = { info() {}, warn() {}, error() {} }
  const database = await openDatabase(JSON.parse(settings) as DatabaseSettings, quiet)
  const room = await roomOver(database, { lease: 600 })
  room.change(manyNotes(400))
  if (mark) await room.mark(manyNotes(400))
  let last = 0
  for (const end = systemClock.monotonic() + 60_000; systemClock.monotonic() < end; ) {
    const { passages, pending } = await room.status()
    if (passages !== last) console.log(passages)
    last = passages
    if (pending === 0) break
  }
  console.log('done')
  await room.stop()
  await database.close()
}
