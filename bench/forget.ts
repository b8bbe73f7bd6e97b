/** One site erased out of a million visits, with the search that proves it, beside a plain DELETE of the same visits. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeChromiumProfile } from '../apps/server/test/fixtures/browser-profiles.ts'
import { type BenchCore, pause, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const visits = Number(process.env.BENCH_VISITS ?? 1_000_000)
/** Neither the site that is visited most nor one that hardly is. */
const rank = 20

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  const core = await startBenchCore()
  try {
    const profile = makeChromiumProfile(folder, { visits, seed: 7 })
    await ended(core, (await core.api.imports.history({ source: 'chromium', path: profile.folder })).job_id)
    while ((await core.api.search.status()).pending > 0) await pause(500)
    const { items } = await core.api.browser.listSites({ limit: rank })
    const site = items.at(-1)?.site as string

    const asked = performance.now()
    const preview = await core.api.privacy.preview({ site })
    const counted = performance.now() - asked
    const started = performance.now()
    const { job_id } = await core.api.privacy.delete({ site, confirm: true })
    await ended(core, job_id)
    const seconds = (performance.now() - started) / 1_000
    const { proof, removed } = await core.api.privacy.getReceipt({ id: job_id })
    const went = removed.find(({ feature }) => feature === 'browser')?.counts ?? {}
    const floor = plainDelete(profile.file, join(folder, 'bare.db'), site)
    return [
      {
        name: `erase one site of ${visits} visits, with the proof`,
        ...{ floor, ours: seconds, unit: 's', ratio: seconds / floor, goal: '< 10 s' },
        notes: `${went.visits} visits of ${went.pages} pages; ${Math.round((proof?.bytes ?? 0) / 1e6)} MB searched for ${proof?.marks} marks, ${proof?.clean ? 'clean' : `found in ${proof?.found.map(({ where }) => where).join(', ')}`}; floor: rows alone`,
      },
      {
        name: 'preview of that',
        ...{ floor: null, ours: counted, unit: 'ms', ratio: null, goal: '< 100' },
        notes: `${preview.total} things`,
      },
    ]
  } finally {
    await core.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ended({ api }: BenchCore, id: string): Promise<void> {
  for (;;) {
    const { status, error } = await api.jobs.get({ id })
    if (status === 'succeeded') return
    if (status === 'failed') throw new Error(error?.message)
    await pause(20)
  }
}

/** Seconds for one statement that deletes the site's visits out of a table with an index on addresses. */
function plainDelete(from: string, to: string, site: string): number {
  const db = new DatabaseSync(to)
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = full;
      create table copy(url text, title text, visited_at integer, referrer integer)`)
    db.prepare('attach ? as browser').run(from)
    db.exec(`insert into copy select u.url, u.title, v.visit_time, v.from_visit
      from browser.visits v join browser.urls u on u.id = v.url; create index by_address on copy(url)`)
    const started = performance.now()
    db.prepare(`delete from copy where url between ? and ?`).run(`https://${site}/`, `https://${site}0`)
    return (performance.now() - started) / 1_000
  } finally {
    db.close()
  }
}
