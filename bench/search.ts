/**
 * Search at 100,000 and at 1,000,000 passages, by words and by words and meaning, and from a question to its first
 * citation. Each query goes first to the bare libraries, then to the core.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePlaces, WHOLE_UP_TO } from '../apps/sidecar/src/vectors/lance.ts'
import { kindFor, nearestTo } from '../apps/sidecar/src/vectors/upkeep.ts'
import { bagOfWords } from '../apps/sidecar/test/bag-of-words.ts'
import { type ModelServer, startModelServer } from '../apps/sidecar/test/model-server.ts'
import { type BenchCore, quantile, startBenchCore, still } from './core.ts'
import type { Row } from './run.ts'
import { fill, openBare, type Place } from './search/fill.ts'
import { queries, type SyntheticQuery } from './synthetic.ts'

const sizes = [100_000, 1_000_000]
const dimensions = 64
const model = 'bench-embed'
/** Queries of each kind, and those asked before anything is measured. */
const each = 10
const warming = 5
const asked = 40

type Timed = { kind: string; floor: number; ours: number }
type Floor = (query: string) => Promise<void>

export async function run(): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'cairn-bench-search-'))
  const server = await startModelServer({ models: [model], dimensions })
  try {
    const place: Place = { home, workspace: await newWorkspace(home, server), model, dimensions }
    const rows: Row[] = []
    for (const [at, size] of sizes.entries()) {
      console.log(`  filling up to ${size.toLocaleString('en')} passages`)
      await fill(place, sizes[at - 1] ?? 0, size)
      rows.push(...(await measure(place, size)))
    }
    return rows
  } finally {
    await server.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Makes the data folder, with a provider that the model is later routed to. */
async function newWorkspace(home: string, server: ModelServer): Promise<string> {
  const core = await startBenchCore({ home })
  try {
    const { items } = await core.api.workspaces.list({})
    await core.api.models.addProvider({ name: 'bench', kind: 'openai-compatible', base_url: `${server.url}/v1` })
    return items[0]?.id as string
  } finally {
    await core.stop({ keep: true })
  }
}

async function measure(place: Place, size: number): Promise<Row[]> {
  const core = await startBenchCore({ home: place.home, environment: { CAIRN_SIDECAR: '1' } })
  const bare = bareText(place.home)
  try {
    await setRoute(core, false)
    const list = queries(size, each + warming)
    const warm = list.splice(0, (list.length / (each + warming)) * warming)
    console.log(`  ${list.length} queries by words`)
    const words = await compare(list, warm, bare.match, (query) => search(core, query, 'keyword'))
    console.log(`  ${asked} questions`)
    const answers = await askAll(core, list, warm)
    await setRoute(core, true)
    const nearest = await bareVectors(place)
    console.log(`  ${list.length} queries by words and meaning`)
    const both = await compare(
      list,
      warm,
      async (query) => {
        await bare.match(query)
        await nearest(query)
      },
      (query) => search(core, query, 'hybrid'),
    )
    const name = `${size.toLocaleString('en')} passages`
    return [
      ...rowsOf(`search by words, ${name}`, words, '≤ 1.3 and < 100 ms', 'floor: FTS5 MATCH, any word, by rank'),
      ...rowsOf(`hybrid search, ${name}`, both, '≤ 1.3 and < 100 ms', 'floor: the same and the LanceDB query'),
      ...rowsOf(`ask → first citation, ${name}`, answers, '+ 20 ms', 'floor: the search alone; by words, no model'),
    ]
  } finally {
    bare.close()
    await core.stop({ keep: true })
  }
}

async function setRoute(core: BenchCore, on: boolean): Promise<void> {
  const { items } = await core.api.models.providers({})
  const embed = on ? [{ provider_id: items[0]?.id as string, model }] : []
  await core.api.models.setRoutes({ chat: [], embed })
  await still(core)
}

async function search(core: BenchCore, query: string, mode: 'keyword' | 'hybrid'): Promise<void> {
  const found = await core.api.search.query({ query, mode })
  if (found.mode !== mode) throw new Error(`asked for ${mode}, got ${found.mode}: ${found.reason}`)
}

async function compare(
  list: readonly SyntheticQuery[],
  warm: readonly SyntheticQuery[],
  floor: Floor,
  ours: Floor,
): Promise<Timed[]> {
  for (const { text } of warm) {
    await floor(text)
    await ours(text)
  }
  const times: Timed[] = []
  for (const { kind, text } of list) {
    times.push({ kind, floor: await timed(() => floor(text)), ours: await timed(() => ours(text)) })
  }
  return times
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function bareText(home: string): { match: Floor; close(): void } {
  const db = openBare(home)
  const statement = db.prepare('select rowid from bare where bare match ? order by rank limit 10')
  const match = async (query: string) => {
    const words = query.match(/[\p{L}\p{N}]+/gu) ?? []
    statement.all(words.map((word) => `"${word}"`).join(' OR '))
  }
  return { match, close: () => db.close() }
}

/** The same table as the core's, asked by the library alone. */
async function bareVectors({ home, workspace }: Place): Promise<Floor> {
  const connection = await makePlaces(join(home, 'vectors'))(workspace).connectAfresh()
  const table = await connection.openTable((await connection.tableNames())[0] as string)
  const rows = await table.countRows()
  const kind = kindFor(rows, dimensions, WHOLE_UP_TO)
  return async (query) => {
    const vector = Float32Array.from(bagOfWords(query, dimensions))
    await nearestTo(table, vector, { rows, kind, limit: 100 }).select(['id', '_distance']).toArray()
  }
}

/** The search that a question makes, and the question itself, each in a quiet core and each in a thread of its own. */
async function askAll(
  core: BenchCore,
  list: readonly SyntheticQuery[],
  warm: readonly SyntheticQuery[],
): Promise<Timed[]> {
  const times: Timed[] = []
  for (const { kind, text } of [...warm, ...list].slice(0, warm.length + asked)) {
    const floor = await timed(() => core.api.search.query({ query: text, limit: 30 }))
    const begun = performance.now()
    for await (const { event } of core.api.chat.ask.stream({ message: text })) {
      if (event === 'metadata') times.push({ kind, floor, ours: performance.now() - begun })
    }
    await still(core)
  }
  return times.slice(warm.length)
}

function rowsOf(name: string, times: readonly Timed[], goal: string, notes: string): Row[] {
  const of = (some: readonly Timed[], which: 'floor' | 'ours', q: number) =>
    quantile(
      some.map((each) => each[which]),
      q,
    )
  const kinds = [...Map.groupBy(times, ({ kind }) => kind)]
    .map(([kind, some]) => `${kind} ${of(some, 'floor', 0.95).toFixed(0)} → ${of(some, 'ours', 0.95).toFixed(0)}`)
    .join(', ')
  return [0.5, 0.95].map((q) => {
    const [floor, ours] = [of(times, 'floor', q), of(times, 'ours', q)]
    return {
      ...{ name: `${name}, p${q * 100}`, floor, ours, unit: 'ms', ratio: ours / floor, goal: q > 0.5 ? goal : '' },
      notes: q > 0.5 ? `p95 by kind: ${kinds}` : notes,
    }
  })
}
