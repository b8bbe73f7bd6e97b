/** What keeps a table small and quick: optimising, indexing, and writing it anew. */
import type { Table, VectorQuery } from '@lancedb/lancedb'
import type { RecordBatch } from 'apache-arrow'
import { arrow, lance, type Place } from './lance.ts'
import { damaged } from './opening.ts'
import { schemaOf } from './rows.ts'

const REWRITE_ROWS = 16_384

/** Puts small files together and removes every older version at once; the default would keep them for a week. */
export const optimize = async (table: Table): Promise<void> => {
  await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true })
}

/**
 * How a table is indexed, in LanceDB's words: `IvfFlat` holds vectors whole, `IvfPq` a short form of each, by which it
 * finds more than are wanted; those are then scored by their whole vectors. Either way scores are exact.
 */
export type IndexKind = 'IvfFlat' | 'IvfPq'

/** An index of whole vectors has to fit into the cache: of a million it was read from the disk at each search, in 250 ms. */
export const kindFor = (rows: number, dimensions: number, whole: number): IndexKind =>
  rows * dimensions * 4 <= whole ? 'IvfFlat' : 'IvfPq'

/** Rows that are scored by their whole vectors after short forms found them: ten times as many as are wanted, and so many at least. */
const scoredWhole = 300

type Wanted = { rows: number; kind: IndexKind; limit: number }
/**
 * The query for the `limit` rows nearest to a vector by cosine, in a table of so many. A short form costs little: it looks
 * into more of the index.
 */
export const nearestTo = (table: Table, vector: Float32Array, { rows, kind, limit }: Wanted): VectorQuery => {
  const near = table.query().nearestTo(vector).distanceType('cosine').limit(limit)
  const partitions = partitionsOf(rows)
  if (kind === 'IvfFlat') return near.nprobes(Math.max(20, Math.round(partitions / 10)))
  return near
    .nprobes(Math.max(60, Math.round(partitions * 0.3)))
    .refineFactor(Math.max(10, Math.ceil(scoredWhole / limit)))
}

const partitionsOf = (rows: number) => Math.round(Math.sqrt(rows))

/** Bytes of a short form: a quarter as many as there are dimensions, but no more than fit the cache a million times. */
const shortForm = (dimensions: number): number => {
  const values = [4, 8, 16, 32].find((each) => dimensions % each === 0 && dimensions / each <= 96)
  return dimensions / (values ?? (dimensions % 2 === 0 ? 2 : 1))
}

/**
 * Rows that come later are searched beside the index. The sample is smaller than LanceDB's own choice: training took
 * 23 s for 100,000 rows instead of 2 s, for nothing.
 */
export const buildIndex = async (table: Table, rows: number, dimensions: number, kind: IndexKind): Promise<void> => {
  const { Index } = await lance()
  const options = {
    distanceType: 'cosine',
    numPartitions: partitionsOf(rows),
    sampleRate: 64,
    maxIterations: 12,
  } as const
  const short = () => Index.ivfPq({ ...options, numSubVectors: shortForm(dimensions) })
  const config = kind === 'IvfFlat' ? Index.ivfFlat(options) : short()
  await table.createIndex('vector', { config, replace: true })
}

/**
 * Copies the living rows of a table into a new one. Optimising alone leaves files alone of which less than a tenth was
 * deleted, and keeps the condition of the last delete in the manifest; after a copy and the removal of the old table
 * nothing of a deleted row is left in any file.
 */
export const copyRows = async (
  source: Table,
  target: { place: Place; name: string; dimensions: number; count: number },
): Promise<Table> => {
  const { place, name, dimensions, count } = target
  const connection = await place.connect()
  await place.erase(connection, name)
  const table = await connection.createEmptyTable(name, schemaOf(dimensions))
  const { Table: Arrow } = arrow()
  let waiting: RecordBatch[] = []
  let rows = 0
  const flush = async () => {
    if (waiting.length > 0) await table.add(new Arrow(waiting))
    waiting = []
    rows = 0
  }
  for await (const batch of source.query()) {
    waiting.push(batch)
    rows += batch.numRows
    if (rows >= REWRITE_ROWS) await flush()
  }
  await flush()
  await optimize(table)
  if ((await table.countRows()) !== count) throw damaged('a copy has other rows')
  return table
}
