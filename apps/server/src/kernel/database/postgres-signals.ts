/** "There is something new" between instances on one PostgreSQL: LISTEN and NOTIFY on a connection of its own. */
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type Pool } from 'pg'
import type { DatabaseLog } from './database.ts'
import { clientConfig, type PostgresSettings } from './postgres.ts'

export type Signals = {
  /** At most 7,900 bytes. May be lost: whoever listens also asks from time to time. */
  send: (payload: string) => Promise<void>
  /** Listens until the answer is called; connects again by itself. */
  receive: (listener: (payload: string) => void) => () => Promise<void>
}

const channel = 'cairn_event'
const longestPause = 5_000

export function makeSignals(settings: PostgresSettings, pool: Pool, log: DatabaseLog): Signals {
  return {
    async send(payload) {
      await pool.query('select pg_notify($1, $2)', [channel, payload])
    },
    receive(listener) {
      const stopping = new AbortController()
      const running = listenOn(settings, listener, stopping.signal, log)
      return async () => {
        stopping.abort()
        await running
      }
    },
  }
}

async function listenOn(
  settings: PostgresSettings,
  listener: (payload: string) => void,
  signal: AbortSignal,
  log: DatabaseLog,
) {
  for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, longestPause)) {
    const client = new Client(clientConfig(settings))
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve)
      client.on('error', (error) => {
        log.warn({ err: error }, 'The connection that hears of new events was lost')
        resolve()
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    client.on('notification', ({ payload }) => listener(payload ?? ''))
    try {
      await client.connect()
      await client.query(`LISTEN ${channel}`)
      // What happened while nobody listened is asked for.
      listener('')
      wait = 50
      await ended
    } catch (error) {
      log.warn({ err: error }, 'No connection to hear of new events')
    } finally {
      await client.end().catch(() => {})
    }
    await pause(wait, undefined, { signal, ref: false }).catch(() => {})
  }
}
