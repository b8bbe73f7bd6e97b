/**
 * A process that writes and says what was acknowledged, to be killed in the middle. Arguments: settings of the database
 * as JSON, first number, how many at once. It prints `ready`, then the number of each row after its COMMIT.
 */
import { say } from '../../../test/say.ts'
import type { SettingTables } from './apart.fixture.ts'
import { openDatabase } from './database.ts'

const [settings = '', first = '0', atOnce = '1'] = process.argv.slice(2)
const database = await openDatabase(JSON.parse(settings), { info() {}, warn() {}, error() {} })
let next = Number(first)
say('ready')

async function write() {
  for (;;) {
    const number = next
    next += 1
    await database.transaction(async (db) => {
      const row = { workspace: 'w', value: 'x'.repeat(500), updated_at: number }
      for (const half of ['a', 'b'])
        await db
          .withTables<SettingTables>()
          .insertInto('setting')
          .values({ ...row, id: `${number}${half}` })
          .execute()
    })
    // Written at once, so that what was acknowledged is known outside before the process can die.
    say(String(number))
  }
}
await Promise.all(Array.from({ length: Number(atOnce) }, write))
