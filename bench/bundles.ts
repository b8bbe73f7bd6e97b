/** A workspace written into a bundle and brought in elsewhere, beside the same rows as plain lines and as a plain copy. */
import {
  closeSync,
  createWriteStream,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DatabaseSync } from 'node:sqlite'
import { makeChromiumProfile } from '../apps/server/test/fixtures/browser-profiles.ts'
import { type BenchCore, pause, residentBytes, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const visits = Number(process.env.BENCH_BUNDLE_VISITS ?? 300_000)

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  const environment = { NODE_COMPILE_CACHE: join(folder, 'cache') }
  const file = join(folder, 'bundle.zip')
  const from = await startBenchCore({ environment })
  let written: Measured
  let home = ''
  try {
    const profile = makeChromiumProfile(folder, { visits, seed: 7 })
    await ended(from, (await from.api.imports.history({ source: 'chromium', path: profile.folder })).job_id)
    await settled(from)
    written = await measured(from, async () => (await from.api.bundles.export({ components: ['visits'] })).job_id)
    const { bundle_id: id } = written.result as { bundle_id: string }
    const { body } = await from.api.bundles.download.raw({ id })
    await pipeline(Readable.fromWeb(body as never), createWriteStream(file))
    home = from.home
  } finally {
    await from.stop({ keep: true })
  }
  const to = await startBenchCore({ environment })
  try {
    await pause(2_000)
    const read = await measured(to, async () => (await to.api.bundles.import({ path: file })).job_id)
    const lines = plainLines(join(home, 'cairn.db'), join(folder, 'plain.ndjson'))
    const copy = plainCopy(join(home, 'cairn.db'), join(folder, 'copy.db'))
    const row = (name: string, one: Measured, floor: number, notes: string): Row => {
      const [ours, bare] = [visits / one.seconds, visits / floor]
      return { name, floor: bare, ours, unit: 'rows/s', ratio: ours / bare, goal: '≥ 50,000 rows/s', notes }
    }
    const memory = (name: string, { grown }: Measured): Row => {
      return { name, floor: null, ours: grown / 1e6, unit: 'MB', ratio: null, goal: '< 150, flat' }
    }
    return [
      row(`export of ${visits} visits`, written, lines, 'floor: the same rows by bare SQL as lines, in no archive'),
      row('import of the same', read, copy, 'checked whole, then written; floor: one SQL statement, keyed and indexed'),
      memory('memory above idle at most, export', written),
      memory('memory above idle at most, import', read),
    ]
  } finally {
    await to.stop()
    rmSync(home, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

type Measured = { seconds: number; grown: number; result: unknown }

async function measured(core: BenchCore, ask: () => Promise<string>): Promise<Measured> {
  const idle = residentBytes(core.process.pid as number)
  const started = performance.now()
  const { peak, result } = await ended(core, await ask())
  return { seconds: (performance.now() - started) / 1_000, grown: peak - idle, result }
}

async function ended(core: BenchCore, id: string): Promise<{ peak: number; result: unknown }> {
  for (let peak = 0; ; ) {
    const job = await core.api.jobs.get({ id })
    peak = Math.max(peak, residentBytes(core.process.pid as number))
    if (job.status === 'failed') throw new Error(`the job failed: ${job.error?.message}`)
    if (job.status === 'succeeded') return { peak, result: job.result }
    await pause(50)
  }
}

/** Resolves when nothing is left to index: it would be measured along. */
async function settled({ api }: BenchCore): Promise<void> {
  while ((await api.search.status()).pending > 0) await pause(500)
}

const query = `select p.url, p.title as page_title, h.title, h.visited_at, h.referrer, h.duration_ms, h.source, h.tab_id,
  h.status_code, h.content_type from history as h join pages as p on p.workspace = h.workspace and p.id = h.page_id order by h.id`

/** Seconds for the rows as lines of JSON in one file, durable as ours is. */
function plainLines(from: string, to: string): number {
  const db = new DatabaseSync(from, { readOnly: true })
  const file = openSync(to, 'w')
  try {
    const started = performance.now()
    let lines: string[] = []
    const flush = () => {
      writeSync(file, lines.join(''))
      lines = []
    }
    for (const row of db.prepare(query).iterate()) if (lines.push(`${JSON.stringify(row)}\n`) >= 2_000) flush()
    flush()
    fsyncSync(file)
    return (performance.now() - started) / 1_000
  } finally {
    closeSync(file)
    db.close()
  }
}

/** Seconds for one statement in one transaction, into a table with the indexes that history has. */
function plainCopy(from: string, to: string): number {
  writeFileSync(to, '')
  const db = new DatabaseSync(to)
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;
      create table copy(id text primary key, url text, title text, visited_at integer, referrer text, duration integer,
        source text) strict, without rowid;
      create index copy_url on copy(url, visited_at)`)
    db.prepare('attach ? as source').run(from)
    const started = performance.now()
    db.exec(`insert or ignore into copy select h.id, p.url, h.title, h.visited_at, h.referrer, h.duration_ms, h.source
      from source.history as h join source.pages as p on p.workspace = h.workspace and p.id = h.page_id`)
    return (performance.now() - started) / 1_000
  } finally {
    db.close()
  }
}
