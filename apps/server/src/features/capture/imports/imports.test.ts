import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Client } from '@cairn/api/client'
import type { HistoryImported, HistorySource } from '@cairn/api/imports'
import type { Table } from '@cairn/api/table'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeChromiumProfile, makeFirefoxProfile, oddities } from '../../../../test/fixtures/browser-profiles.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

vi.setConfig({ testTimeout: 150_000 })
let cairn: Cairn
let folder: string
beforeAll(async () => {
  cairn = await startCairn()
  folder = await mkdtemp(join(tmpdir(), 'cairn-profiles-'))
})
afterAll(async () => {
  await cairn.stop()
  await rm(folder, { recursive: true, force: true })
})

let places = 0
const place = () => join(folder, String(places++))
type Api = Client<Table>
const fresh = () => cairn.stranger()
/** Waits for a job's end; answers its row. */
const ended = (api: Api, job_id: string) =>
  until(async () => {
    const job = await api.jobs.get({ id: job_id })
    return ['succeeded', 'failed', 'cancelled'].includes(job.status) ? job : null
  }, 90_000)
async function bring(api: Api, source: HistorySource, path: string): Promise<HistoryImported> {
  const { job_id } = await api.imports.history({ source, path })
  const job = await ended(api, job_id)
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return job.result as HistoryImported
}
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
const unreadable = (words: RegExp) => ({ code: 'PROFILE_NOT_READABLE', detail: expect.stringMatching(words) })

/** What is stored of a workspace, and whether pages and sites agree with the visits. */
async function stored(workspace: string) {
  const { rows } = await sql<Record<'visits' | 'lost' | 'wrong' | 'bare' | 'sites' | 'pages', number>>`select
    (select count(*) from history where workspace = ${workspace}) as visits,
    (select count(*) from history left join pages on pages.workspace = history.workspace and pages.id = page_id
      where history.workspace = ${workspace} and pages.id is null) as lost,
    (select count(*) from pages left join (
        select page_id, count(*) as visits, min(visited_at) as first_seen, max(visited_at) as last_seen from history
        where workspace = ${workspace} group by page_id
      ) as seen on seen.page_id = pages.id
      where workspace = ${workspace} and (visit_count <> seen.visits or pages.first_seen <> seen.first_seen
        or pages.last_seen <> seen.last_seen)) as wrong,
    (select count(*) from pages where workspace = ${workspace} and visit_count = 0) as bare,
    (select count(*) from pages where workspace = ${workspace}) as pages,
    (select coalesce(sum(visits), 0) from site where workspace = ${workspace}) as sites`.execute(
    cairn.core.kernel.database.db,
  )
  return rows[0] as (typeof rows)[number]
}
const whole = (visits: number) => ({ visits, sites: visits, lost: 0, wrong: 0, bare: 0 })
const copies = async () => {
  const inside = await readdir(join(cairn.home, 'tmp', 'imports'), { recursive: true }).catch(() => [])
  return inside.filter((name) => /copy\.db/.test(name))
}

describe('a history', () => {
  it.each([
    ['chromium', makeChromiumProfile],
    ['firefox', makeFirefoxProfile],
  ] as const)('of %s is brought in whole, and again adds nothing', async (source, make) => {
    const { api, workspace } = await fresh()
    const profile = make(place(), { visits: 6_000, odd: true })
    const { created, skipped } = oddities[source]
    const odd = created + Object.values(skipped).reduce((sum, rows) => sum + rows, 0)
    const first = await bring(api, source, profile.folder)
    const counts = { read: 6_000 + odd, skipped }
    expect(first).toMatchObject({ source, path: profile.file, ...counts, created: 6_000 + created, duplicates: 0 })
    const after = await stored(workspace)
    expect(after).toMatchObject(whole(6_000 + created))
    const second = await bring(api, source, profile.file)
    expect(second).toMatchObject({ ...counts, created: 0, duplicates: 6_000 + created })
    expect(await stored(workspace)).toEqual(after)
    expect(await copies()).toEqual([])
  })

  it('says what a browser knows of a visit: time, title, duration, and where it came from, over redirects', async () => {
    const { api } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 3 })
    const db = new DatabaseSync(profile.file)
    const time = 13_439_706_487_122_467n
    const page = db.prepare('insert into urls(id, url, title, last_visit_time) values (?, ?, ?, 0)')
    const visit = db.prepare(
      'insert into visits(id, url, visit_time, from_visit, transition, visit_duration) values (?, ?, ?, ?, ?, ?)',
    )
    for (const [n, name] of ['search', 'hop', 'skip', 'landing'].entries()) {
      page.run(101 + n, `https://${name}.example/`, `The ${name}`)
    }
    visit.run(201, 101, time, 0, 0x30000001, 4_500_000)
    visit.run(202, 102, time + 1_000_000n, 201, 0x10000000, 0)
    visit.run(203, 103, time + 1_000_001n, 202, 0, 0)
    visit.run(204, 104, time + 2_000_000n, 203, 0x20000000, 0)
    db.close()
    expect(await bring(api, 'chromium', profile.folder)).toMatchObject({ created: 5, skipped: { redirect: 2 } })
    const from = '2026-11-21T00:00:00Z'
    expect((await api.browser.listHistory({ from })).items).toMatchObject([
      {
        ...{ url: 'https://landing.example/', title: 'The landing', referrer: 'https://search.example/' },
        ...{ visited_at: '2026-11-21T03:48:09.122Z', duration_ms: null, source: 'chromium' },
      },
      { url: 'https://search.example/', visited_at: '2026-11-21T03:48:07.122Z', duration_ms: 4_500, referrer: null },
    ])
  })

  it('is masked on its way in: nothing secret reaches the database', async () => {
    const { api, workspace } = await fresh()
    await bring(api, 'chromium', makeChromiumProfile(place(), { visits: 10, odd: true }).folder)
    const { rows } = await sql`select url, title from pages where workspace = ${workspace}`.execute(
      cairn.core.kernel.database.db,
    )
    expect(rows).toHaveLength((await stored(workspace)).pages)
    expect(JSON.stringify(rows)).toContain('https://secret.example/?access_token=***')
    expect(JSON.stringify(rows)).not.toMatch(/s3cr3t|hunter2/)
  })

  it('can be searched afterwards', async () => {
    const { api } = await fresh()
    const profile = makeFirefoxProfile(place(), { visits: 300 })
    const db = new DatabaseSync(profile.file)
    db.exec("update moz_places set title = 'Xylophone maintenance' where id = 5")
    db.close()
    await bring(api, 'firefox', profile.folder)
    const found = await until(async () => (await api.browser.listHistory({ q: 'xylophone' })).items[0])
    expect(found).toMatchObject({ title: 'Xylophone maintenance', source: 'firefox' })
  })
})

describe('a profile that a browser holds', () => {
  it('is copied with what is only in its log so far, and is not touched', async () => {
    const { api, workspace } = await fresh()
    const profile = makeFirefoxProfile(place(), { visits: 500 })
    const browser = new DatabaseSync(profile.file)
    try {
      browser.exec('pragma locking_mode = exclusive; pragma wal_autocheckpoint = 0; begin immediate')
      const visit = browser.prepare(
        'insert into moz_historyvisits(place_id, visit_date, from_visit, visit_type) values (1, ?, 0, 1)',
      )
      for (let n = 0; n < 50; n++) visit.run((Date.UTC(2026, 10, 21) + n) * 1_000)
      browser.exec('commit; begin immediate')
      visit.run(Date.UTC(2026, 10, 22) * 1_000)
      const files = async () =>
        Promise.all(
          (await readdir(profile.folder))
            .sort()
            .map(async (name) => [name, await readFile(join(profile.folder, name), 'base64')]),
        )
      const before = await files()
      expect(before.map(([name]) => name)).toContain('places.sqlite-wal')
      expect(await bring(api, 'firefox', profile.folder)).toMatchObject({ read: 550, created: 550 })
      expect(await files()).toEqual(before)
      expect(await stored(workspace)).toMatchObject(whole(550))
    } finally {
      browser.close()
    }
  })

  it('in the middle of a write is read as it was before that write', async () => {
    const { api } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 2_000 })
    const browser = new DatabaseSync(profile.file)
    try {
      // With so little memory SQLite writes into the file before the end, and keeps what was there in the journal.
      browser.exec('pragma locking_mode = exclusive; pragma cache_size = 5; begin immediate; delete from visits')
      expect((await stat(`${profile.file}-journal`)).size).toBeGreaterThan(4_096)
      expect(await bring(api, 'chromium', profile.folder)).toMatchObject({ read: 2_000, created: 2_000 })
    } finally {
      browser.close()
    }
  })
})

describe('what is no history', () => {
  it.each([
    ['nothing at all', async () => place(), /nothing at that path/],
    ['a relative path', async () => 'Default/History', /must be absolute/],
    [
      'an empty folder',
      async () => mkdir(join(folder, 'empty'), { recursive: true }).then(() => join(folder, 'empty')),
      /no file History/,
    ],
    ['an empty file', async () => file(''), /it is empty/],
    ['words', async () => file('Dear diary, '.repeat(1_000)), /not a SQLite database, or it is encrypted/],
    ['a path below a file', async () => join(await file('x'), 'History'), /nothing at that path/],
    ['a circle of links', async () => circle(), /circle/],
    ['a device', async () => '/dev/zero', /not a file/],
    ['NUL in the path', async () => '/tmp/a\u0000b', /./],
  ])('is refused at once: %s', async (_, make, words) => {
    const { api } = await fresh()
    const problem = (await refusal(api.imports.history({ source: 'chromium', path: await make() }))) as {
      status: number
    }
    expect(problem.status).toBe(422)
    if (words.source !== '.') expect(problem).toMatchObject(unreadable(words))
    expect((await api.jobs.list()).items).toEqual([])
  })

  it('is refused at once: a database that is cut off', async () => {
    const profile = makeChromiumProfile(place(), { visits: 2_000 })
    await truncate(profile.file, 100_000)
    expect(await refusal(cairn.api.imports.history({ source: 'chromium', path: profile.file }))).toMatchObject(
      unreadable(/cut off/),
    )
    await truncate(profile.file, 50)
    expect(await refusal(cairn.api.imports.history({ source: 'chromium', path: profile.file }))).toMatchObject(
      unreadable(/cut off/),
    )
  })

  it.each([
    [
      'another program’s tables',
      async (db: DatabaseSync) => db.exec('create table notes(id integer primary key, text)'),
      /no table urls/,
    ],
    [
      'a column that is missing',
      async (db: DatabaseSync) => db.exec('create table urls(id, url, title); create table visits(id, url)'),
      /no column visits\.visit_time/,
    ],
    [
      'a view in the place of a table',
      async (db: DatabaseSync) => db.exec("create view urls as select 1 as id, 'x' as url, 'y' as title"),
      /no table urls/,
    ],
  ])('ends the job with the reason: %s', async (_, fill, words) => {
    const { api, workspace } = await fresh()
    const path = place()
    const db = new DatabaseSync(path)
    await fill(db)
    db.close()
    const { job_id } = await api.imports.history({ source: 'chromium', path })
    const job = await ended(api, job_id)
    expect(job).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'PROFILE_NOT_READABLE', message: expect.stringMatching(words) },
    })
    expect(await stored(workspace)).toMatchObject({ ...whole(0), pages: 0 })
    expect(await copies()).toEqual([])
  })

  it('ends the job before anything is written: a database with damage in its middle', async () => {
    const { api, workspace } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 20_000 })
    const { size } = await stat(profile.file)
    const handle = await open(profile.file, 'r+')
    for (let at = Math.floor(size / 8_192) * 4_096; at < size / 2 + 400_000; at += 4_096)
      await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, at)
    await handle.close()
    const { job_id } = await api.imports.history({ source: 'chromium', path: profile.file })
    expect(await ended(api, job_id)).toMatchObject({
      status: 'failed',
      error: { code: 'PROFILE_NOT_READABLE', message: expect.stringMatching(/damaged|cannot read/) },
    })
    expect(await stored(workspace)).toMatchObject({ ...whole(0), pages: 0 })
  })

  it('takes a profile without visits, and brings nothing', async () => {
    const { api } = await fresh()
    expect(await bring(api, 'chromium', makeChromiumProfile(place(), { visits: 0 }).folder)).toMatchObject({
      read: 0,
      created: 0,
      from: null,
      to: null,
    })
  })

  it('asks which, where a folder holds several profiles, and takes the one where it holds one', async () => {
    const { api } = await fresh()
    const top = place()
    const profile = makeChromiumProfile(top, { visits: 20 })
    expect(await bring(api, 'brave', top)).toMatchObject({ source: 'brave', path: profile.file, created: 20 })
    await cp(profile.folder, join(top, 'Profile 1'), { recursive: true })
    const names = { profile: { info_cache: { Default: { name: 'Ann' }, 'Profile 1': { name: 'Work' } } } }
    await writeFile(join(top, 'Local State'), JSON.stringify(names))
    expect(await refusal(api.imports.history({ source: 'brave', path: top }))).toMatchObject(
      unreadable(/several profiles \(Ann, Work\)/),
    )
  })

  async function file(content: string): Promise<string> {
    const path = place()
    await writeFile(path, content)
    return path
  }
  async function circle(): Promise<string> {
    const [one, two] = [place(), place()]
    await symlink(one, two)
    await symlink(two, one)
    return one
  }
})

describe('two at once', () => {
  it('run one after the other, and what both have is kept once', async () => {
    const { api, workspace } = await fresh()
    const one = makeChromiumProfile(place(), { visits: 9_000, seed: 3 })
    const two = place()
    await copyFile(one.file, two)
    const jobs = await Promise.all([one.file, two].map((path) => api.imports.history({ source: 'chromium', path })))
    const results = await Promise.all(
      jobs.map(async ({ job_id }) => (await ended(api, job_id)).result as HistoryImported),
    )
    expect(results.map(({ created }) => created).sort()).toEqual([0, 9_000])
    expect(await stored(workspace)).toMatchObject(whole(9_000))
  })

  it('beside somebody who removes everything leave nothing half there', async () => {
    const { api, workspace } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 16_000, seed: 4 })
    await bring(api, 'chromium', makeChromiumProfile(place(), { visits: 3_000, seed: 4 }).folder)
    const { job_id } = await api.imports.history({ source: 'chromium', path: profile.folder })
    for (let round = 0; round < 4; round++) {
      await until(async () => {
        const { status, progress } = await api.jobs.get({ id: job_id })
        return status !== 'running' || (progress.phase === 'visits' && progress.steps_completed > round * 3_000)
      }, 60_000)
      await api.browser.removeHistory({ all: true })
    }
    const result = (await ended(api, job_id)).result as HistoryImported
    expect(result.read).toBe(16_000)
    expect(await stored(workspace)).toMatchObject({ lost: 0, wrong: 0, bare: 0 })
    expect(await bring(api, 'chromium', profile.folder)).toMatchObject({ read: 16_000 })
    expect(await stored(workspace)).toMatchObject(whole(16_000))
  })
})

describe('an import that is cancelled', () => {
  it('stops, leaves what is there whole, and can be run again', async () => {
    const { api, workspace } = await fresh()
    const profile = makeChromiumProfile(place(), { visits: 30_000, seed: 5 })
    const { job_id } = await api.imports.history({ source: 'chromium', path: profile.folder })
    await until(async () => (await api.jobs.get({ id: job_id })).progress.phase === 'visits', 60_000)
    await api.jobs.cancel({ id: job_id })
    expect(await ended(api, job_id)).toMatchObject({ status: 'cancelled' })
    await until(async () => {
      const { items } = await api.jobs.list({ type: 'browser.recount' })
      return items.length > 0 && items.every(({ status }) => status === 'succeeded')
    }, 60_000)
    const { visits } = await stored(workspace)
    expect(visits).toBeLessThan(30_000)
    expect(await stored(workspace)).toMatchObject(whole(visits))
    await until(async () => (await copies()).length === 0)
    expect(await bring(api, 'chromium', profile.folder)).toMatchObject({ created: 30_000 - visits, duplicates: visits })
    expect(await stored(workspace)).toMatchObject(whole(30_000))
  })
})

describe('a file of JSON', () => {
  it('is read line by line, with times as they come, and lines that are none are counted', async () => {
    const { api } = await fresh()
    const path = place()
    const lines = [
      { url: 'https://a.example/iso', title: 'ISO', visited_at: '2026-11-20T10:00:00.500Z' },
      { url: 'https://a.example/seconds', time: 1_795_168_801.5 },
      { url: 'https://a.example/milliseconds', timestamp: 1_795_168_802_500 },
      { url: 'https://a.example/microseconds', time_usec: 1_795_168_803_500_000 },
      { url: 'https://a.example/webkit', visit_time: '13439642404500000', referrer: 'https://a.example/?token=s3cr3t' },
      { url: 'https://a.example/none' },
      { url: 'ftp://a.example/', time: 1_795_168_801 },
      { title: 'no address', time: 1_795_168_801 },
    ].map((row) => JSON.stringify(row))
    await writeFile(
      path,
      `\ufeff${[...lines, '{broken', '', '[1]', '"x"', `{"url":"${'a'.repeat(2_000_000)}"}`, lines[0]].join('\n')}`,
    )
    expect(await bring(api, 'jsonl', path)).toMatchObject({
      ...{ read: 13, created: 5, duplicates: 1 },
      skipped: { not_json: 3, too_long: 1, time: 1, scheme: 1, address: 1 },
      ...{ from: '2026-11-20T10:00:00.500Z', to: '2026-11-20T10:00:04.500Z' },
    })
    const { items } = await api.browser.listHistory()
    expect(items.map(({ url }) => url.slice('https://a.example/'.length))).toEqual([
      ...['webkit', 'microseconds', 'milliseconds', 'seconds', 'iso'],
    ])
    expect(items[0]?.referrer).toBe('https://a.example/?token=***')
  })

  it('is read as a list, too, as Takeout writes it, and to where it is cut off', async () => {
    const { api } = await fresh()
    const rows = Array.from({ length: 7_000 }, (_, n) => ({
      ...{ favicon_url: 'https://x.example/f.ico', page_transition: 'LINK', client_id: 'a{b}[c]"\\' },
      ...{
        title: `Page {${n}} "quoted"`,
        url: `https://take.example/${n % 900}`,
        time_usec: 1_790_000_000_000_000 + n * 1_000_000,
      },
    }))
    const text = JSON.stringify({ 'Browser History': rows, Session: [{ url: 'https://not.example/' }] }, null, 2)
    const path = place()
    await writeFile(path, text)
    expect(await bring(api, 'jsonl', path)).toMatchObject({ read: 7_000, created: 7_000, skipped: {} })
    await writeFile(path, text.slice(0, text.indexOf('Page {6999}')))
    expect(await bring(api, 'jsonl', path)).toMatchObject({
      read: 7_000,
      created: 0,
      duplicates: 6_999,
      skipped: { not_json: 1 },
    })
    expect((await api.browser.listSites()).items).toMatchObject([{ site: 'take.example', visits: 7_000 }])
  })
})
