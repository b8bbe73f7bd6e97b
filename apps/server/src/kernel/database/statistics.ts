/**
 * Statistics for SQLite's planner. Without any it takes an index on the workspace, which is nearly all rows, for one that
 * finds ten of them. Closing gathers them; a Cairn that stays open for weeks gathers them again as its file grows.
 */
import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { DatabaseLog } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Milliseconds between two looks at the size of the file. */
const usualPause = 20_000
/** Below this many bytes any plan will do. */
const small = 1_048_576
const growth = 1.5

/** Looks at every table, up to 400 rows of each index: https://sqlite.org/pragma.html#pragma_optimize */
export const gather = (connection: SqliteConnection) =>
  connection.raw.exec('PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002')

/** The same in a thread of its own. Nobody else can write meanwhile. */
function gatherApart(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./statistics-worker.ts', import.meta.url), { workerData: file })
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
}

export type Growing = {
  file: string
  /** Runs `body` while no transaction is open. */
  alone(body: () => Promise<void>): Promise<void>
  every?: number | undefined
}

const sizeOf = async (file: string) => (await stat(file).catch(() => null))?.size ?? 0

/** Gathers statistics whenever file and log are half as large again as when it did last. Answers what ends that. */
export function followGrowth({ file, alone, every = usualPause }: Growing, log: DatabaseLog): () => Promise<void> {
  let gathered = 0
  let ended = false
  let looking = Promise.resolve()
  async function look(): Promise<void> {
    const size = (await sizeOf(file)) + (await sizeOf(`${file}-wal`))
    if (size < Math.max(gathered * growth, small)) return
    await alone(() => (ended ? Promise.resolve() : gatherApart(file)))
    gathered = size
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      if (!ended) log.warn({ err: error }, 'Statistics of the database could not be gathered; that is tried again')
    })
  }, every).unref()
  return () => {
    ended = true
    clearInterval(timer)
    return looking
  }
}
