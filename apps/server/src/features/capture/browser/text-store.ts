/** Rows of what pages said; the only SQL over them. */
import { sql } from 'kysely'
import { among, dialectOf, rowsOf } from '../../../kernel/database/lists.ts'
import { type PageTextRow, type Reader, tables } from './rows.ts'

/** `[page, visit, text, truncated, read_at]` */
export type TextFields = readonly [page: string, visit: string, text: string, truncated: 0 | 1, readAt: number]

/** Keeps what pages said, unless what is kept is newer. Answers the pages of which it is something else now. */
export async function putTexts(to: Reader, texts: readonly TextFields[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into page_text (workspace, id, visit_id, text, truncated, read_at)
    select ${to.workspace}, value ->> 0, value ->> 1, value ->> 2, cast(value ->> 3 as bigint), cast(value ->> 4 as bigint)
    from ${rowsOf(to.db, JSON.stringify(texts))} where true
    on conflict (workspace, id) do update set visit_id = excluded.visit_id, text = excluded.text,
      truncated = excluded.truncated, read_at = excluded.read_at
    where page_text.read_at <= excluded.read_at
      and (page_text.text <> excluded.text or page_text.visit_id <> excluded.visit_id)
    returning id`.execute(to.db)
  return rows.map(({ id }) => id)
}

export const textOf = (from: Reader, page: string): Promise<PageTextRow | undefined> =>
  tables(from)
    .selectFrom('page_text')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', page)
    .executeTakeFirst()

export const textsOf = (from: Reader, pages: readonly string[]) =>
  tables(from)
    .selectFrom('page_text')
    .select(['id', 'text'])
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), pages))
    .execute()

/** Forgets what these pages said; with `visits` only what came with one of those. Answers which pages said something. */
export async function deleteTexts(to: Reader, pages: readonly string[], visits?: readonly string[]): Promise<string[]> {
  let query = tables(to)
    .deleteFrom('page_text')
    .where('workspace', '=', to.workspace)
    .where('id', 'in', among(dialectOf(to.db), pages))
  if (visits) query = query.where('visit_id', 'in', among(dialectOf(to.db), visits))
  return (await query.returning('id').execute()).map(({ id }) => id)
}
