/** A process that opens the database file it is given and says how that went. `stay`: keeps it open. */
import { CairnError } from '@cairn/api/errors'
import { say } from '../../../test/say.ts'
import { openDatabase } from './database.ts'

const [file = '', stay] = process.argv.slice(2)
try {
  const database = await openDatabase({ dialect: 'sqlite', file }, { info() {}, warn() {}, error() {} })
  say('opened')
  if (stay) setInterval(() => {}, 60_000)
  else await database.close()
} catch (error) {
  say(error instanceof CairnError ? `${error.code} ${error.message}` : String(error))
}
