/** What the tables of a workspace hold, counted again. For tests. */
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { tables } from './rows.ts'

/** Counts as they are kept, and as they are when everything is counted again. */
export async function books(database: Database, workspace: string) {
  const { db } = database
  const of = tables(db)
  const space = await of.selectFrom('passage_space').selectAll().where('workspace', '=', workspace).executeTakeFirst()
  const passages = await of.selectFrom('passage').selectAll().where('workspace', '=', workspace).execute()
  const postings = await of.selectFrom('passage_posting').selectAll().where('workspace', '=', workspace).execute()
  const sources = await of.selectFrom('passage_source').selectAll().where('workspace', '=', workspace).execute()
  const terms = await of.selectFrom('passage_term').selectAll().where('workspace', '=', workspace).execute()
  const counted = new Map<string, { passages: number; strong: number }>()
  for (const { words } of passages) {
    for (const word of words.split(' ').filter((each) => each !== '')) {
      const term = word.replace(/!$/, '')
      const known = counted.get(term) ?? { passages: 0, strong: 0 }
      counted.set(term, { passages: known.passages + 1, strong: known.strong + (word.endsWith('!') ? 1 : 0) })
    }
  }
  const kept = new Map(terms.map(({ term, passages: held, strong }) => [term, { passages: held, strong }]))
  const length = postings.reduce((sum, posting) => sum + posting.length, 0)
  return {
    kept: { terms: kept, sources: space?.sources ?? 0, passages: space?.passages ?? 0, length: space?.length ?? 0 },
    counted: { terms: counted, sources: sources.length, passages: passages.length, length },
    numbers: [passages.map(({ number }) => number).sort(), postings.map(({ number }) => number).sort()],
    bytes: space?.bytes ?? 0,
    ordinals: passages.map(({ kind, source, ordinal }) => `${kind} ${source} ${ordinal}`),
  }
}

/** Words of the inverted index itself, as the database tells them. */
export async function indexWords(database: Database): Promise<string[]> {
  if (database.name === 'postgres') {
    const { rows } = await sql<{
      word: string
    }>`select word from ts_stat('select tokens from passage_fts')`.execute(database.db)
    return rows.map(({ word }) => word)
  }
  return database.transaction(async (db) => {
    await sql`insert into passage_fts (passage_fts) values ('optimize')`.execute(db)
    await sql`create virtual table if not exists passage_vocabulary using fts5vocab(passage_fts, 'row')`.execute(db)
    const { rows } = await sql<{ term: string }>`select term from passage_vocabulary`.execute(db)
    return rows.map(({ term }) => term)
  })
}
