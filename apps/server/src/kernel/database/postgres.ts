/** PostgreSQL as the same two things SQLite offers: a `Db` of committed reads, and transactions. */
import { setTimeout as pause } from 'node:timers/promises'
import { fail } from '@cairn/api/errors'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { type ClientBase, type ClientConfig, type CustomTypesConfig, Pool, type PoolClient, types as pgTypes } from 'pg'
import { randomSalt } from '../ids.ts'
import { makeBodies } from './bodies.ts'
import type { Db } from './dialect.ts'
import { databaseError, isConnectionLost, isRetryable } from './errors.ts'
import { safe } from './numbers.ts'
import { boundDb, dbOver } from './over.ts'

export type PostgresSettings = {
  url: string
  /** Connections of the pool; default 10. */
  connections?: number
  /** Milliseconds after which a statement is cancelled; default 30,000. */
  statementTimeout?: number
}

export type TransactionOptions = {
  /** What follows BEGIN. */
  isolation?: string
  /** Milliseconds for the whole body; half a minute unless said. */
  limit?: number
}

const attempts = 6

const parsers: Record<number, (text: string) => unknown> = {
  // int8 and numeric (count, sum) come as text; here they are numbers, as on SQLite.
  20: (text) => safe(Number(text)),
  1700: (text) => (/^-?\d+$/.test(text) ? safe(Number(text)) : Number(text)),
}
const usual: (oid: number) => (text: string) => unknown = pgTypes.getTypeParser
const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) => (format !== 'binary' && parsers[oid]) || usual(oid),
}

/** Settings that pool and single clients share. */
export const clientConfig = (settings: PostgresSettings): ClientConfig => ({
  connectionString: settings.url,
  types,
  application_name: 'cairn',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
  statement_timeout: settings.statementTimeout ?? 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 60_000,
})

export function openPostgres(settings: PostgresSettings, lost: (error: Error) => void) {
  const pool = new Pool({ ...clientConfig(settings), max: settings.connections ?? 10, idleTimeoutMillis: 30_000 })
  // An idle connection that goes is replaced by the pool when it is needed; unheard, the event would end the process.
  pool.on('error', lost)

  const bodies = makeBodies()
  const begunHere = new Set<Promise<unknown>>()
  let closed = false
  const db = dbOver('postgres', {
    async provideConnection(consumer) {
      bodies.assertOutside()
      const client = await connect(pool)
      try {
        return await consumer(over(client))
      } finally {
        client.release()
      }
    },
  })

  async function transaction<T>(body: (db: Db) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    bodies.assertOutside()
    if (closed) throw fail('DATABASE_UNAVAILABLE')
    const running = repeated(body, options)
    begunHere.add(running)
    try {
      return await running
    } finally {
      begunHere.delete(running)
    }
  }

  async function repeated<T>(body: (db: Db) => Promise<T>, options: TransactionOptions): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(body, options)
      } catch (error) {
        if (!isRetryable(error) || attempt >= attempts) throw databaseError(error)
        await pause(attempt * attempt * 5 * (0.5 + jitter()))
      }
    }
  }

  async function once<T>(body: (db: Db) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await begun(options.isolation ?? '')
    const { db: bound, end } = boundDb('postgres', over(client))
    let broken: Error | undefined
    try {
      const value = await bodies.run(() => body(bound), options.limit)
      end()
      const { command } = await client.query('COMMIT')
      if (command !== 'COMMIT')
        throw new Error('A statement of this transaction failed and was caught; nothing was written.')
      return value
    } catch (error) {
      end()
      await client.query('ROLLBACK').catch((reason: Error) => {
        broken = reason
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** A client in a transaction. One that died while it lay in the pool is replaced once: nothing has been done yet. */
  async function begun(isolation: string, again = true): Promise<PoolClient> {
    const client = await connect(pool)
    try {
      await client.query(`BEGIN ${isolation}`)
      return client
    } catch (error) {
      client.release(true)
      if (again && isConnectionLost(error)) return begun(isolation, false)
      throw error
    }
  }

  return {
    db,
    transaction,
    pool,
    /** Refuses what comes from now on and waits for what was begun. */
    async close() {
      closed = true
      await Promise.allSettled(begunHere)
      await pool.end()
    },
  }
}

/** A random number in [0, 1), so that two that collided do not collide again. */
const jitter = () => Number.parseInt(randomSalt().slice(0, 8), 16) / 2 ** 32

async function connect(pool: Pool): Promise<PoolClient> {
  if (pool.ending) throw fail('DATABASE_UNAVAILABLE')
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseError(error)
  })
  // While a client is lent out nobody else listens: the query that runs then rejects, which is enough.
  if (client.listenerCount('error') === 0) client.on('error', () => {})
  return client
}

function over(client: ClientBase): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      try {
        const result = await client.query(query.sql, query.parameters.map(toPostgres))
        return { rows: (result.rows ?? []) as R[], numAffectedRows: BigInt(result.rowCount ?? 0) }
      } catch (error) {
        throw isRetryable(error) ? error : databaseError(error)
      }
    },
    streamQuery() {
      throw new Error('Streams are not offered: read pages by key, as every list does.')
    },
  }
}

function toPostgres(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return safe(value)
  if (value === null || ['number', 'string', 'bigint', 'boolean'].includes(typeof value) || value instanceof Uint8Array)
    return value
  throw new TypeError(`A ${typeof value} cannot be stored; encode it in the store first.`)
}
