/** The other side of `apart.ts`: runs in a worker thread with a connection of its own. */
import { type MessagePort, workerData } from 'node:worker_threads'
import type { CompiledQuery } from 'kysely'
import { append } from '../events/append.ts'
import type { CloudEvent } from '../events/event.ts'
import type { NewJob } from '../jobs/definition.ts'
import type { NewEvent } from '../scope.ts'
import type { Answer, ApartResult, ApartTask, Asked, Query } from './apart.ts'
import type { DatabaseSettings } from './database.ts'
import type { Db } from './dialect.ts'
import { databaseError } from './errors.ts'
import { dbOver } from './over.ts'
import { pack, unpack } from './packed-error.ts'

const hour = 3_600_000

type Runner = <T>(body: (db: Db) => Promise<T>) => Promise<T>
type WriteTask = Extract<ApartTask, { kind: 'write' }>

const settings = workerData as DatabaseSettings
let reader: Promise<Runner> | null = null
let writer: Promise<Runner> | null = null

/** Piscina calls this, by its name, for each task; errors are answered, since a thrown one would lose its code on the way. */
export async function run(task: ApartTask): Promise<ApartResult> {
  try {
    const module = (await import(task.module)) as Record<string, unknown>
    const called = module[task.name]
    if (typeof called !== 'function') throw new Error(`${task.module} exports no function ${task.name}.`)
    if (task.kind === 'write') return await write(task, called as Called)
    reader ??= openReader().catch((error: unknown) => {
      reader = null
      throw error
    })
    const value = await (await reader)((db) => (called as Called)({ workspace: task.workspace, db }, task.argument))
    return { value, events: [] }
  } catch (error) {
    return { error: pack(databaseError(error)) }
  }
}
type Called = (scope: unknown, argument: unknown) => Promise<unknown>

async function write(task: WriteTask, called: Called): Promise<ApartResult> {
  writer ??= openWriter().catch((error: unknown) => {
    writer = null
    throw error
  })
  const { workspace, principal, job, now, actor, port } = task
  let events: CloudEvent[] = []
  try {
    const value = await (await writer)(async (db) => {
      const ask = asking(port, db)
      const noted: NewEvent[] = []
      await ask('begin')
      const answer = await called(
        {
          workspace,
          principal,
          job,
          now,
          db,
          event: (event: NewEvent) => void noted.push(event),
          async enqueue(wanted: NewJob) {
            const { id, events } = await ask('enqueue', wanted)
            noted.push(...events)
            return id
          },
          async reindex(kind: string, ids: readonly string[], wait?: number) {
            noted.push(...(await ask('reindex', kind, ids, wait)))
          },
        },
        task.argument,
      )
      events = await append(db, settings.dialect, { workspace, actor, job, now }, noted)
      return answer
    })
    return { value, events }
  } finally {
    port.close()
  }
}

/** Asks the main thread; runs the queries that its answer needs on `db`. */
function asking(port: MessagePort, db: Db) {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
  let count = 0
  port.removeAllListeners('message')
  port.on('message', (message: Query) => {
    if ('query' in message) void execute(message)
    else {
      const question = waiting.get(message.id)
      waiting.delete(message.id)
      if ('error' in message) question?.reject(unpack(message.error))
      else question?.resolve(message.value)
    }
  })

  async function execute({ id, query }: Extract<Query, { query: unknown }>) {
    try {
      const value = await db.executeQuery(query as CompiledQuery)
      port.postMessage({ id, value } satisfies Answer)
    } catch (error) {
      port.postMessage({ id, error: pack(databaseError(error)) } satisfies Answer)
    }
  }

  return <K extends keyof Asked>(ask: K, ...values: unknown[]) =>
    new Promise<Awaited<ReturnType<Asked[K]>>>((resolve, reject) => {
      count += 1
      waiting.set(count, { resolve: resolve as (value: unknown) => void, reject })
      port.postMessage({ ask, values, id: count })
    })
}

async function openReader(): Promise<Runner> {
  if (settings.dialect === 'postgres') {
    const { openPostgres } = await import('./postgres.ts')
    const postgres = openPostgres({ ...settings, connections: 1, statementTimeout: 120_000 }, () => {})
    return (body) => postgres.transaction(body, { isolation: 'ISOLATION LEVEL REPEATABLE READ READ ONLY', limit: hour })
  }
  const { openSqliteConnection } = await import('./sqlite-connection.ts')
  const connection = openSqliteConnection(settings.file, { readOnly: true })
  const db = dbOver('sqlite', { provideConnection: (consumer) => consumer(connection) })
  return async (body) => {
    connection.command('BEGIN')
    try {
      return await body(db)
    } finally {
      connection.command('ROLLBACK')
    }
  }
}

async function openWriter(): Promise<Runner> {
  if (settings.dialect === 'postgres') {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres({ ...settings, connections: 1 }, () => {}).transaction
  }
  const { openSqliteConnection } = await import('./sqlite-connection.ts')
  const { file, synchronous = 'FULL' } = settings
  const connection = openSqliteConnection(file, { synchronous })
  const db = dbOver('sqlite', { provideConnection: (consumer) => consumer(connection) })
  return async (body) => {
    connection.command('BEGIN IMMEDIATE')
    try {
      const value = await body(db)
      connection.command('COMMIT')
      return value
    } catch (error) {
      if (connection.raw.isTransaction) connection.command('ROLLBACK')
      throw error
    }
  }
}
