/** The database as stores see it: Kysely, the same over SQLite and PostgreSQL. */
import type { Kysely } from 'kysely'

export type DialectName = 'sqlite' | 'postgres'
/** A store names its own tables: `scope.db.withTables<MemoryTables>()`. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type
export type Db = Kysely<Record<never, never>>
