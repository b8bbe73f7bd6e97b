/** Erasing by person where somebody else kept the same documents, or was told what they said. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { html, type Site, startSite } from '../../../../test/site.ts'
import { erase, shared, tablesWith } from './privacy.fixture.ts'

const dialect = inject('dialect')
let cairn: Cairn
let site: Site
beforeAll(async () => {
  site = await startSite({ '/seen': html('Scoters', 'A scoter dives for mussels in the surf of the cold sea.') })
  cairn = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' } })
})
afterAll(async () => {
  await cairn?.stop()
  await site?.stop()
})

const db = () => cairn.core.kernel.database.db
const settled = (api: Cairn['api']) => until(async () => (await api.search.status()).pending === 0)
const ended = (api: Cairn['api'], id: string) => until(async () => (await api.jobs.get({ id })).completed_at !== null)
const noContext = { problem: { code: 'CONTEXT_NOT_FOUND' } }

test('what a model was told of others is not shown once it is gone, quoted or not', async () => {
  const { person, api, theirs } = await shared(cairn)
  await api.documents.create({ content: '# Wigeons\n\nA wigeon whistles at dusk.' })
  const thread = await api.threads.create({ title: 'Birds' })
  await api.threads.addMessage({ thread_id: thread.id, role: 'user', content: 'Good morning.' })
  const theirWords = 'A wigeon grazes on wet meadows, as a goose does.'
  const said = await theirs.threads.addMessage({ thread_id: thread.id, role: 'user', content: theirWords })
  await settled(api)
  const asked = await api.chat.ask({ message: 'Which wigeon whistles at dusk?' })
  expect(asked.citations.map(({ source }) => source.id)).not.toContain(said.id)
  expect(JSON.stringify(await api.chat.context({ thread_id: asked.thread_id }))).toContain(theirWords)
  const receipt = await erase({ api }, { person })
  expect(receipt.proof?.found).toEqual([])
  await expect(api.chat.context({ thread_id: asked.thread_id })).rejects.toMatchObject(noContext)
  expect(await tablesWith(db(), dialect, theirWords)).toEqual([])
  await settled(api)
  expect((await api.search.query({ query: 'forgotten' })).hits).toEqual([])
})

test('what was said of an erased version goes, whichever version is shown', async () => {
  const { person, api, theirs } = await shared(cairn)
  const url = 'https://papers.example/smew'
  const { id } = await theirs.documents.create({ url, content: '# Smews\n\nThe smew nests in tree holes.' })
  await settled(api)
  const asked = await api.chat.ask({ message: 'Where does the smew nest?' })
  expect(asked.message.content).toContain('tree holes')
  await api.documents.create({ url, content: '# Smews\n\nA smew eats fish.' })
  const preview = await api.privacy.preview({ person })
  expect(preview.parts.find(({ feature }) => feature === 'documents')?.counts).toEqual({ document_versions: 1 })
  const receipt = await erase({ api }, { person })
  // What of theirs was in no title is looked for as well.
  expect(receipt.proof?.marks).toBeGreaterThan(0)
  expect(receipt.proof?.found).toEqual([])
  expect(await tablesWith(db(), dialect, 'tree holes')).toEqual([])
  await expect(api.chat.context({ thread_id: asked.thread_id })).rejects.toMatchObject(noContext)
  expect(await api.documents.get({ id })).toMatchObject({ title: 'Smews', version: 2 })
})

test('a document that somebody else handed in as it was stays with them', async () => {
  const { person, api, theirs } = await shared(cairn)
  const content = '# Eiders\n\nAn eider lines its nest with down.'
  const { id } = await theirs.documents.create({ content })
  expect((await api.documents.create({ content })).id).toBe(id)
  const asked = await api.chat.ask({ message: 'What does an eider do?', attachments: [id] })
  // The same of a page that a crawl of mine found as it was.
  const crawl = { seeds: [`${site.url}/seen`], depth: 0, sitemaps: false }
  site.pages['/seen'] = (request) =>
    request.headers['if-none-match'] === '"1"'
      ? { status: 304 }
      : { headers: { etag: '"1"' }, body: html('Scoters', 'A scoter dives for mussels in the surf of the cold sea.') }
  await ended(api, (await theirs.crawls.start(crawl)).job_id)
  const mine = await api.crawls.start(crawl)
  await ended(api, mine.job_id)
  expect((await api.crawls.get({ job: mine.job_id })).counts).toMatchObject({ unchanged: 1 })
  // What they alone hand in again stays theirs.
  const own = await theirs.documents.create({ content: '# Gadwalls\n\nA gadwall dabbles.' })
  await theirs.documents.create({ content: '# Gadwalls\n\nA gadwall dabbles.' })
  await erase({ api }, { person })
  expect((await api.documents.get({ id })).markdown).toContain('An eider lines')
  const { items } = await api.threads.messages({ thread_id: asked.thread_id })
  expect(items[0]?.attachments).toMatchObject([{ id }])
  expect((await api.documents.list({ q: 'Scoters' })).items).toHaveLength(1)
  await expect(api.documents.get({ id: own.id })).rejects.toMatchObject({ problem: { code: 'DOCUMENT_NOT_FOUND' } })
})

test('a document that stays says nothing of where theirs came from', async () => {
  const { workspace, person, api, theirs } = await shared(cairn)
  const place = 'https://papers.example/teal'
  const { id } = await api.documents.create({ url: place, content: '<title>Teals</title><p>A teal.', format: 'html' })
  const canonical = `<title>Teals</title><link rel="canonical" href="${place}"><p>A cinnamon teal.`
  await theirs.documents.create({ url: `${place}?ref=osprey`, content: canonical, format: 'html' })
  // Begun by them, with all that they kept of it fallen out since.
  const old = await theirs.documents.create({ url: 'https://papers.example/pochard', content: '# Pochards, one' })
  await api.documents.create({ url: 'https://papers.example/pochard', content: '# Pochards, two' })
  await cairn.core.kernel.database.transaction(async (tx) => {
    await sql`delete from document_version where document_id = ${old.id} and version = 1`.execute(tx)
    await sql`update documents set file_name = 'osprey.md' where id = ${old.id}`.execute(tx)
  })
  await erase({ api }, { person })
  expect(await api.documents.get({ id })).toMatchObject({ url: place, title: 'Teals', version: 1 })
  expect(await api.documents.get({ id: old.id })).toMatchObject({ title: 'Pochards, two', file_name: null })
  expect(await tablesWith(db(), dialect, 'osprey')).toEqual([])
  const { rows } = await sql`select id from documents where workspace = ${workspace} and person = ${person}`.execute(
    db(),
  )
  expect(rows).toEqual([])
})

test('many documents of theirs among many of others go batch by batch', async () => {
  const { person, api, theirs } = await shared(cairn)
  const url = (at: number) => `https://many.example/${at}`
  for (let at = 0; at < 45; at++) await theirs.documents.create({ url: url(at), content: `# Their ${at}\n\nOne.` })
  for (let at = 0; at < 45; at += 2) await api.documents.create({ url: url(at), content: `# Mine ${at}\n\nTwo.` })
  const receipt = await erase({ api }, { person })
  const removed = receipt.removed.find(({ feature }) => feature === 'documents')?.counts
  expect(removed).toMatchObject({ documents: 22, document_versions: 23 })
  const { items } = await api.documents.list({ limit: 100 })
  expect(items).toHaveLength(23)
  expect(items.every(({ title }) => title.startsWith('Mine'))).toBe(true)
})
