import { connect } from 'node:net'
import { defineConfig } from 'vitest/config'

const postgresUrl = process.env.CAIRN_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** True when something listens where the test database should be. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 5432), timeout: 2_000 })
    socket.once('connect', () => socket.destroy(resolve(true) as never))
    socket.once('error', () => resolve(false))
    socket.once('timeout', () => socket.destroy(resolve(false) as never))
  })
}

/**
 * Tried once, on SQLite: what stands before the database (the command line, git held down, files read, servers of models),
 * and the long tries of what shorter tests hold on both (imports by their kills, indexing by its comparison).
 */
const once = [
  ...['apps/cli/**', '**/git/hostile.test.ts', '**/imports/real-browser.test.ts', '**/masking.test.ts'],
  ...['**/models/reach.test.ts', '**/chat/models.test.ts', '**/files/unreadable.test.ts', '**/imports/imports.test.ts'],
  ...['**/imports/refused.test.ts', '**/imports/json.test.ts'],
  ...['**/bookmarks/killed.test.ts', '**/passages/killed.test.ts', '**/bundles/killed.test.ts'],
  ...['**/bundles/hostile.test.ts', '**/kernel/age.test.ts'],
  ...['**/imports/killed.test.ts', '**/privacy/control.test.ts', '**/jobs/volume.test.ts'],
  ...['**/privacy/killed.test.ts', '**/privacy/vectors.test.ts'],
  ...[
    '**/documents/crawl/killed.test.ts',
    '**/chats/killed.test.ts',
    '**/threads/killed.test.ts',
    '**/browser/killed.test.ts',
    '**/account/jobs/killed.test.ts',
    '**/tasks/killed.test.ts',
  ],
]

/** A machine in a bad moment is no fault of the code; `npm test` names what passed only when it was tried again. */
const retry = process.env.CI ? 1 : 0

/** The server's tests run once per database. Without PostgreSQL its half is left out aloud; in CI that is a failure. */
export default defineConfig(async () => {
  const withPostgres = await listens(postgresUrl)
  if (!withPostgres && process.env.CI) throw new Error(`no PostgreSQL at ${postgresUrl}: the tests need it in CI`)
  if (!withPostgres) console.warn('!! PostgreSQL is not reachable: every server test runs on SQLite only')
  const server = (dialect: 'sqlite' | 'postgres') => ({
    test: {
      name: dialect,
      retry,
      // What a file imports is loaded once for each worker, not for each of two hundred files.
      isolate: false,
      include: ['apps/server/**/*.test.ts', 'apps/cli/**/*.test.ts', 'rigs/**/*.test.ts'],
      exclude: ['**/node_modules/**', ...(dialect === 'postgres' ? once : ['rigs/**'])],
      provide: { dialect, postgresUrl },
      globalSetup: dialect === 'postgres' ? ['apps/server/test/template.ts'] : [],
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  })
  return {
    test: {
      maxWorkers: 3,
      projects: [
        {
          test: {
            name: 'api',
            retry,
            include: ['packages/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
          },
        },
        { test: { name: 'web', retry, include: ['apps/web/src/**/*.test.ts', 'apps/web/scripts/**/*.test.ts'] } },
        {
          test: {
            name: 'sidecar',
            retry,
            include: ['apps/sidecar/**/*.test.ts'],
            testTimeout: 60_000,
            hookTimeout: 180_000,
          },
        },
        server('sqlite'),
        ...(withPostgres ? [server('postgres')] : []),
      ],
    },
  }
})

declare module 'vitest' {
  interface ProvidedContext {
    dialect: 'sqlite' | 'postgres'
    postgresUrl: string
  }
}
