import { copyFile, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HistoryImported } from '@cairn/api/imports'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { makeChromiumProfile, makeFirefoxProfile, oddities } from '../../../../test/fixtures/browser-profiles.ts'
import { until } from '../../../../test/harness.ts'
import { bring, ended, useProfiles, whole } from './profiles.fixture.ts'

const { cairn, copies, fresh, place, stored } = useProfiles()

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
      cairn().core.kernel.database.db,
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
