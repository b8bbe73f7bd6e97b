/** Runs in a thread of its own: writes an SQLite database anew if it is told to, and empties its log into it. */
import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteConnection } from './sqlite-connection.ts'

export type ScrubTask = { file: string; rewrite: boolean }

const { file, rewrite } = workerData as ScrubTask
const tries = 5

const connection = openSqliteConnection(file, { busyTimeout: 5_000 })
try {
  if (rewrite) connection.raw.exec('VACUUM')
  parentPort?.postMessage(emptyLog())
} finally {
  connection.close()
}

/** A reader that began earlier holds the log for as long as it reads. */
function emptyLog(): boolean {
  for (let at = 0; at < tries; at++) {
    const [answer] = connection.all('PRAGMA wal_checkpoint(TRUNCATE)')
    if (Number(answer?.busy) === 0) return true
  }
  return false
}
