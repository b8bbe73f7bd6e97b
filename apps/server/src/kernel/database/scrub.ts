/** What was deleted is to be gone from the files as well. */
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import { Client } from 'pg'
import type { Db } from './dialect.ts'
import type { ScrubTask } from './scrub-worker.ts'

export type Scrub = {
  /** Writes the whole file anew: what deleting left between the rows goes, too. It takes as long as copying the file. */
  rewrite: boolean
}

/** Answers whether the log could be emptied. While it works no transaction can be open. */
export function scrubSqlite(task: ScrubTask): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./scrub-worker.ts', import.meta.url), { workerData: task })
    let emptied = false
    worker.on('message', (answer: boolean) => (emptied = answer))
    worker.once('error', reject)
    worker.once('exit', () => resolve(emptied))
  })
}

/** Vacuums every table: rows that were deleted leave their pages. Its own log and its backups are the server's. */
export async function scrubPostgres(db: Db, config: ConstructorParameters<typeof Client>[0]): Promise<boolean> {
  const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables
    where schemaname = current_schema() order by tablename`.execute(db)
  const client = new Client(config)
  await client.connect()
  try {
    for (const { name } of rows) await client.query(`vacuum "${name}"`)
  } finally {
    await client.end()
  }
  return true
}
