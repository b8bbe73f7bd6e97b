/** Kysely over a connection of ours: it builds the SQL, we own connections and transactions. */
import {
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Db, DialectName } from './dialect.ts'

const refuse = () => Promise.reject(new Error('Transactions are opened with scope.write, never on a Db.'))

/** Kysely asks for a driver; connections come from the provider instead, so this one only refuses. */
const driver: Driver = {
  init: () => Promise.resolve(),
  acquireConnection: refuse,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
}

const dialects: Record<DialectName, Dialect> = {
  sqlite: {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  },
  postgres: {
    createDriver: () => driver,
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  },
}
const shared = {
  sqlite: { compiler: new SqliteQueryCompiler(), adapter: new SqliteAdapter() },
  postgres: { compiler: new PostgresQueryCompiler(), adapter: new PostgresAdapter() },
}

/** A `Db` whose every query asks `provider` for a connection. Cheap: one is made for each transaction. */
export function dbOver(name: DialectName, provider: ConnectionProvider): Db {
  const { compiler, adapter } = shared[name]
  const executor = new DefaultQueryExecutor(compiler, adapter, provider)
  return new Kysely({ config: { dialect: dialects[name] }, driver, dialect: dialects[name], executor })
}

/**
 * A `Db` bound to one connection until `end` is called. Queries after that are refused, so that a promise that nobody
 * awaited cannot write into somebody else's transaction.
 */
export function boundDb(name: DialectName, connection: DatabaseConnection) {
  let ended = false
  const check = () => {
    if (ended) throw new Error('This transaction is over; a query of its body was not awaited.')
  }
  const guarded: DatabaseConnection = {
    async executeQuery(query) {
      check()
      return connection.executeQuery(query)
    },
    streamQuery(query, chunk) {
      check()
      return connection.streamQuery(query, chunk)
    },
  }
  const db = dbOver(name, { provideConnection: (consumer) => consumer(guarded) })
  return { db, end: () => void (ended = true) }
}
