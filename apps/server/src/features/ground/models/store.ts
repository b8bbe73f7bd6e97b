/** Rows of providers, routes and use of models; the only SQL of this feature. */
import { type Insertable, sql } from 'kysely'
import { dayOf } from '../../../kernel/database/days.ts'
import type { Db } from '../../../kernel/database/dialect.ts'
import type { Change } from '../../../kernel/zones.ts'

export type ProviderRow = {
  workspace: string
  id: string
  name: string
  kind: string
  base_url: string | null
  folder: string | null
  has_key: number
  version: number
  created_at: number
  updated_at: number
}
/** Both lists are JSON of `{ provider_id, model }[]`; the id is always `routes`. */
export type RouteRow = {
  workspace: string
  id: string
  chat: string
  embed: string
  version: number
  updated_at: number
}
export type UsageLogRow = {
  workspace: string
  id: string
  task_type: string
  provider: string
  model: string
  input_tokens: number
  output_tokens: number
  cost_usd: number | null
  latency_ms: number
  success: number
  error: string | null
  person: string
  agent: string | null
  job: string | null
  created_at: number
}
type Tables = { model_provider: ProviderRow; model_route: RouteRow; llm_usage_log: UsageLogRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()
const routes = 'routes'
/** More than anyone has; a bound all the same. */
const maxProviders = 100

/** Undefined when the workspace has a provider of this id already. */
export const insertProvider = (to: Reader, row: ProviderRow) =>
  tables(to)
    .insertInto('model_provider')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const providerById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('model_provider')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const allProviders = (from: Reader) =>
  tables(from)
    .selectFrom('model_provider')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .orderBy('id')
    .limit(maxProviders)
    .execute()

/** Changes a provider as long as it still has the version that was seen; undefined when it has not. */
export const updateProvider = (to: Reader, id: string, seen: number, change: Partial<ProviderRow>) =>
  tables(to)
    .updateTable('model_provider')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

export const deleteProvider = (to: Reader, id: string) =>
  tables(to)
    .deleteFrom('model_provider')
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()

export const routesOf = (from: Reader) =>
  tables(from)
    .selectFrom('model_route')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', routes)
    .executeTakeFirst()

type NewRoutes = Pick<RouteRow, 'chat' | 'embed' | 'updated_at'>

/** Writes the first routes of a workspace; undefined when there are some already. */
export const insertRoutes = (to: Reader, given: NewRoutes) =>
  tables(to)
    .insertInto('model_route')
    .values({ workspace: to.workspace, id: routes, version: 1, ...given })
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('version')
    .executeTakeFirst()

/** Replaces routes as long as they still have the version that was seen; undefined when they have not. */
export const updateRoutes = (to: Reader, seen: number, given: NewRoutes) =>
  tables(to)
    .updateTable('model_route')
    .set({ ...given, version: seen + 1 })
    .where('workspace', '=', to.workspace)
    .where('id', '=', routes)
    .where('version', '=', seen)
    .returning('version')
    .executeTakeFirst()

export const insertUsage = (to: Reader, row: Insertable<UsageLogRow>) =>
  tables(to).insertInto('llm_usage_log').values(row).execute()

/** Sums by day (of clocks that change), model and task over [from, to), the newest day first. */
export const usageByDay = (reader: Reader, from: number, to: number, clocks: readonly Change[]) =>
  tables(reader)
    .selectFrom('llm_usage_log')
    .select((row) => [
      dayOf('created_at', clocks).as('day'),
      'model',
      'task_type',
      row.fn.countAll<number>().as('calls'),
      sql<number>`sum(1 - success)`.as('failed'),
      row.fn.sum<number>('input_tokens').as('input_tokens'),
      row.fn.sum<number>('output_tokens').as('output_tokens'),
      sql<number>`coalesce(sum(cost_usd), 0)`.as('cost_usd'),
      sql<number>`sum(case when cost_usd is null then 1 else 0 end)`.as('unpriced'),
    ])
    .where('workspace', '=', reader.workspace)
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .groupBy(['day', 'model', 'task_type'])
    .orderBy('day', 'desc')
    .orderBy('model')
    .orderBy('task_type')
    .limit(5_000)
    .execute()
