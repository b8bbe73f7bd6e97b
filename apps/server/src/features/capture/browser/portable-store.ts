/** History as it travels: what reads visits and texts with the addresses of their pages, in the order of their ids. */
import { among, dialectOf } from '../../../kernel/database/lists.ts'
import { timeKey } from './address.ts'
import { type Reader, tables } from './rows.ts'

type Page = { after: string | null; since: number | null; limit: number }

export const visitPage = (from: Reader, { after, since, limit }: Page) =>
  tables(from)
    .selectFrom('history')
    .innerJoin('pages', (join) =>
      join.onRef('pages.workspace', '=', 'history.workspace').onRef('pages.id', '=', 'history.page_id'),
    )
    .select(['history.id', 'pages.url', 'pages.title as page_title', 'history.title', 'history.visited_at'])
    .select(['history.referrer', 'history.duration_ms', 'history.source', 'history.tab_id'])
    .select(['history.status_code', 'history.content_type'])
    .where('history.workspace', '=', from.workspace)
    .$if(after !== null, (query) => query.where('history.id', '>', after as string))
    .$if(after === null && since !== null, (query) => query.where('history.id', '>=', timeKey(since as number)))
    .orderBy('history.id')
    .limit(limit)
    .execute()

export const textPage = (from: Reader, { after, since, limit }: Page) =>
  tables(from)
    .selectFrom('page_text')
    .innerJoin('pages', (join) =>
      join.onRef('pages.workspace', '=', 'page_text.workspace').onRef('pages.id', '=', 'page_text.id'),
    )
    .innerJoin('history', (join) =>
      join.onRef('history.workspace', '=', 'page_text.workspace').onRef('history.id', '=', 'page_text.visit_id'),
    )
    .select(['page_text.id', 'pages.url', 'history.visited_at', 'page_text.text', 'page_text.truncated'])
    .select('page_text.read_at')
    .where('page_text.workspace', '=', from.workspace)
    .$if(after !== null, (query) => query.where('page_text.id', '>', after as string))
    .$if(since !== null, (query) => query.where('page_text.read_at', '>=', since as number))
    .orderBy('page_text.id')
    .limit(limit)
    .execute()

/** Which of these visits are there. */
export const knownVisits = async (from: Reader, ids: readonly string[]): Promise<Set<string>> => {
  const rows = await tables(from)
    .selectFrom('history')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), ids))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

export const textsBeside = (from: Reader, pages: readonly string[]) =>
  tables(from)
    .selectFrom('page_text')
    .select(['id', 'visit_id', 'text', 'read_at'])
    .where('workspace', '=', from.workspace)
    .where('id', 'in', among(dialectOf(from.db), pages))
    .execute()
