/** Passages: chunks of any text with what finds them — postings, counts, embeddings — and the list of what is to be indexed. */
import { sql } from 'kysely'
import { columns, tableEnd } from '../src/kernel/database/columns.ts'
import type { DialectName } from '../src/kernel/database/dialect.ts'
import type { MigrationDb } from '../src/kernel/database/migrate.ts'

export async function up(db: MigrationDb, dialect: DialectName): Promise<void> {
  await spaces(db, dialect)
  await sources(db, dialect)
  await passages(db, dialect)
  await postings(db, dialect)
  await embeddings(db, dialect)
}

/** One row per workspace: its number in the inverted index, and the counts that scoring needs. */
async function spaces(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('passage_space')
    .addColumn('workspace', text, (column) => column.notNull().unique())
    .addColumn('number', sql.raw(counter(dialect)), (column) => column.notNull())
    .addColumn('sources', integer, (column) => column.notNull())
    .addColumn('passages', integer, (column) => column.notNull())
    // Words of all passages together.
    .addColumn('length', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    // Analysis that every source is known to have gone through.
    .addColumn('version', integer, (column) => column.notNull())
    // Number of the last writer of vectors: an older one is refused.
    .addColumn('fence', integer, (column) => column.notNull())
    .modifyEnd(tableEnd(dialect))
    .execute()
}

async function sources(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('passage_source')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    // SHA-256 of all that was read; the same again is not indexed again.
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    // `plain`: in windows because the parser was away; `parsed`: by structure, or prose that needs none.
    .addColumn('chunked', text, (column) => column.notNull())
    .addColumn('passages', integer, (column) => column.notNull())
    .addColumn('title', text, (column) => column.notNull())
    .addColumn('uri', text, (column) => column.notNull())
    .addColumn('speaker', text)
    .addColumn('time', integer, (column) => column.notNull())
    .addColumn('indexed_at', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('passage_source_pk', ['workspace', 'kind', 'id'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createIndex('passage_source_plain')
    .on('passage_source')
    .columns(['workspace', 'kind', 'id'])
    .where(sql<boolean>`chunked = 'plain'`)
    .execute()
  await db.schema
    .createTable('passage_pending')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('since', integer, (column) => column.notNull())
    // Grows with each change, so that one which comes while the indexer reads is not taken for done.
    .addColumn('change', integer, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('error', text)
    .addColumn('next_attempt', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('passage_pending_pk', ['workspace', 'kind', 'id'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
  await db.schema
    .createIndex('passage_pending_due')
    .on('passage_pending')
    .columns(['workspace', 'next_attempt', 'since'])
    .execute()
}

async function passages(db: MigrationDb, dialect: DialectName) {
  const { text, integer } = columns(dialect)
  await db.schema
    .createTable('passage')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    // Of its posting.
    .addColumn('number', integer, (column) => column.notNull().primaryKey())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('ordinal', integer, (column) => column.notNull())
    .addColumn('place', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    // Its terms as they were indexed, those it is about with a `!`: what is taken out again when it goes.
    .addColumn('words', text, (column) => column.notNull())
    // SHA-256 of what was analysed, and of what an embedding is made from.
    .addColumn('hash', text, (column) => column.notNull())
    .addColumn('text_hash', text, (column) => column.notNull())
    // Model whose vector of this passage is stored; null while there is none.
    .addColumn('vectored', text)
    .addUniqueConstraint('passage_id', ['workspace', 'id'])
    .addForeignKeyConstraint('passage_of_source', ['workspace', 'kind', 'source'], 'passage_source', [
      'workspace',
      'kind',
      'id',
    ])
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('passage_by_source')
    .on('passage')
    .columns(['workspace', 'kind', 'source', 'ordinal'])
    .execute()
  await db.schema.createIndex('passage_vectored').on('passage').columns(['workspace', 'vectored', 'number']).execute()
  await db.schema
    .createIndex('passage_by_text')
    .on('passage')
    .columns(['workspace', 'text_hash'])
    .where(sql<boolean>`vectored is not null`)
    .execute()
}

/**
 * What a search reads for each candidate, narrow and apart from the text. The inverted index over it is FTS5 on SQLite
 * and GIN on PostgreSQL; both only answer which passages hold a term, and scoring is the same code for both.
 */
async function postings(db: MigrationDb, dialect: DialectName) {
  const { text, integer, blob } = columns(dialect)
  await db.schema
    .createTable('passage_posting')
    .addColumn('number', sql.raw(counter(dialect)), (column) => column.notNull())
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('source', text, (column) => column.notNull())
    .addColumn('ordinal', integer, (column) => column.notNull())
    // Neighbours: passages of one series, in the order of their position.
    .addColumn('series', text)
    .addColumn('position', integer)
    .addColumn('root', text)
    .addColumn('time', integer, (column) => column.notNull())
    .addColumn('length', integer, (column) => column.notNull())
    .addColumn('terms', blob, (column) => column.notNull())
    .modifyEnd(tableEnd(dialect))
    .execute()
  await db.schema
    .createIndex('passage_posting_series')
    .on('passage_posting')
    .columns(['workspace', 'series', 'position'])
    .where(sql<boolean>`series is not null`)
    .execute()
  await invertedIndex(db, dialect)
  await db.schema
    .createTable('passage_term')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('term', text, (column) => column.notNull())
    // Passages that hold the term, and those of them that are about it.
    .addColumn('passages', integer, (column) => column.notNull())
    .addColumn('strong', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('passage_term_pk', ['workspace', 'term'])
    .modifyEnd(tableEnd(dialect, 'clustered'))
    .execute()
}

/** Which passages hold a token. Tokens begin with the number of their workspace. */
async function invertedIndex(db: MigrationDb, dialect: DialectName) {
  if (dialect === 'sqlite') {
    await sql`create virtual table passage_fts using fts5(tokens, content='', contentless_delete=1, detail=none,
      tokenize="ascii tokenchars '.!:@~+#_'")`.execute(db)
    return
  }
  await sql`create table passage_fts (number bigint primary key, tokens tsvector not null)
    with (toast_tuple_target = 128)`.execute(db)
  // Out of the row: a posting list is read through the rows, and thousands of them fit into one page without the tokens.
  await sql`alter table passage_fts alter column tokens set storage external`.execute(db)
  // A short list of unsorted entries: a search reads all of it.
  await sql`create index passage_fts_tokens on passage_fts using gin (tokens) with (gin_pending_list_limit = 1024)`.execute(
    db,
  )
}

async function embeddings(db: MigrationDb, dialect: DialectName) {
  const { text, blob } = columns(dialect)
  await db.schema
    .createTable('embedding')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('model', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    // Little-endian float32.
    .addColumn('vector', blob, (column) => column.notNull())
    .addPrimaryKeyConstraint('embedding_pk', ['workspace', 'model', 'hash'])
    .modifyEnd(tableEnd(dialect))
    .execute()
  // Vectors of passages that are gone, until the vector store has dropped them.
  await db.schema
    .createTable('passage_gone')
    .addColumn('workspace', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('model', text, (column) => column.notNull())
    .addColumn('hash', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('passage_gone_pk', ['workspace', 'id'])
    .modifyEnd(tableEnd(dialect))
    .execute()
}

/** A key that counts up and never gives a number twice. */
const counter = (dialect: DialectName) =>
  dialect === 'postgres' ? 'bigint generated always as identity primary key' : 'integer primary key autoincrement'
