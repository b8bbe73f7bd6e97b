/** A fresh database for one test file, on the dialect of its Vitest project; made and dropped by itself. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { migrations } from '../migrations/index.ts'
import { systemClock } from '../src/kernel/clock.ts'
import {
  type Database,
  type DatabaseLog,
  type DatabaseSettings,
  openDatabase,
} from '../src/kernel/database/database.ts'
import type { Migration } from '../src/kernel/database/migrate.ts'
import type { CloudEvent } from '../src/kernel/events/event.ts'
import { newId } from '../src/kernel/ids.ts'
import type { Principal } from '../src/kernel/scope.ts'
import { makeScopes, type ScopeParts, type ScopeRequest } from '../src/kernel/scopes.ts'
import { dataFolder } from './data-folder.ts'
import { administer, takeDatabase, urlOf } from './postgres.ts'

export const quietLog: DatabaseLog = { info() {}, warn() {}, error() {} }

/** Settings of a database that nobody else uses, and what removes it. On SQLite it is empty in any case. */
export async function freshSettings(how: 'migrated' | 'empty' = 'empty'): Promise<{
  settings: DatabaseSettings
  folder: string
  remove: () => Promise<void>
}> {
  const folder = await dataFolder('cairn-test-')
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  if (inject('dialect') === 'sqlite')
    return { settings: { dialect: 'sqlite', file: join(folder, 'cairn.db') }, folder, remove: removeFolder }
  const { url, drop } = await makeDatabase(how)
  return {
    settings: { dialect: 'postgres', url },
    folder,
    async remove() {
      await drop()
      await removeFolder()
    },
  }
}

/** A database of its own on the PostgreSQL server of the tests, migrated already unless it is to be empty. */
export async function makeDatabase(how: 'migrated' | 'empty'): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = inject('postgresUrl')
  if (how === 'migrated') {
    const { url, giveBack } = await takeDatabase(admin, inject('postgresTemplate'))
    return { url, drop: async () => giveBack() }
  }
  const name = `cairn_test_${newId().replaceAll('-', '')}`
  await administer(admin, `create database ${name}`)
  return {
    url: urlOf(admin, name),
    drop: async () => void (await administer(admin, `drop database if exists ${name} with (force)`)),
  }
}

/** An open database, migrated to the end of the list (or of `list`), closed and removed when the test ends. */
export async function testDatabase(list: readonly Migration[] = migrations): Promise<Database> {
  const { settings, remove } = await freshSettings(list === migrations ? 'migrated' : 'empty')
  const database = await openDatabase(settings, quietLog)
  onTestFinished(async () => {
    await database.close()
    await remove()
  })
  await database.migrate(list)
  return database
}

/** A person of the tests. */
export const somebody: Principal = { kind: 'person', person: 'p', agent: null, credential: null, scopes: ['*'] }

/** Scopes over a fresh database, and what reached the rooms beside it. */
export async function testScopes(parts: Partial<Omit<ScopeParts, 'database'>> = {}) {
  const database = await testDatabase()
  const told: { published: CloudEvent[]; broken: unknown[] } = { published: [], broken: [] }
  const makeScope = makeScopes({
    database,
    clock: systemClock,
    events: { publish: (events) => void told.published.push(...events) },
    enqueue: async (_db, _context, job) => job.id ?? newId(),
    reindex: async () => {},
    broken: (error) => void told.broken.push(error),
    ...parts,
  })
  const scope = (request: Partial<ScopeRequest> = {}) => makeScope({ workspace: 'w', principal: somebody, ...request })
  return { database, scope, told }
}
