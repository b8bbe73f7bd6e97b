/** Jobs that do nothing: what the ledger costs, beside the same rows written by bare statements. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Type } from 'typebox'
import { migrations } from '../apps/server/migrations/index.ts'
import { systemClock } from '../apps/server/src/kernel/clock.ts'
import { openDatabase } from '../apps/server/src/kernel/database/database.ts'
import { newId } from '../apps/server/src/kernel/ids.ts'
import { job } from '../apps/server/src/kernel/jobs/definition.ts'
import { makeJobs } from '../apps/server/src/kernel/jobs/jobs.ts'
import type { Log } from '../apps/server/src/kernel/log.ts'
import { makeScopes } from '../apps/server/src/kernel/scopes.ts'
import { pause, quantile } from './core.ts'
import type { Row } from './run.ts'

const total = 20_000
const together = 200
/** What is claimed in one statement, by us (slots of a process) and by the floor. */
const atOnce = 32
const dispatches = 500

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }

export async function run(): Promise<Row[]> {
  const floor = await inFolder(bare)
  const { rate, times } = await inFolder(ours)
  const redis = await bull()
  return [
    {
      ...{ name: 'no-op job beside BullMQ', floor: redis, ours: rate, unit: 'jobs/s', ratio: rate / redis },
      ...{ goal: '≥ 1', notes: 'BullMQ on Redis at 127.0.0.1:6379, which keeps nothing on disk; ours is durable' },
    },
    {
      ...{ name: 'no-op job, enqueue → finished', floor, ours: rate, unit: 'jobs/s', ratio: rate / floor },
      ...{ goal: '≥ 2,000/s', notes: 'with its two events in the hash chain, which the floor has not' },
    },
    {
      ...{
        name: 'job committed → its body runs',
        floor: null,
        ours: quantile(times, 0.95),
        unit: 'ms p95',
        ratio: null,
      },
      ...{ goal: '< 20 ms', notes: `median ${quantile(times, 0.5).toFixed(2)} ms` },
    },
  ]
}

async function ours(file: string) {
  const database = await openDatabase({ dialect: 'sqlite', file }, log)
  await database.migrate(migrations)
  const jobs = makeJobs({ database, clock: systemClock, log, slots: atOnce })
  let ran = 0
  let begunAt = 0
  jobs.define([
    job({
      ...{ type: 'bench.nothing', input: Type.Object({}), concurrent: atOnce },
      async run() {
        ran += 1
        begunAt = performance.now()
      },
    }),
  ])
  const makeScope = makeScopes({
    ...{ database, clock: systemClock, events: { publish() {} }, enqueue: jobs.enqueue, reindex: async () => {} },
    broken(error) {
      throw error
    },
  })
  await jobs.start({ scope: makeScope, authorise: async (principal) => principal, workspaces: async () => [] })
  const principal = { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] } as const
  const scope = makeScope({ workspace: 'w', principal })

  const times: number[] = []
  for (let n = 1; n <= dispatches; n += 1) {
    await scope.write((tx) => tx.enqueue({ type: 'bench.nothing', input: {} }))
    const committedAt = performance.now()
    while (ran < n) await pause(0)
    times.push(Math.max(begunAt - committedAt, 0))
  }
  const begun = performance.now()
  for (let from = 0; from < total; from += together)
    await scope.write(async (tx) => {
      for (let n = 0; n < together; n += 1) await tx.enqueue({ type: 'bench.nothing', input: {} })
    })
  while (ran < total + dispatches) await pause(2)
  // The last ends are still being written; asked only now, for the question itself costs as much as many jobs.
  while ((await jobs.counts(scope)).succeeded < total + dispatches) await pause(2)
  const rate = total / ((performance.now() - begun) / 1_000)
  await jobs.stop()
  await database.close()
  return { rate, times }
}

/** The same rows: put, taken and ended by prepared statements, in as many transactions. */
async function bare(file: string): Promise<number> {
  const database = await openDatabase({ dialect: 'sqlite', file }, log)
  await database.migrate(migrations)
  await database.close()
  const raw = new DatabaseSync(file)
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const put = raw.prepare(`insert into jobs (workspace, id, type, status, priority, input, principal, position, turn,
    due_at, run_at, attempt, max_attempts, fence, created_at, updated_at)
    values ('w', ?, 'bench.nothing', 'queued', 1, '{}', '{}', ?, 1, 0, 1, 0, 3, 0, 1, 1)`)
  const take = raw.prepare(`update jobs set status = 'running', attempt = attempt + 1, fence = fence + 1, due_at = null,
    worker = 'w', lease_until = 1, started_at = 1 where (workspace, id) in (select workspace, id from jobs
    where type = 'bench.nothing' and priority = 1 and due_at <= 1 order by due_at, position limit ${atOnce})
    returning id`)
  const end = raw.prepare(`update jobs set status = 'succeeded', result = 'null', completed_at = 1, lease_until = null,
    worker = null where workspace = 'w' and id = ? and fence = 1`)
  const begun = performance.now()
  for (let from = 0; from < total; from += together) {
    raw.exec('BEGIN IMMEDIATE')
    for (let n = 0; n < together; n += 1) put.run(newId(), from + n)
    raw.exec('COMMIT')
  }
  for (let running: Record<string, unknown>[] = [], first = true; first || running.length > 0; first = false) {
    raw.exec('BEGIN IMMEDIATE')
    for (const { id } of running) end.run(id as string)
    running = take.all()
    raw.exec('COMMIT')
  }
  const rate = total / ((performance.now() - begun) / 1_000)
  raw.close()
  return rate
}

async function inFolder<T>(action: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  try {
    return await action(join(folder, 'cairn.db'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** BullMQ's own rate for the same: jobs added in batches and finished by a worker of this process. */
async function bull(): Promise<number> {
  const connection = new Redis({ host: '127.0.0.1', port: 6379, maxRetriesPerRequest: null })
  const name = `cairn-bench-${process.pid}`
  const queue = new Queue(name, { connection })
  const begun = performance.now()
  let finished = 0
  const worker = new Worker(name, async () => undefined, { connection, concurrency: atOnce })
  worker.on('completed', () => (finished += 1))
  for (let from = 0; from < total; from += together)
    await queue.addBulk(Array.from({ length: together }, () => ({ name: 'nothing', data: {} })))
  while (finished < total) await pause(2)
  const rate = total / ((performance.now() - begun) / 1_000)
  await worker.close()
  await queue.obliterate({ force: true })
  await queue.close()
  connection.disconnect()
  return rate
}
