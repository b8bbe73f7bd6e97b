/** Runs in a thread of its own: gathers statistics of an SQLite database. */
import { workerData } from 'node:worker_threads'
import { openSqliteConnection } from './sqlite-connection.ts'
import { gather } from './statistics.ts'

const connection = openSqliteConnection(workerData as string)
try {
  gather(connection)
} finally {
  connection.close()
}
