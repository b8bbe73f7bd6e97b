/** Asks the query planner how it would run the queries of a store: does a list come out of an index in its order? */
import { type CompiledQuery, type DatabaseConnection, sql } from 'kysely'
import type { Database } from '../src/kernel/database/database.ts'
import type { Db } from '../src/kernel/database/dialect.ts'
import { dbOver } from '../src/kernel/database/over.ts'

export type Plan = { sql: string; plan: string; sorts: boolean; scans: boolean }

/** Runs `ask` with a `Db` that answers nothing, and explains every query it sent. */
export async function plansOf(database: Database, ask: (db: Db) => Promise<unknown>): Promise<Plan[]> {
  const queries: CompiledQuery[] = []
  const notes: DatabaseConnection = {
    async executeQuery(query: CompiledQuery) {
      queries.push(query)
      return { rows: [] }
    },
    streamQuery() {
      throw new Error('Lists are read in pages.')
    },
  }
  await ask(dbOver(database.name, { provideConnection: (consumer) => consumer(notes) }))
  return Promise.all(queries.map((query) => explain(database, query)))
}

async function explain(database: Database, query: CompiledQuery): Promise<Plan> {
  const statement = (prefix: string) => ({ ...query, sql: `${prefix} ${query.sql}` }) as CompiledQuery
  if (database.name === 'sqlite') {
    const { rows } = await database.db.executeQuery<{ detail: string }>(statement('explain query plan'))
    const plan = rows.map(({ detail }) => detail).join('\n')
    return { sql: query.sql, plan, sorts: plan.includes('TEMP B-TREE'), scans: /\bSCAN\b(?!.*USING)/.test(plan) }
  }
  return database.transaction(async (db) => {
    // On small tables PostgreSQL reads everything and sorts; forbidden both, it has to show that an index would do.
    await sql`set local enable_seqscan = off`.execute(db)
    await sql`set local enable_sort = off`.execute(db)
    await sql`set local enable_incremental_sort = off`.execute(db)
    await sql`set local enable_bitmapscan = off`.execute(db)
    const { rows } = await db.executeQuery<{ 'QUERY PLAN': string }>(statement('explain'))
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    return { sql: query.sql, plan, sorts: /\bSort\b/.test(plan), scans: /Seq Scan/.test(plan) }
  })
}
