/**
 * Work on the database away from the core's loop, in worker threads that start when they are first needed and end when
 * they idle. Readers see one snapshot; the writer's thread runs one transaction per call. Job rows, index rows and
 * fencing of that transaction are still decided on the main thread: their queries are carried out by the worker.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { fail } from '@cairn/api/errors'
import type { Piscina } from 'piscina'
import type { CloudEvent } from '../events/event.ts'
import type { NewJob } from '../jobs/definition.ts'
import type { NewEvent, Principal } from '../scope.ts'
import type { DatabaseSettings } from './database.ts'
import type { Db } from './dialect.ts'
import { databaseError } from './errors.ts'
import { dbOver } from './over.ts'
import { type Packed, pack, unpack } from './packed-error.ts'

export type ApartCall = { module: URL; name: string; argument: unknown; workspace: string; signal?: AbortSignal }
export type ApartWriteCall = ApartCall & {
  principal: Principal
  actor: string
  job: string | null
  /** Epoch milliseconds. */
  now: number
  /** Asked on the main thread, with a `db` whose queries run inside the worker's transaction. */
  asked: Asked
}
export type Asked = {
  /** First in each attempt. */
  begin(db: Db): Promise<void>
  /** Answers the job's id, and events to append with those of the body. */
  enqueue(db: Db, job: NewJob): Promise<{ id: string; events: NewEvent[] }>
  reindex(db: Db, kind: string, ids: readonly string[], wait?: number): Promise<NewEvent[]>
}
export type Apart = {
  read: (call: ApartCall) => Promise<unknown>
  write: (call: ApartWriteCall) => Promise<Written>
  close: () => Promise<void>
}

export type Written = { value: unknown; events: CloudEvent[] }

/** What crosses to the worker. */
export type ApartTask = { module: string; name: string; argument: unknown; workspace: string } & (
  | { kind: 'read' }
  | { kind: 'write'; principal: Principal; actor: string; job: string | null; now: number; port: MessagePort }
)
export type ApartResult = Written | { error: Packed }
export type Question = { ask: keyof Asked; values: unknown[]; id: number } | Answer
export type Query = { query: { sql: string; parameters: readonly unknown[] }; id: number } | Answer
export type Answer = { id: number; value: unknown } | { id: number; error: Packed }

const idleMilliseconds = 20_000
const readers = 2
/** A write keeps every other writer waiting; one that hangs is ended with its thread. */
const writeMilliseconds = 30_000

export function makeApart(settings: DatabaseSettings): Apart {
  const pool = (maxThreads: number) => {
    let made: Promise<Piscina<ApartTask, ApartResult>> | null = null
    const get = () => (made ??= startPool(settings, maxThreads))
    return { get, close: async () => (await made)?.destroy() }
  }
  // Apart from each other, so that no writer waits behind a long search.
  const reading = pool(readers)
  const writing = pool(1)
  let closed = false

  async function read(call: ApartCall): Promise<unknown> {
    if (closed) throw fail('DATABASE_UNAVAILABLE')
    const task: ApartTask = { kind: 'read', ...plain(call) }
    return opened(await (await reading.get()).run(task, { signal: call.signal ?? null })).value
  }

  async function write(call: ApartWriteCall): Promise<Written> {
    if (closed) throw fail('DATABASE_UNAVAILABLE')
    call.signal?.throwIfAborted()
    const { port1: ours, port2: port } = new MessageChannel()
    answer(ours, settings.dialect, call.asked)
    const { principal, actor, job, now } = call
    const task: ApartTask = { kind: 'write', ...plain(call), principal, actor, job, now, port }
    try {
      const signal = AbortSignal.timeout(writeMilliseconds)
      return opened(await (await writing.get()).run(task, { transferList: [port], signal }))
    } finally {
      ours.close()
    }
  }

  return {
    read,
    write,
    async close() {
      closed = true
      await Promise.all([reading.close(), writing.close()])
    },
  }
}

async function startPool(settings: DatabaseSettings, maxThreads: number) {
  const { Piscina } = await import('piscina')
  const filename = new URL('./apart-worker.ts', import.meta.url).href
  return new Piscina<ApartTask, ApartResult>({
    filename,
    name: 'run',
    workerData: settings,
    // Left alone, a thread keeps what its calls let go of by the hundred megabytes before it cleans up.
    resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 512 },
    minThreads: 0,
    maxThreads,
    idleTimeout: idleMilliseconds,
    // An idle worker keeps turning its loop, so that its connections notice when the server goes.
    atomics: 'disabled',
  })
}

const plain = ({ module, name, argument, workspace }: ApartCall) => ({ module: module.href, name, argument, workspace })

function opened(result: ApartResult): Written {
  if ('error' in result) throw unpack(result.error)
  return result
}

/** Answers what the worker's transaction asks; the queries of the answer go back to the worker and run there. */
function answer(port: MessagePort, dialect: DatabaseSettings['dialect'], asked: Asked) {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>()
  let count = 0
  const db = dbOver(dialect, {
    provideConnection: (consumer) =>
      consumer({
        executeQuery: ({ sql, parameters }) =>
          new Promise((resolve, reject) => {
            count += 1
            waiting.set(count, { resolve, reject })
            port.postMessage({ id: count, query: { sql, parameters } } satisfies Query)
          }),
        streamQuery() {
          throw new Error('A transaction reads in pages.')
        },
      }),
  })
  port.on('message', (message: Question) => {
    if ('ask' in message) void reply(message)
    else {
      const query = waiting.get(message.id)
      waiting.delete(message.id)
      if ('error' in message) query?.reject(unpack(message.error))
      else query?.resolve(message.value as never)
    }
  })

  async function reply({ ask, values, id }: Extract<Question, { ask: unknown }>) {
    try {
      const value = await (asked[ask] as (db: Db, ...values: unknown[]) => Promise<unknown>)(db, ...values)
      port.postMessage({ id, value } satisfies Answer)
    } catch (error) {
      port.postMessage({ id, error: pack(databaseError(error)) } satisfies Answer)
    }
  }
}
