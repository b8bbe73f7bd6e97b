/** Erasing by person: all of a personal workspace for its owner, and one's own part of a shared one. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { testDatabase } from '../../../../test/database.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { html, type Site, startSite } from '../../../../test/site.ts'
import { newId } from '../../../kernel/ids.ts'
import { keptBy } from '../../capture/documents/erase-person-store.ts'
import { eraser as documentEraser } from '../../capture/documents/erase-store.ts'
import { eraser as threadEraser } from '../../remember/threads/erase-store.ts'
import { bundleOf } from '../bundles/zip.fixture.ts'
import {
  beside,
  erase,
  filesWith,
  indexed,
  plant,
  removedBy,
  secretSite,
  shared,
  tablesWith,
} from './privacy.fixture.ts'

const dialect = inject('dialect')
let cairn: Cairn
let site: Site
beforeAll(async () => {
  site = await startSite({ '/': html('Dunnarts', 'A dunnart was counted here, and then another one.') })
  cairn = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' } })
})
afterAll(async () => {
  await cairn?.stop()
  await site?.stop()
})

const db = () => cairn.core.kernel.database.db
type Rows = Record<string, unknown>[]
async function rowsOf(table: string, workspace: string, column = 'person', person?: string): Promise<Rows> {
  const whose = person === undefined ? sql`` : sql`and ${sql.ref(column)} = ${person}`
  const { rows } = await sql<Rows[number]>`select * from ${sql.table(table)}
    where workspace = ${workspace} ${whose}`.execute(db())
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
const say = (api: Cairn['api'], thread_id: string, content: string, parent_id?: string) =>
  api.threads.addMessage({ thread_id, role: 'user', content, ...(parent_id !== undefined && { parent_id }) })

test('in a personal workspace all of it is the owner’s, and nothing anybody else’s', async () => {
  const { api } = cairn
  const { workspace } = cairn.core
  await plant(cairn)
  await api.capture.pause({ site: 'paused.example' })
  const stranger = await cairn.stranger()
  await stranger.api.browser.createVisit({ url: 'https://theirs.example/', visited_at: '2026-03-01T12:00:00.000Z' })
  await indexed(cairn)
  const { id: me } = await api.users.me()
  expect((await api.privacy.preview({ person: stranger.person })).parts).toEqual([])

  const preview = await api.privacy.preview({ person: me })
  const parts = Object.fromEntries(preview.parts.map(({ feature, counts }) => [feature, counts]))
  expect(parts).toMatchObject({
    browser: { visits: 5, pages: 4, sites: 4, page_texts: 2 },
    capture: { capture_rules: 2 },
    tabs: { tabs: 1 },
    bookmarks: { bookmarks: 2 },
    documents: { documents: 2 },
    threads: { threads: 1, messages: 2 },
    memories: { memories: 2 },
    tasks: { tasks: 1 },
  })
  const receipt = await erase(cairn, { person: me })
  const { said, went } = beside(preview, receipt)
  expect(went).toEqual(said)
  expect(receipt.proof).toMatchObject({ clean: true, found: [] })
  const tables = ['history', 'pages', 'page_text', 'site', 'page_bucket', 'tabs', 'capture_pause', 'capture_text']
  tables.push('history_import', 'bookmarks', 'bookmark_folders', 'llm_threads', 'llm_messages', 'chat_context')
  tables.push('documents', 'document_version', 'memories', 'memory_audit', 'tasks', 'task_events')
  for (const table of tables) expect([table, await rowsOf(table, workspace)]).toEqual([table, []])
  for (const word of [secretSite, 'zebrafinch', 'open.example', 'oats at noon', 'Look again']) {
    expect([word, await tablesWith(db(), dialect, word)]).toEqual([word, []])
    if (dialect === 'sqlite') expect([word, await filesWith(cairn.home, word)]).toEqual([word, []])
  }
  expect((await stranger.api.browser.listHistory({})).items).toHaveLength(1)
  expect((await api.events.audit({})).valid).toBe(true)
})

test('of a shared workspace goes what one of them made; of the others everything stays as it was', async () => {
  const { workspace, owner, person, api, theirs } = await shared(cairn)
  // A thread of theirs alone, one that both wrote in, and two of mine.
  const alone = await theirs.threads.create({ title: 'Bilby burrows' })
  await say(theirs, alone.id, 'A bilby digs at night.')
  const both = await theirs.threads.create({ title: 'Bilby or potoroo', description: 'About bilbies' })
  const first = await say(theirs, both.id, 'A bilby has long ears.')
  const mine = await say(api, both.id, 'A potoroo hops.')
  const branch = await say(theirs, both.id, 'A bilby does not.', first.id)
  const unnamed = await api.threads.create({ title: '' })
  await say(theirs, unnamed.id, 'Which bilby is the largest?')
  await say(api, unnamed.id, 'The potoroo is larger.')
  const named = await api.threads.create({ title: 'Potoroo count', description: 'Weekly' })
  await say(theirs, named.id, 'I saw a bilby there.')
  const asked = await theirs.chat.ask({ message: 'What digs at night: a bilby?' })
  await until(async () => (await theirs.jobs.get({ id: asked.job_id })).completed_at !== null)
  await say(api, asked.thread_id, 'It hops, said the potoroo.')
  // Documents: of one of us, and kept by both, in either order.
  const keep = (by: Cairn['api'], name: string, content: string) =>
    by.documents.create({ url: `https://papers.example/${name}`, content })
  const own = await keep(theirs, 'bilby', '# The bilby paper\n\nAll about the bilby.')
  const kept = await keep(api, 'potoroo', '# The potoroo paper\n\nAll about the potoroo.')
  const begun = await keep(theirs, 'begun', '# Begun by a bilby\n\nA bilby wrote this.')
  await keep(api, 'begun', '# Gone on by a potoroo\n\nA potoroo wrote this.')
  const renewed = await keep(api, 'renewed', '# Still a potoroo\n\nA potoroo wrote that.')
  await keep(theirs, 'renewed', '# Now a bilby\n\nA bilby wrote that.')
  await theirs.crawls.start({ seeds: [`${site.url}/`], depth: 0, query: 'bilby', every_hours: 24 })
  await until(async () => (await api.crawls.list({})).items.every(({ finished_at }) => finished_at !== null))
  await theirs.memories.create({ key: 'bilby', value: 'a bilby digs' })
  const memory = await api.memories.create({ key: 'potoroo', value: 'a potoroo hops' })
  const task = await theirs.tasks.create({ title: 'Count the bilby burrows' })
  await api.tasks.addEvent({ task_id: task.id, event_type: 'comment', payload: { text: 'soon' } })
  await until(async () => (await api.search.status()).pending === 0)
  expect((await api.threads.get({ id: unnamed.id })).title).toBe('Which bilby is the largest?')

  const whose = [...['llm_messages', 'llm_threads', 'documents', 'document_version'], 'task_events']
  const ours = async () => ({
    rows: await Promise.all(whose.map((table) => rowsOf(table, workspace, 'person', owner))),
    memory: (await api.memories.get({ id: memory.id })).value,
    named: await api.threads.get({ id: named.id }),
    paper: await api.documents.get({ id: kept.id }),
  })
  const before = await ours()
  // Of my rows that hang on theirs change: the title that their question gave, and what is newest of a document.
  const preview = await api.privacy.preview({ person })
  const parts = Object.fromEntries(preview.parts.map(({ feature, counts }) => [feature, counts]))
  expect(parts).toMatchObject({
    threads: { threads: 1, messages: 7, thread_titles: 2 },
    documents: { documents: 2, document_versions: 2, crawls: 1, crawl_schedules: 1 },
    memories: { memories: 1 },
    tasks: { tasks: 1 },
  })
  const receipt = await erase({ api }, { person })
  const { said, went } = beside(preview, receipt)
  expect(went).toEqual(said)
  expect(receipt.proof?.found).toEqual([])
  for (const word of ['bilby', 'Bilby', 'dunnart']) {
    expect([word, await tablesWith(db(), dialect, word)]).toEqual([word, []])
    if (dialect === 'sqlite') expect([word, await filesWith(cairn.home, word)]).toEqual([word, []])
  }
  const after = await ours()
  const [messages, threads, documents, versions] = [0, 1, 2, 3].map((at) => ({
    before: before.rows[at] as Rows,
    after: after.rows[at] as Rows,
  })) as { before: Rows; after: Rows }[]
  expect(messages?.after).toEqual(messages?.before)
  expect(versions?.after).toEqual(versions?.before)
  expect({ ...after, rows: [] }).toEqual({ ...before, rows: [] })
  const untitled = (rows: Rows = []) =>
    rows.map((row) => (row.id === unnamed.id ? { ...row, title: '', version: Number(row.version) + 1 } : row))
  expect(threads?.after).toEqual(untitled(threads?.before))
  expect(documents?.after.map(({ id }) => id).toSorted()).toEqual([kept.id, begun.id, renewed.id].toSorted())

  // Branches are whole, and every turn is there.
  await expect(api.threads.get({ id: alone.id })).rejects.toMatchObject({ problem: { code: 'THREAD_NOT_FOUND' } })
  const { items } = await api.threads.messages({ thread_id: both.id })
  expect(items.map(({ id, turn, parent_id, content }) => [id, turn, parent_id, content])).toEqual([
    [first.id, 1, null, '[forgotten]'],
    [mine.id, 2, first.id, 'A potoroo hops.'],
    [branch.id, 3, first.id, '[forgotten]'],
  ])
  expect(await api.threads.get({ id: both.id })).toMatchObject({ title: '', description: '', head_id: branch.id })
  expect((await api.documents.get({ id: renewed.id })).markdown).toContain('A potoroo wrote that.')
  expect(await api.documents.get({ id: renewed.id })).toMatchObject({ title: 'Still a potoroo', version: 1 })
  expect(await api.documents.get({ id: begun.id })).toMatchObject({ title: 'Gone on by a potoroo', version: 2 })
  await expect(api.documents.get({ id: own.id })).rejects.toMatchObject({ problem: { code: 'DOCUMENT_NOT_FOUND' } })
  expect((await api.crawls.listSchedules()).items).toEqual([])
  await until(async () => (await api.search.status()).pending === 0)
  const found = await api.search.query({ query: 'potoroo wrote' })
  const papers = found.hits.flatMap(({ source }) => (source.kind === 'document' ? source.id : []))
  expect(papers.toSorted()).toEqual([kept.id, begun.id, renewed.id].toSorted())
  expect((await api.events.audit({})).valid).toBe(true)
  expect((await api.privacy.preview({ person })).parts.filter(({ feature }) => feature === 'threads')).toEqual([])
})

test('what a bundle brings in is whose it says, and of one from before it said so whoever brings it in', async () => {
  const { person, theirs, api } = await shared(cairn, 'owner')
  const at = '2026-01-01T00:00:00.000Z'
  const thread = (id: string, more = {}) => ({
    ...{ id, title: 'From elsewhere', description: '', origin: 'api', metadata: {}, version: 1, ...more },
    ...{ created_at: at, updated_at: at, last_user_message_at: at, last_assistant_message_at: null },
  })
  const message = (thread_id: string, turn: number, more = {}) => ({
    ...{ id: newId(), thread_id, parent_id: null, turn, role: 'user', kind: 'plain', state: 'complete' },
    ...{ content: `Said ${turn} times`, tokens: null, model: null, cost_usd: null, citations: [], metadata: {} },
    ...{ created_at: at, ...more },
  })
  const [old, said] = [newId(), newId()]
  const bundle = await bundleOf({
    threads: [thread(old), thread(said, { person: 'somebody' })],
    messages: [message(old, 1), message(said, 1, { person: 'somebody' }), message(said, 2, { person: null })],
  })
  const { job_id } = await theirs.bundles.import.upload(bundle)
  await until(async () => (await theirs.jobs.get({ id: job_id })).completed_at !== null)
  const parts = async (who: string) => (await api.privacy.preview({ person: who })).parts
  const threads = (await parts(person)).find(({ feature }) => feature === 'threads')
  expect(threads?.counts).toEqual({ threads: 1, messages: 1 })
  const { rows } = await sql<{ person: string | null }>`select person from llm_messages where thread_id = ${said}
    order by turn`.execute(db())
  expect(rows.map((row) => row.person)).toEqual(['somebody', null])

  // Again from somebody else: whose it is stays.
  const again = await api.bundles.import.upload(bundle)
  const result = await until(async () => {
    const job = await api.jobs.get({ id: again.job_id })
    return job.completed_at === null ? null : job.result
  })
  expect(result).toMatchObject({ total: { created: 0, updated: 0, failed: 0 } })
})

test('a thread of many messages and a person of many threads go batch by batch, each counted once', async () => {
  const { workspace, person, api, theirs } = await shared(cairn)
  const long = await theirs.threads.create({ title: 'A long one' })
  const short = await Promise.all([1, 2, 3].map((at) => theirs.threads.create({ title: `Short ${at}` })))
  const other = await api.threads.create({ title: 'Mine' })
  for (let at = 0; at < 230; at++) await say(theirs, at % 2 === 0 ? long.id : other.id, `The ${at}th quoll`)
  for (let at = 0; at < 230; at++) await say(theirs, long.id, `The next ${at}th quoll`)
  const preview = await api.privacy.preview({ person })
  expect(preview.parts.find(({ feature }) => feature === 'threads')?.counts).toEqual({ threads: 4, messages: 460 })
  const receipt = await erase({ api }, { person })
  expect(removedBy(receipt, 'threads')).toMatchObject({ threads: 4, messages: 460 })
  expect((await rowsOf('llm_threads', workspace)).map(({ id }) => id)).toEqual([other.id])
  expect((await rowsOf('llm_messages', workspace)).every(({ content }) => content === '[forgotten]')).toBe(true)
  expect(short).toHaveLength(3)
}, 240_000)

test('of very many jobs none of theirs is left', async () => {
  const { workspace, person, api } = await shared(cairn)
  const own = { type: 'bundles.export', status: 'succeeded', priority: 1, input: '{}', turn: 1, position: 1, run_at: 1 }
  const ended = { attempt: 1, max_attempts: 1, fence: 1, created_at: 1, updated_at: 1, completed_at: 1 }
  const principal = JSON.stringify({ kind: 'person', person, agent: null, credential: null, scopes: ['*'] })
  const tables = db().withTables<{ jobs: Record<string, unknown> }>()
  for (let from = 0; from < 10_500; from += 500) {
    const rows = Array.from({ length: 500 }, () => ({ workspace, id: newId(), principal, ...own, ...ended }))
    await cairn.core.kernel.database.transaction(async (tx) => {
      await tx.withTables<{ jobs: Record<string, unknown> }>().insertInto('jobs').values(rows).execute()
    })
  }
  const preview = await api.privacy.preview({ person })
  expect(preview.parts.find(({ feature }) => feature === 'jobs')?.counts).toEqual({ jobs: 10_500 })
  expect(removedBy(await erase({ api }, { person }), 'jobs')).toMatchObject({ jobs: 10_500 })
  const left = await tables.selectFrom('jobs').select('id').where('principal', 'like', `%${person}%`).execute()
  expect(left).toEqual([])
}, 240_000)

test('what is a person’s among others is counted from indexes', async () => {
  const database = await testDatabase()
  const erasure = { by: 'person', id: 'p', owns: false } as const
  for (const [eraser, index] of [
    [threadEraser, 'llm_messages_person'],
    [documentEraser, 'document_version_person'],
  ] as const) {
    const plans = await plansOf(database, (on) => eraser.count({ workspace: 'w', db: on }, erasure))
    const about = plans.filter(({ sql: text }) => text.includes(index.replace('_person', '')))
    expect(about.length).toBeGreaterThan(0)
    for (const plan of about) {
      expect(plan).toMatchObject({ scans: false })
      expect(plan.plan).toContain(index)
      // No row of anybody's texts is read for it, but what is nobody's in the person's own threads.
      expect(plan.plan).not.toMatch(
        /autoindex_(?:llm_messages|document_version)|_pk on (?:llm_messages|document_version)/,
      )
      expect(plan.plan).not.toMatch(/USING INDEX \w+_person \(workspace=\? AND person=\?\)/)
    }
  }
  // Those that go next come out of the index in its order.
  const [next] = await plansOf(database, (on) => keptBy({ workspace: 'w', db: on }, 'p', 'd'))
  expect(next).toMatchObject({ scans: false, sorts: false })
  expect(next?.plan).toContain('document_version_person')
})
