/** Queries that run often are built once: building one anew takes as long as running it. */
import type { Compilable, CompiledQuery } from 'kysely'
import type { Db } from './dialect.ts'

/** While a query is built, a symbol of its name stands for each value; values decide nothing in the building. */
const names = new Proxy({}, { get: (_, name) => Symbol(String(name)) })

/**
 * `const byId = prepared((db, { id }: { id: string }) => db.selectFrom('note').selectAll().where('id', '=', id))`, then
 * `await byId(scope.db, { id })` answers the rows. For fixed queries only: no `if` on a value, no list, no null.
 */
export function prepared<V extends Record<string, unknown>, O>(build: (db: Db, values: V) => Compilable<O>) {
  const built = new WeakMap<object, CompiledQuery<O>>()

  function queryFor(db: Db): CompiledQuery<O> {
    // There is one adapter for each dialect.
    const { adapter } = db.getExecutor()
    const query = built.get(adapter) ?? build(db, names as V).compile()
    built.set(adapter, query)
    return query
  }

  return async (db: Db, values: V): Promise<O[]> => {
    const query = queryFor(db)
    const parameters = query.parameters.map((one) =>
      typeof one === 'symbol' ? values[one.description as string] : one,
    )
    return (await db.executeQuery<O>({ ...query, parameters })).rows
  }
}
