/** Erasing while crawls, imports, an export and an answer are under way. */
import type { ServerResponse } from 'node:http'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { startCairn, until } from '../../../../test/harness.ts'
import { html, startSite } from '../../../../test/site.ts'
import { newId } from '../../../kernel/ids.ts'
import { bundleOf } from '../bundles/zip.fixture.ts'
import { erase, filesWith, shared, tablesWith } from './privacy.fixture.ts'

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

test('what a person has under way among others is ended with them, and nothing of it comes afterwards', async () => {
  const held: ServerResponse[] = []
  const words = 'The ruddy shelduck was seen here on each day of the week. '.repeat(5)
  const site = await startSite(
    { '/': html('Shelducks', words, ['/held/1', '/held/2']), '/mine': html('Garganeys', words, ['/held/3']) },
    (path) => (path.startsWith('/held/') ? (_, response) => (held.push(response), null) : undefined),
  )
  onTestFinished(() => site.stop())
  const model = await startModelServer({ models: ['test-chat'], reply: () => 'the shelduck is a goose' })
  onTestFinished(() => model.close())
  const environment = { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' }
  const cairn = await startCairn({ environment, sidecar: true })
  onTestFinished(() => cairn.stop())
  const { workspace, person, api, theirs } = await shared(cairn)
  const { db } = cairn.core.kernel.database
  const provider = { name: 'first', kind: 'openai-compatible' as const, base_url: `${model.url}/v1` }
  const { id: provider_id } = await api.models.addProvider(provider)
  await api.models.setRoutes({ chat: [{ provider_id, model: 'test-chat' }], embed: [] })

  // An answer in a thread that stays, a crawl of theirs, one that the system does again for them, and one of mine.
  const { id: thread_id } = await api.threads.create({ title: 'Ducks' })
  await api.threads.addMessage({ thread_id, role: 'user', content: 'A garganey swims.' })
  model.faults.push({ kind: 'stall', after: 3 })
  const frames: string[] = []
  const told = (async () => {
    for await (const { event } of theirs.chat.ask.stream({ thread_id, message: 'Is a shelduck a duck?' }))
      frames.push(event)
  })().catch(() => undefined)
  await until(() => frames.filter((event) => event === 'delta').length > 1)
  const asked = { seeds: [`${site.url}/`], depth: 1, sitemaps: false }
  const { job_id: again } = await theirs.crawls.start(asked)
  const { job_id: crawl } = await theirs.crawls.start(asked)
  const { job_id: mine } = await api.crawls.start({ ...asked, seeds: [`${site.url}/mine`] })
  const system = JSON.stringify({ kind: 'system', person: 'system', agent: null, credential: null, scopes: ['*'] })
  await cairn.core.kernel.database.transaction(async (tx) => {
    await sql`update jobs set principal = ${system} where workspace = ${workspace} and id = ${again}`.execute(tx)
  })
  await until(async () => (await api.crawls.get({ job: again })).counts.fetched > 0 && held.length >= 2)

  const receipt = await erase({ api }, { person })
  expect(receipt.status).toBe('done')
  for (const id of [crawl, again])
    await expect(api.jobs.get({ id })).rejects.toMatchObject({ problem: { code: 'JOB_NOT_FOUND' } })
  expect((await api.jobs.get({ id: mine })).status).not.toBe('cancelled')
  await told
  const late = '<p>What came late of the ruddy shelduck, at great length, and is a page of its own.</p>'
  const answerAll = () => {
    for (const response of held.splice(0)) if (!response.writableEnded) response.end(late + response.req.url)
  }
  await until(async () => {
    answerAll()
    return (await api.jobs.get({ id: mine })).completed_at !== null
  })
  const { items } = await api.threads.messages({ thread_id })
  expect(items.map(({ content }) => content)).toEqual(['A garganey swims.', '[forgotten]', '[forgotten]'])
  for (const table of ['documents', 'document_version', 'llm_messages', 'crawl']) {
    const { rows } = await sql`select * from ${sql.table(table)} where workspace = ${workspace}
      and person = ${person}`.execute(db)
    expect([table, rows]).toEqual([table, []])
  }
  expect(await tablesWith(db, inject('dialect'), 'goose')).toEqual([])
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
