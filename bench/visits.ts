/** Visits in batches of 1,000 over HTTP, beside bare prepared inserts of the same rows, one transaction a batch. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { browse } from '../apps/server/test/fixtures/browser-profiles.ts'
import { type BenchCore, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const batchSize = 1_000
const batches = 100
type Sent = {
  url: string
  title: string | null
  visited_at: string
  referrer: string | null
  duration_ms: number
  source: string
}

export async function run(): Promise<Row[]> {
  const made = makeBatches()
  const core = await startBenchCore()
  try {
    await send(core, made.slice(0, 5), 1)
    const alone = await send(core, made.slice(5, 50), 1)
    const four = await send(core, made.slice(50), 4)
    const heap = bareInserts(made.slice(5, 50), '')
    const keyed = bareInserts(made.slice(5, 50), 'create unique index once on visit(url, visited_at)')
    const row = (name: string, ours: number, floor: number, notes: string): Row => {
      return { name, floor, ours, unit: 'rows/s', ratio: ours / floor, goal: '≥ 0.5', notes }
    }
    return [
      row('POST /api/visits, batches of 1,000', alone, heap, 'one client; floor: a table without any index'),
      row('the same beside inserts that refuse duplicates', alone, keyed, 'floor: unique by address and time'),
      row('the same, four clients', four, keyed, 'floor: unique by address and time'),
    ]
  } finally {
    await core.stop()
  }
}

function makeBatches(): Sent[][] {
  const { pages, visits } = browse({ visits: batchSize * batches, seed: 11 })
  const page = (at: number) => pages[at] as (typeof pages)[number]
  const rows = visits.map(({ page: at, time, from, duration }): Sent => {
    const before = from > 0 ? visits[from - 1] : undefined
    return {
      ...{ url: page(at).url, title: page(at).title, visited_at: new Date(time).toISOString(), duration_ms: duration },
      ...{ referrer: before ? page(before.page).url : null, source: 'extension' },
    }
  })
  return Array.from({ length: batches }, (_, at) => rows.slice(at * batchSize, (at + 1) * batchSize))
}

/** Rows per second with so many clients, each waiting for its answer. */
async function send({ url, key }: BenchCore, made: Sent[][], clients: number): Promise<number> {
  const bodies = made.map((visits) => JSON.stringify({ visits }))
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const started = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let body = bodies.pop(); body; body = bodies.pop()) {
        const response = await fetch(`${url}/api/visits`, { method: 'POST', headers, body })
        if (!response.ok) throw new Error(await response.text())
        await response.arrayBuffer()
      }
    }),
  )
  return (made.length * batchSize * 1_000) / (performance.now() - started)
}

function bareInserts(made: Sent[][], index: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  const db = new DatabaseSync(join(folder, 'bare.db'))
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = full;
      create table visit(url text, title text, visited_at integer, referrer text, duration integer, source text); ${index}`)
    const insert = db.prepare('insert or ignore into visit values (?, ?, ?, ?, ?, ?)')
    const rows = made.map((batch) => batch.map((row) => ({ ...row, time: Date.parse(row.visited_at) })))
    const started = performance.now()
    for (const batch of rows) {
      db.exec('begin immediate')
      for (const row of batch) insert.run(row.url, row.title, row.time, row.referrer, row.duration_ms, row.source)
      db.exec('commit')
    }
    return (made.length * batchSize * 1_000) / (performance.now() - started)
  } finally {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
