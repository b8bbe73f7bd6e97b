/** Everything is erased while a crawl, imports and an export are under way. */
import type { ServerResponse } from 'node:http'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startCairn, until } from '../../../../test/harness.ts'
import { html, startSite } from '../../../../test/site.ts'
import { newId } from '../../../kernel/ids.ts'
import { bundleOf } from '../bundles/zip.fixture.ts'
import { erase, filesWith, tablesWith } from './privacy.fixture.ts'

test('what is under way is ended first, and nothing that it had in hand comes afterwards', async () => {
  const held: ServerResponse[] = []
  const words = 'The marbled teal was seen here on each day of the week. '.repeat(5)
  const links = Array.from({ length: 6 }, (_, at) => `/held/${at}`)
  const site = await startSite(
    { '/': html('Teals', words, ['/next', ...links]), '/next': html('Next', words) },
    (path) => (path.startsWith('/held/') ? (_, response) => (held.push(response), null) : undefined),
  )
  onTestFinished(() => site.stop())
  const cairn = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' } })
  onTestFinished(() => cairn.stop())
  const { api, core } = cairn

  const visits = Array.from({ length: 20_000 }, (_, at) => ({
    ...{ url: `https://travelling.example/${at % 500}`, page_title: 'On the way', title: null, referrer: null },
    ...{ visited_at: new Date(1_700_000_000_000 + at * 1_000).toISOString(), duration_ms: null, source: 'api' },
    ...{ tab_id: null, status_code: null, content_type: null },
  }))
  const bundle = await bundleOf({ visits })
  const { job_id: crawl } = await api.crawls.start({ seeds: [`${site.url}/`], depth: 2 })
  await until(async () => (await api.crawls.get({ job: crawl })).counts.fetched > 0 && held.length > 0)
  const { job_id: first } = await api.bundles.import.upload(bundle)
  const { job_id: second } = await api.bundles.import.upload(bundle)
  await until(async () => {
    const { progress, completed_at } = await api.jobs.get({ id: first })
    return completed_at !== null || (progress.phase === 'bringing in' && progress.steps_completed > 0)
  })
  const { job_id: written } = await api.bundles.export({})

  const receipt = await erase(cairn, { everything: true })
  expect(receipt.proof?.found).toEqual([])
  for (const id of [crawl, first, second, written])
    await expect(api.jobs.get({ id })).rejects.toMatchObject({ problem: { code: 'JOB_NOT_FOUND' } })
  // Nobody waits for the site any more; what it says now is heard by nobody.
  await until(() => site.load.now === 0)
  for (const response of held) response.end(html('Late', words))
  await until(async () => {
    const { items } = await api.jobs.list({ status: ['queued', 'running'] })
    return items.every(({ run_at }) => Date.parse(run_at) > Date.now())
  })

  const { db } = core.kernel.database
  for (const word of ['travelling.example', 'marbled teal', site.host])
    expect([word, await tablesWith(db, inject('dialect'), word)]).toEqual([word, []])
  if (inject('dialect') === 'sqlite') expect(await filesWith(cairn.home, 'travelling.example')).toEqual([])
  for (const folder of ['blobs', 'tmp']) {
    const files = await readdir(join(cairn.home, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([])
  }
  expect((await api.browser.listSites({ from: '2000-01-01T00:00:00Z' })).total.visits).toBe(0)
}, 240_000)

test('erasing goes on where more pages of a site were never counted than are counted at once', async () => {
  await using cairn = await startCairn()
  const visits = (from: number) =>
    Array.from({ length: 1_400 }, (_, at) => ({
      ...{ url: `https://uncounted.example/${from + at}`, visited_at: new Date(1_700_000_000_000 + at).toISOString() },
    }))
  for (const from of [0, 1_400]) await cairn.api.browser.createVisits({ visits: visits(from) })
  await cairn.core.kernel.database.transaction(async (tx) => {
    await sql`update page_bucket set changes = changes + 1`.execute(tx)
  })
  const receipt = await erase(cairn, { source: { kind: 'visit', id: newId() } })
  expect(receipt).toMatchObject({ status: 'done', removed: [] })
}, 240_000)
