/** A browser's history of a million visits brought in, beside copying its rows with plain SQL; and then read. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HistoryImported } from '@cairn/api/imports'
import { makeChromiumProfile } from '../apps/server/test/fixtures/browser-profiles.ts'
import { type BenchCore, pause, quantile, residentBytes, startBenchCore, still } from './core.ts'
import type { Row } from './run.ts'

const visits = Number(process.env.BENCH_VISITS ?? 1_000_000)
const asked = 60

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  // As `cairn up` starts it.
  const core = await startBenchCore({ environment: { NODE_COMPILE_CACHE: join(folder, 'cache') } })
  try {
    const profile = makeChromiumProfile(folder, { visits, seed: 7 })
    await pause(2_000)
    const idle = residentBytes(core.process.pid as number)
    const first = await bringIn(core, profile.folder)
    const again = await bringIn(core, profile.folder)
    const reading = await read(core)
    const heap = plainCopy(profile.file, join(folder, 'heap.db'), '')
    const keyed = plainCopy(profile.file, join(folder, 'keyed.db'), 'create unique index once on copy(url, visited_at)')
    const grown = (first.peak - idle) / 1e6
    const rate = visits / first.seconds
    return [
      {
        name: `import of ${visits} visits`,
        ...{ floor: heap, ours: first.seconds, unit: 's', ratio: first.seconds / heap, goal: '≤ 4' },
        notes: `${Math.round(rate)} visits/s, ${first.result.created} created; floor: into a table without any index`,
      },
      {
        name: 'the same beside a copy that refuses duplicates',
        ...{ floor: keyed, ours: first.seconds, unit: 's', ratio: first.seconds / keyed, goal: '≤ 4' },
        notes: 'floor: with a unique index on address and time, which is what an import promises',
      },
      {
        name: 'the same again',
        ...{ floor: heap, ours: again.seconds, unit: 's', ratio: again.seconds / heap, goal: 'adds nothing' },
        notes: `${again.result.created} created`,
      },
      {
        name: 'memory above idle, at most',
        ...{ floor: null, ours: grown, unit: 'MB', ratio: null, goal: '< 150' },
        notes: 'until all visits are in; then pages are indexed beside',
      },
      ...reading,
    ]
  } finally {
    await core.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function bringIn(core: BenchCore, path: string) {
  const started = performance.now()
  const { job_id } = await core.api.imports.history({ source: 'chromium', path })
  let peak = 0
  for (;;) {
    const job = await core.api.jobs.get({ id: job_id })
    if (job.progress.phase !== 'counting') peak = Math.max(peak, residentBytes(core.process.pid as number))
    if (job.status === 'failed') throw new Error(`the import failed: ${job.error?.message}`)
    if (job.status === 'succeeded') {
      return { seconds: (performance.now() - started) / 1_000, peak, result: job.result as HistoryImported }
    }
    await pause(50)
  }
}

/** Seconds for one statement in one transaction, durable as ours is. */
function plainCopy(from: string, to: string, index: string): number {
  const db = new DatabaseSync(to)
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;
      create table copy(url text, title text, visited_at integer, referrer text, duration integer); ${index}`)
    db.prepare('attach ? as browser').run(from)
    const started = performance.now()
    db.exec(`insert or ignore into copy
      select u.url, u.title, v.visit_time / 1000 - 11644473600000, origin.url, v.visit_duration / 1000
      from browser.visits as v join browser.urls as u on u.id = v.url
      left join browser.visits as f on f.id = v.from_visit left join browser.urls as origin on origin.id = f.url`)
    return (performance.now() - started) / 1_000
  } finally {
    db.close()
  }
}

/** How long a person waits for the history once it is in, while its pages are being indexed. */
async function read(core: BenchCore): Promise<Row[]> {
  const { api } = core
  const { items: sites } = await api.browser.listSites({ limit: 200 })
  const bySite = (at: number) => api.browser.listHistory({ q: sites[at]?.site.slice(0, 8) as string })
  const ways: [string, (at: number) => Promise<unknown>][] = [
    ['history, newest', () => api.browser.listHistory({})],
    ['history of a site', (at) => api.browser.listHistory({ site: sites[(at * 3) % sites.length]?.site as string })],
    [
      'history of a seldom visited site',
      (at) => api.browser.listHistory({ site: sites.at(-1 - (at % 9))?.site as string }),
    ],
    ['history by the beginning of a site', (at) => bySite(at)],
    ['days of a month', () => api.browser.listDays({})],
    ['sites of all time', () => api.browser.listSites({})],
  ]
  const rows: Row[] = []
  for (const [name, ask] of ways) rows.push(await waited(name, '< 50', ask))
  await still(core)
  const { items: recent } = await api.browser.listHistory({ limit: 200 })
  const titles = recent.flatMap(({ title }) => (title ? [title.split(' ').slice(0, 3).join(' ')] : []))
  rows.push(
    await waited('history by three words of a title, all indexed', '< 50', (at) =>
      api.browser.listHistory({ q: titles[at % titles.length] as string }),
    ),
    await waited('history by the beginning of a site, all indexed', '< 50', bySite),
    await waited('overview, all indexed', '< 100', () => api.overview.get({})),
  )
  return rows
}

async function waited(name: string, goal: string, ask: (at: number) => Promise<unknown>): Promise<Row> {
  const times: number[] = []
  for (let at = 0; at < asked; at++) {
    const started = performance.now()
    await ask(at)
    times.push(performance.now() - started)
  }
  return { name: `${name}, p95`, floor: null, ours: quantile(times, 0.95), unit: 'ms', ratio: null, goal }
}
