/** Starts a real Cairn for a test, on the database of the test's project, and reaches it only through the front door. */
import { rm } from 'node:fs/promises'
import { type Client, makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'
import { inject } from 'vitest'
import { readConfig } from '../src/config.ts'
import { newId, newSecret, sha256 } from '../src/kernel/ids.ts'
import { type Core, type CoreOptions, startCore } from '../src/wire.ts'

export { until } from './until.ts'
import { dataFolder } from './data-folder.ts'
import { makeDatabase } from './database.ts'

export type Cairn = {
  url: string
  key: string
  home: string
  /** The owner's client. */
  api: Client<Table>
  /** Another person of this installation, with a workspace of their own. */
  stranger(): Promise<{ api: Client<Table>; key: string; workspace: string; person: string }>
  client(key: string, workspace?: string): Client<Table>
  /** A bare request with the owner's key. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  core: Core
  environment: Record<string, string>
  /** Stops and starts again on the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** For processes that tests start: where Node keeps what it has compiled, if the run says so. */
export const compiled: Record<string, string> = process.env.NODE_COMPILE_CACHE
  ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }
  : {}

export type HarnessOptions = {
  /** The AI process; off unless a test needs it. */
  sidecar?: boolean
  environment?: Record<string, string>
  core?: CoreOptions
}

/** `await using cairn = await startCairn()`, or call `stop()`. */
export async function startCairn(options: HarnessOptions = {}): Promise<Cairn & AsyncDisposable> {
  const home = await dataFolder('cairn-test-')
  const database = inject('dialect') === 'postgres' ? await makeDatabase('migrated') : null
  const environment: Record<string, string> = {
    CAIRN_HOME: home,
    CAIRN_PORT: '0',
    CAIRN_SIDECAR_PORT: '0',
    CAIRN_SIDECAR: options.sidecar ? '1' : '0',
    CAIRN_KEYCHAIN: '0',
    CAIRN_LOG: 'json',
    CAIRN_LOG_LEVEL: 'error',
    CAIRN_API_KEY: newSecret(),
    ...compiled,
    ...(database && { CAIRN_DATABASE_URL: database.url }),
    ...options.environment,
  }
  const key = environment.CAIRN_API_KEY as string
  const start = () => startCore(readConfig(environment), { checkOutput: true, ...options.core })
  const first = await start()
  const client = (as: string, workspace?: string) =>
    makeClient<Table>(routesOf(table), { url: cairn.url, key: as, ...(workspace && { workspace }) })

  const cairn: Cairn = {
    url: first.url,
    key,
    home,
    core: first,
    environment,
    client,
    api: undefined as never,
    fetch: (path, init = {}) =>
      fetch(cairn.url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...(init.headers as object) } }),
    stranger: () => makeStranger(cairn),
    async restart() {
      await cairn.core.stop()
      cairn.core = await start()
      cairn.url = cairn.core.url
      cairn.api = client(key)
    },
    async stop() {
      await cairn.core.stop()
      await database?.drop()
      await rm(home, { recursive: true, force: true })
    },
  }
  cairn.api = client(key)
  return Object.assign(cairn, { [Symbol.asyncDispose]: () => cairn.stop() })
}

async function makeStranger(cairn: Cairn) {
  const { database, clock } = cairn.core.kernel
  const person = newId()
  const workspace = newId()
  const key = newSecret()
  const now = clock.now()
  type Tables = Record<'user' | 'workspace' | 'member' | 'api_key', Record<string, unknown>>
  await database.transaction(async (db) => {
    const tables = db.withTables<Tables>()
    await tables.insertInto('user').values({ id: person, name: 'stranger', created_at: now }).execute()
    const room = {
      id: workspace,
      slug: `w-${workspace}`,
      name: 'Elsewhere',
      kind: 'personal',
      no_cloud: 0,
      created_at: now,
    }
    await tables.insertInto('workspace').values(room).execute()
    await tables.insertInto('member').values({ workspace, person, role: 'owner' }).execute()
    const row = {
      id: newId(),
      person,
      name: 'test',
      prefix: 'test',
      hash: sha256(key),
      scopes: '["*"]',
      created_at: now,
    }
    await tables
      .insertInto('api_key')
      .values({ ...row, last_used_at: null, expires_at: null })
      .execute()
  })
  return { api: cairn.client(key), key, workspace, person }
}
