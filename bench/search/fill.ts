/**
 * Fills a stopped core's data folder with passages, in bulk: rows made by the product's own analysis go straight into its
 * tables with prepared statements, ten thousand in a transaction, where the indexer takes a few hundred; vectors go
 * through the sidecar's own store. The same text goes into a bare FTS5 index beside it.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { dbOver } from '../../apps/server/src/kernel/database/over.ts'
import { openSqliteConnection, type SqliteConnection } from '../../apps/server/src/kernel/database/sqlite-connection.ts'
import { ANALYSIS_VERSION } from '../../apps/server/src/kernel/passages/analysis.ts'
import { addCounts, countTerms, openSpace } from '../../apps/server/src/kernel/passages/write-store.ts'
import { encodeFloats } from '../../apps/sidecar/src/floats.ts'
import { makeVectors } from '../../apps/sidecar/src/vectors/index.ts'
import type { Batch, Made, Range } from './analyse.ts'

/** Where passages go and under which model's name their vectors are kept. */
export type Place = { home: string; workspace: string; model: string; dimensions: number }

const batch = 10_000
const workers = 2

/** Adds passages number `from` to `to`, both multiples of a batch. */
export async function fill(place: Place, from: number, to: number): Promise<void> {
  const { home, workspace, model, dimensions } = place
  const connection = openSqliteConnection(join(home, 'cairn.db'), { synchronous: 'NORMAL', cacheKiB: 1_500_000 })
  const bare = openBare(home)
  const vectors = makeVectors({ root: join(home, 'vectors') })
  try {
    const db = dbOver('sqlite', { provideConnection: (consumer) => consumer(connection) })
    const space = await openSpace(db, 'sqlite', workspace)
    const fence = Number(connection.all('select fence from passage_space where workspace = ?', workspace)[0]?.fence)
    const write = writer(connection, place)
    const writeBare = bare.prepare('insert into bare (title, text) values (?, ?)')
    const counts = { sources: 0, passages: 0, length: 0, bytes: 0 }
    const terms = new Map<string, [number, number]>()
    let done = from
    for await (const { made, terms: some, texts } of analysed({ from, to, space: space.number, dimensions })) {
      connection.command('BEGIN IMMEDIATE')
      for (const each of made) {
        write(each)
        tally(counts, each)
      }
      connection.command('COMMIT')
      bare.exec('BEGIN')
      for (const { title, text } of texts) writeBare.run(title, text)
      bare.exec('COMMIT')
      await vectors.upsert(workspace, { model, dimensions, fence, rows: made.flatMap(vectorRows) })
      addTerms(terms, some)
      done += texts.length
      if (done % 50_000 === 0) console.log(`  ${done.toLocaleString('en')} passages written`)
    }
    console.log(`  counts of ${terms.size.toLocaleString('en')} terms, and the index of the vectors`)
    connection.command('BEGIN IMMEDIATE')
    await countTerms(
      space,
      [...terms].map(([term, [passages, strong]]) => [term, passages, strong]),
    )
    await addCounts(space, counts)
    connection.command('COMMIT')
    await vectors.compact(workspace, model)
  } finally {
    await vectors.close()
    bare.close()
    connection.close()
  }
}

/** What anybody would begin with: FTS5 over title and text, English stems, without a copy of the text. */
export function openBare(home: string): DatabaseSync {
  const bare = new DatabaseSync(join(home, 'bare.db'))
  bare.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create virtual table if not exists bare using fts5(title, text, content='', tokenize='porter unicode61')`)
  return bare
}

const vectorRows = ({ source: { kind, id: source, time }, passages }: Made) =>
  passages.map(({ id, vector }) => ({ id, vector: encodeFloats(vector), kind, source, time }))

function addTerms(terms: Map<string, [number, number]>, some: Batch['terms']) {
  for (const [term, passages, strong] of some) {
    const known = terms.get(term)
    if (known) {
      known[0] += passages
      known[1] += strong
    } else terms.set(term, [passages, strong])
  }
}

function tally(counts: { sources: number; passages: number; length: number; bytes: number }, { passages }: Made) {
  counts.sources += 1
  counts.passages += passages.length
  for (const { length, text, words, terms } of passages) {
    counts.length += length
    counts.bytes += Buffer.byteLength(text) + Buffer.byteLength(words) + terms.length
  }
}

/** Writes a source with its passages and their embeddings: the rows of `write.ts`, statement by statement. */
function writer({ raw }: SqliteConnection, { workspace, model }: Place) {
  const source =
    raw.prepare(`insert into passage_source (workspace, kind, id, hash, version, chunked, passages, title, uri,
    speaker, time, indexed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const posting =
    raw.prepare(`insert into passage_posting (workspace, kind, source, ordinal, series, position, root, time,
    length, terms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const tokens = raw.prepare('insert into passage_fts (rowid, tokens) values (?, ?)')
  const passage =
    raw.prepare(`insert into passage (workspace, id, number, kind, source, ordinal, place, text, words, hash,
    text_hash, vectored) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const embedding = raw.prepare('insert or ignore into embedding (workspace, model, hash, vector) values (?, ?, ?, ?)')
  return ({ source: of, passages }: Made) => {
    const { kind, id, hash, title, uri, time, chunked, speaker = null, group = null, root = null } = of
    const position = group === null ? null : (of.order ?? 0)
    source.run(workspace, kind, id, hash, ANALYSIS_VERSION, chunked, passages.length, title, uri, speaker, time, time)
    for (const each of passages) {
      const { ordinal, length, terms } = each
      const made = posting.run(workspace, kind, id, ordinal, group, position, root, time, length, terms)
      const number = made.lastInsertRowid
      tokens.run(number, each.tokens)
      passage.run(
        ...([workspace, each.id, number, kind, id, ordinal, each.place, each.text, each.words] as const),
        ...([each.hash, each.text_hash, model] as const),
      )
      embedding.run(workspace, model, each.text_hash, new Uint8Array(each.vector.buffer))
    }
  }
}

/** Batches of passages in their order, made by threads that work ahead of who takes them. */
async function* analysed({ from, to, ...range }: Range): AsyncGenerator<Batch> {
  const threads = Array.from({ length: workers }, () => new Worker(new URL('./analyse.ts', import.meta.url)))
  try {
    const ahead: Promise<Batch>[] = []
    let next = from
    const order = () => {
      if (next >= to) return
      const thread = threads[(next / batch) % workers] as Worker
      const asked = { ...range, from: next, to: Math.min(next + batch, to) }
      const before = ahead.at(-workers) ?? Promise.resolve()
      // A thread answers in the order in which it was asked.
      const answer = before.then(() => {
        const { promise, resolve, reject } = Promise.withResolvers<Batch>()
        thread.once('message', resolve).once('error', reject)
        thread.postMessage(asked)
        return promise.finally(() => thread.removeListener('error', reject))
      })
      answer.catch(() => undefined)
      ahead.push(answer)
      next += batch
    }
    for (let at = 0; at < workers * 2; at += 1) order()
    for (let batch = ahead.shift(); batch; batch = ahead.shift()) {
      yield await batch
      order()
    }
  } finally {
    for (const thread of threads) await thread.terminate()
  }
}
