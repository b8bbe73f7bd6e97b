/**
 * A process that writes until it dies, as the core does: two rows and an event in one transaction, on the loop and in
 * worker threads. Prints `ready`, then the number of each write once it is acknowledged; with `early` before that, which
 * is the lie that the rigs must notice. Arguments: settings of the database as JSON, first number, how many at once,
 * `honest` or `early`.
 */
import { systemClock } from '../apps/server/src/kernel/clock.ts'
import { openDatabase } from '../apps/server/src/kernel/database/database.ts'
import type { Principal, WriteApart } from '../apps/server/src/kernel/scope.ts'
import { makeScopes } from '../apps/server/src/kernel/scopes.ts'
import { say } from '../apps/server/test/say.ts'

export type Row = { workspace: string; id: string; value: string; updated_at: number }

/** The write with a number: both halves and the event, or nothing. */
export const put: WriteApart<number, void> = async (tx, number) => {
  for (const half of ['a', 'b']) {
    const row = { workspace: tx.workspace, id: `${number}${half}`, value: 'x'.repeat(700), updated_at: number }
    await tx.db.withTables<{ setting: Row }>().insertInto('setting').values(row).execute()
  }
  tx.event({ type: 'setting.put', subject: String(number) })
}

async function main(settings: string, first: number, atOnce: number, early: boolean) {
  const database = await openDatabase(JSON.parse(settings), { info() {}, warn() {}, error() {} })
  const makeScope = makeScopes({
    database,
    clock: systemClock,
    events: { publish() {} },
    enqueue: async () => '',
    reindex: async () => {},
    broken(error) {
      throw error
    },
  })
  const principal: Principal = { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] }
  const scope = makeScope({ workspace: 'w', principal })
  let next = first
  say('ready')
  const write = async () => {
    for (;;) {
      const number = next
      next += 1
      if (early) say(String(number))
      if (number % 20 === 7) await scope.apart.write(new URL(import.meta.url), 'put', number)
      else await scope.write((tx) => put(tx, number))
      // Written at once, so that what was acknowledged is known outside before the process can die.
      if (!early) say(String(number))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, write))
}

if (import.meta.main) {
  const [settings = '', first = '0', atOnce = '1', manner = 'honest'] = process.argv.slice(2)
  await main(settings, Number(first), Number(atOnce), manner === 'early')
}
