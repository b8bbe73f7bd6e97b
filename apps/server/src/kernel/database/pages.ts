/** Pages of long lists: rows in the order of a column and, where that is equal, of the id; each page begins behind the last. */
import { type SelectQueryBuilder, type SqlBool, type StringReference, sql } from 'kysely'

/** `after`: column and id of the last row of the page before; null for the first page. */
export type Page<K extends string | number> = { limit: number; after: readonly [K, string] | null }
type Query<D, T extends keyof D, O> = SelectQueryBuilder<D, T, O>

/** The smallest first: by a position, or what is due soonest. */
export const inOrder = <D, T extends keyof D, O>(
  query: Query<D, T, O>,
  column: StringReference<D, T>,
  page: Page<string | number>,
) => paged(query, column, page, 'asc')

/** The largest first: what is newest, by a time. */
export const newestFirst = <D, T extends keyof D, O>(
  query: Query<D, T, O>,
  column: StringReference<D, T>,
  page: Page<number>,
) => paged(query, column, page, 'desc')

/**
 * A column as no index sees it, where a filter fits many rows: the list is read in the order of its index, and what does
 * not fit is passed over. The same where an index has the order of what is selected, and reading it so means reading all.
 */
export const unindexed = <T>(column: string) => sql<T>`coalesce(${sql.ref(column)}, null)`

function paged<D, T extends keyof D, O>(
  query: Query<D, T, O>,
  column: string,
  { limit, after }: Page<string | number>,
  direction: 'asc' | 'desc',
): Query<D, T, O> {
  const [value, id] = [sql.ref(column), sql.ref(column.replace(/\w+$/, 'id'))]
  const page = query.orderBy(value, direction).orderBy(id, direction).limit(limit)
  if (!after) return page
  const beyond = direction === 'asc' ? sql`>` : sql`<`
  return page.where(sql<SqlBool>`(${value}, ${id}) ${beyond} (${after[0]}, ${after[1]})`)
}
