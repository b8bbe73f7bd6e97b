/** SQLite behind the face that everything above sees: writer, reader, worker threads, migrations, check. */
import { systemClock } from '../clock.ts'
import { makeApart } from './apart.ts'
import type { Database, DatabaseLog } from './database.ts'
import { migrate, pending } from './migrate.ts'
import { scrubSqlite } from './scrub.ts'
import { quickCheckApart } from './soundness.ts'
import { openSqlite, type SqliteSettings } from './sqlite.ts'
import { copyBeforeUpgrade } from './upgrade-copy.ts'

export async function openSqliteDatabase(
  settings: { dialect: 'sqlite' } & SqliteSettings,
  log: DatabaseLog,
): Promise<Database> {
  const sqlite = await openSqlite(settings, log)
  const apart = makeApart(settings)
  return {
    name: 'sqlite',
    db: sqlite.db,
    transaction: sqlite.writer.transaction,
    signals: null,
    apart: { read: apart.read, write: (call) => sqlite.writer.alone(() => apart.write(call)) },
    async migrate(list) {
      const missing = await pending('sqlite', list, sqlite.db)
      const [next] = missing
      if (next !== undefined && missing.length < list.length) {
        const copy = await copyBeforeUpgrade(settings.file, next)
        log.info({ copy, migrations: missing }, 'The database is being upgraded; a copy of it was kept')
      }
      const report = await migrate('sqlite', list, sqlite.exclusive, () => systemClock.now())
      await sqlite.tell()
      return report
    },
    pending: (list) => pending('sqlite', list, sqlite.db),
    scrub: ({ rewrite }) => sqlite.writer.alone(() => scrubSqlite({ file: settings.file, rewrite })),
    async check() {
      const problems = (await apart.read({ ...quickCheckApart, argument: null, workspace: '' })) as string[]
      return { ok: problems.length === 0, problems }
    },
    async close() {
      await sqlite.writer.close()
      await apart.close()
      await sqlite.close()
    },
  }
}
