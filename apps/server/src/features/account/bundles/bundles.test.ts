/** A bundle goes from a Cairn on SQLite into one on the database of the test's project. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BundleImported } from '@cairn/api/bundles'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { sha256 } from '../../../kernel/ids.ts'
import { ended, exported, fill, imported, rowsIn } from './bundles.fixture.ts'
import { bundleOf, linesIn, manifestIn, unzipped, zipped } from './zip.fixture.ts'

let from: Cairn
let to: Cairn
beforeAll(async () => {
  from = await startCairn({ environment: { CAIRN_DATABASE_URL: '' } })
  to = await startCairn()
})
afterAll(async () => {
  await from.stop()
  await to.stop()
})

const everything = async (cairn: Cairn) => (await cairn.api.bundles.components({})).items.map(({ name }) => name)
const personOf = async (cairn: Cairn) => (await cairn.api.users.me({})).id
const room = async (cairn: Cairn) => {
  const { api, workspace, person } = await cairn.stranger()
  return { api, person, rows: () => rowsIn(cairn, workspace, person) }
}

test('everything comes in as it was, in every table; brought in twice it changes nothing', async () => {
  await fill(from.api)
  const person = await personOf(from)
  const before = await rowsIn(from, from.core.workspace, person)
  const { file, result } = await exported(from.api)
  expect(Object.keys(result.components).sort()).toEqual((await everything(from)).sort())

  const target = await room(to)
  const components = await everything(to)
  const first = await imported(target.api, file, { components })
  expect(first).toMatchObject({ status: 'succeeded', result: { dry_run: false, faults: [], left_out: {} } })
  const after = await target.rows()
  // A provider's key stays at home.
  before.model_provider = before.model_provider?.map((row) => String(row).replace('"has_key":1', '"has_key":0')) ?? []
  expect(after).toEqual(before)
  for (const table of ['llm_messages', 'memory_version', 'task_events', 'history', 'page_text', 'bookmarks', 'tabs'])
    expect(after[table]?.length, table).toBeGreaterThan(0)

  const again = await imported(target.api, file, { components })
  expect(again.result.total).toMatchObject({ created: 0, updated: 0, failed: 0 })
  expect(await target.rows()).toEqual(after)
})

test('a bundle is a ZIP file of lines that anybody can read, with sums, and without secrets', async () => {
  const { api } = await from.stranger()
  await fill(api)
  const { id } = await api.threads.create({ title: 'Keys' })
  const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
  await api.threads.addMessage({ thread_id: id, role: 'user', content: `my token is ${token}` })
  await api.memories.create({ key: 'login', value: `Authorization: Bearer ${token}` })
  const { file, result } = await exported(api)
  const files = await unzipped(file)
  const { components, schema_version } = manifestIn(files)
  const lines = [...files.keys()].filter((name) => !name.startsWith('files/'))
  expect(lines.sort()).toEqual([...components.map(({ name }) => `${name}.ndjson`), 'manifest.json'].sort())
  expect(schema_version).toBe(2)
  for (const { name, rows, sha256: sum } of components) {
    expect(sha256(files.get(`${name}.ndjson`) as Buffer), name).toBe(sum)
    expect(linesIn(files, name).length, name).toBe(rows)
  }
  const all = [...files.values()].map(String).join('\n')
  expect(all).toContain('my token is ***')
  expect(all).not.toMatch(/ghp_|sk-never/)
  expect(result.components).toMatchObject({ visits: 40, bookmarks: 2, tabs: 1 })

  // What is masked in the bundle is no other content: where it came from, it changes nothing.
  const { result: back } = await imported(api, file)
  expect(back).toMatchObject({
    total: { created: 0, updated: 0, failed: 0 },
    left_out: { model_providers: 'not_named' },
  })
})

test('of two states the later one stands; other content under a taken id is told, not written', async () => {
  const one = await room(from)
  const { thread, memory, task } = await fill(one.api)
  const target = await room(to)
  await imported(target.api, (await exported(one.api)).file)

  // Both sides go on.
  await one.api.memories.update({ id: memory, value: 'said at home' })
  await target.api.memories.update({ id: memory, value: 'said there, later' })
  await target.api.tasks.update({ id: task, title: 'Build two' })
  await one.api.tasks.update({ id: task, title: 'Build three' })
  const { items: said } = await one.api.threads.messages({ thread_id: thread })
  const last = said.find(({ content }) => content === 'Asked anew')
  await one.api.threads.branch({ thread_id: thread, message_id: last?.id as string })
  const next = await one.api.threads.addMessage({
    thread_id: thread,
    role: 'assistant',
    content: 'At home',
    parent_id: last?.id as string,
  })
  await target.api.threads.addMessage({ thread_id: thread, role: 'user', content: 'There' })
  const { file } = await exported(one.api)
  const files = await unzipped(file)
  const bookmark = linesIn(files, 'bookmarks')[0] as Record<string, unknown>
  await target.api.bookmarks.update({ id: bookmark.id as string, title: 'Changed here' })

  const dry = await imported(target.api, file, { dry_run: true })
  const before = await target.rows()
  const { result } = await imported(target.api, file)
  expect(dry.result).toMatchObject({ dry_run: true, components: result.components })
  expect(before).not.toEqual(await target.rows())
  expect(result).toMatchObject({
    components: {
      memories: { updated: 0, skipped: 1 },
      tasks: { updated: 1, skipped: 1 },
      messages: { created: 1, failed: 0 },
      bookmarks: { updated: 0, skipped: 2 },
    },
  })
  expect((await target.api.memories.get({ id: memory })).value).toBe('said there, later')
  expect(await target.api.tasks.get({ id: task })).toMatchObject({ title: 'Build three' })
  // New messages come behind what was said here; what is shown here stays.
  const { items } = await target.api.threads.messages({ thread_id: thread })
  expect(items.map(({ turn }) => turn).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
  expect(items.find(({ id }) => id === next.id)).toMatchObject({ turn: 6, parent_id: last?.id })
  expect((await target.api.threads.path({ thread_id: thread })).items[0]).toMatchObject({ content: 'There' })

  const event = linesIn(files, 'task_events')[0] as Record<string, unknown>
  const other = await imported(target.api, await bundleOf({ task_events: [{ ...event, event_type: 'forged' }] }))
  expect(other.result).toMatchObject({
    total: { created: 0, updated: 0, skipped: 0, failed: 1 },
    faults: [{ component: 'task_events', id: event.id, reason: 'something else is stored under this id' }],
  })
})

test('what a memory said before it was replaced is kept, also where both sides changed it', async () => {
  const one = await room(from)
  const { memory } = await fill(one.api)
  const target = await room(to)
  await imported(target.api, (await exported(one.api)).file)
  await target.api.memories.update({ id: memory, value: 'changed there' })
  await one.api.memories.update({ id: memory, value: 'changed at home' })
  await one.api.memories.update({ id: memory, value: 'changed at home again' })
  const { result } = await imported(target.api, (await exported(one.api)).file)
  expect(result.components.memories).toMatchObject({ updated: 1, failed: 0 })
  expect((await target.api.memories.get({ id: memory })).value).toBe('changed at home again')
  const kept = (await target.rows()).memory_version?.map((row) => JSON.parse(String(row)) as { value: string })
  expect(kept?.map(({ value }) => value).sort()).toEqual([
    'are grey',
    'are mostly grey',
    'changed at home',
    'changed there',
  ])
})

test('parts and times may be chosen; a thread goes on where a later bundle goes on from what is shown', async () => {
  const one = await room(from)
  const { thread } = await fill(one.api)
  const target = await room(to)
  const { file } = await exported(one.api, { components: ['threads', 'messages', 'thread_heads'] })
  expect(manifestIn(await unzipped(file)).components.map(({ name }) => name)).toEqual([
    'threads',
    'messages',
    'thread_heads',
  ])
  await imported(target.api, file, { components: ['threads', 'messages'] })
  const next = await one.api.threads.addMessage({ thread_id: thread, role: 'user', content: 'Later' })
  const since = next.created_at
  const job = (await (await from.fetch('/api/export/bundle?component=messages')).json()) as { job_id: string }
  expect(await ended(from.api, job.job_id)).toMatchObject({ status: 'succeeded' })
  const later = await exported(one.api, { since })
  expect(later.result.components).toMatchObject({ messages: 1, visits: 0, threads: 1 })
  const { result } = await imported(target.api, later.file)
  expect(result.components.messages).toMatchObject({ created: 1 })
  expect((await target.api.threads.path({ thread_id: thread })).items[0]).toMatchObject({ content: 'Later' })
})

test('under a passphrase it is an age file, and opens with no other', async () => {
  const { api } = await from.stranger()
  await fill(api)
  const passphrase = 'stones in the mist – ü'
  const { file, id } = await exported(api, { passphrase })
  expect(await file.slice(0, 21).text()).toBe('age-encryption.org/v1')
  const target = await room(to)
  const before = await target.rows()
  expect(await imported(target.api, file)).toMatchObject({ status: 'failed', error: { code: 'BUNDLE_LOCKED' } })
  const wrong = await imported(target.api, file, { passphrase: 'another passphrase' })
  expect(wrong).toMatchObject({ status: 'failed', error: { code: 'BUNDLE_PASSPHRASE_WRONG' } })
  const bytes = new Uint8Array(await file.arrayBuffer())
  bytes[bytes.length - 40] = (bytes[bytes.length - 40] as number) ^ 1
  const flipped = await imported(target.api, new Blob([bytes]), { passphrase })
  expect(flipped).toMatchObject({ status: 'failed', error: { code: 'BUNDLE_NOT_READABLE' } })
  expect(await target.rows()).toEqual(before)
  const sound = await imported(target.api, file, { passphrase })
  expect(sound).toMatchObject({ status: 'succeeded', result: { total: { failed: 0 } } })
  // The passphrase is in no row of the ledger, and no longer among the secrets.
  expect(JSON.stringify([sound, await api.jobs.get({ id })])).not.toContain('mist')
  for (const cairn of [from, to]) {
    const secrets = await cairn.core.kernel.database.db
      .withTables<{ secret: { name: string } }>()
      .selectFrom('secret')
      .select('name')
      .where('name', 'like', 'bundles.%')
      .execute()
    expect(secrets).toEqual([])
  }
})

test('lines of any length come in whole, wherever what is unpacked at a time ends', async () => {
  const { api } = await from.stranger()
  const { id } = await api.threads.create({ title: 'Long and short' })
  const word = (at: number) => sha256(String(at))
  const words = (most: number) => Array.from({ length: Math.ceil(most / 64) }, (_, at) => word(at)).join('')
  // Short lines up to just below a block, one that is longer than several pieces, and short ones behind it.
  for (let at = 0; at < 19; at++) await api.threads.addMessage({ thread_id: id, role: 'user', content: words(100_000) })
  await api.threads.addMessage({ thread_id: id, role: 'user', content: `${words(3_000_000)} ünd` })
  for (let at = 0; at < 5; at++) await api.threads.addMessage({ thread_id: id, role: 'user', content: `short ${at}` })
  const { file } = await exported(api, { components: ['threads', 'messages'] })
  const target = await to.stranger()
  const job = await imported(target.api, file)
  expect(job).toMatchObject({ status: 'succeeded', result: { total: { created: 26, failed: 0 }, faults: [] } })
  expect(job.progress).toMatchObject({ phase: 'done', steps_completed: 26, steps_total: 26 })
  const lengths = async (of: typeof api) =>
    (await of.threads.messages({ thread_id: id, limit: 200 })).items.map(({ content }) => sha256(content))
  expect(await lengths(target.api)).toEqual(await lengths(api))
})

test('two imports at once are in order, and what comes in is found', async () => {
  const one = await room(from)
  await fill(one.api)
  const { file } = await exported(one.api)
  const target = await room(to)
  const jobs = await Promise.all([1, 2].map(() => target.api.bundles.import.upload(file)))
  const totals: BundleImported['total'][] = []
  for (const { job_id } of jobs) totals.push(((await ended(target.api, job_id)).result as BundleImported).total)
  const created = totals.map((total) => total.created)
  expect(Math.min(...created)).toBe(0)
  expect(Math.max(...created)).toBeGreaterThan(50)
  expect(totals.map(({ failed }) => failed)).toEqual([0, 0])
  const { total } = await target.api.browser.listSites({ from: '2000-01-01T00:00:00Z' })
  expect(total.visits).toBe(40)
  for (const query of ['granite', 'mostly grey', 'heap of stones']) {
    const { hits } = await until(async () => {
      const found = await target.api.search.query({ query })
      return found.hits.length > 0 ? found : null
    })
    expect(hits.length, query).toBeGreaterThan(0)
  }
})

test('a file on this machine comes in by its path; a bundle of HydraFlow, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'old.zip')
  const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')
  const thread = {
    id: 't-1',
    title: 'From before',
    created_at: '2024-05-01 10:00:00',
    updated_at: '2024-05-02 10:00:00',
  }
  const said = { thread_id: 't-1', created_at: '2024-05-01T10:00:00Z' }
  const bundle = [
    [
      'bundle.json',
      JSON.stringify({ schema_version: 1, included_components: ['threads', 'messages', 'tasks', 'browser_history'] }),
    ],
    ['threads.ndjson', lines({ ...thread, metadata: '{"a":1}' })],
    [
      'messages.ndjson',
      lines({ ...said, id: 1, role: 'user', content: 'Hello' }, { ...said, id: 2, role: 'assistant', content: 'Hi' }),
    ],
    [
      'tasks.ndjson',
      lines({ id: 'x', thread_id: 't-1', title: 'Old task', status: 'done', created_at: '2024-05-01 10:00:00' }),
    ],
    [
      'browser_history.ndjson',
      lines({ id: 1, url: 'https://old.example/', title: 'Old', visited_at: '2024-05-01 10:00:00' }),
    ],
  ] as const
  await writeFile(path, await zipped(bundle))
  const { api } = await room(to)
  for (const created of [5, 0]) {
    const { job_id } = await api.bundles.import({ path })
    const job = await ended(api, job_id)
    expect(job).toMatchObject({ status: 'succeeded', result: { total: { created, updated: 0, failed: 0 } } })
  }
  const { items } = await api.threads.list({})
  expect(items).toMatchObject([{ title: 'From before', message_count: 2, created_at: '2024-05-01T10:00:00.000Z' }])
  expect((await api.threads.path({ thread_id: items[0]?.id as string })).items.map(({ content }) => content)).toEqual([
    'Hi',
    'Hello',
  ])
  expect((await api.tasks.list({})).items).toMatchObject([{ title: 'Old task', status: 'completed' }])
})

test('folders and repositories are looked at where they come in, and only where they are named', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cairn-bundle-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const times = { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' }
  const roots = [
    { id: '01890000-0000-7000-8000-000000000201', path: folder, name: 'there', ...times },
    { id: '01890000-0000-7000-8000-000000000202', path: join(folder, 'gone'), name: 'gone', ...times },
  ]
  const { api } = await room(to)
  const bundle = await bundleOf({ roots })
  expect((await imported(api, bundle)).result).toMatchObject({ components: {}, left_out: { roots: 'not_named' } })
  expect((await api.roots.list({})).items).toEqual([])
  const { result } = await imported(api, bundle, { components: ['roots'] })
  expect(result).toMatchObject({ components: { roots: { created: 1, failed: 1 } }, faults: [{ id: roots[1]?.id }] })
  expect((await api.roots.list({})).items).toMatchObject([{ id: roots[0]?.id, path: folder, name: 'there' }])
})

/** Tables that stay where they are, and why. */
const atHome: Record<string, string> = {
  ...{ user: 'of the installation', api_key: 'secret', login: 'secret', login_link: 'secret' },
  ...{ workspace: 'what rows come into', member: 'of the installation', llm_usage_log: 'of the installation' },
  ...{ pages: 'follow from visits', site: 'follow from visits', page_bucket: 'follow from visits' },
  ...{ bookmark_import: 'of a job', history_import: 'of a job', bundle: 'of a job' },
  ...{ jobs: 'of the installation', job_status: 'of a job', job_log: 'of a job', job_step: 'of a job' },
  ...{ job_schedule: 'of the installation' },
  ...{ file_index: 'follows from folders', git_events: 'follow from folders', git_repository: 'follow from folders' },
  ...{ crawl: 'a log', crawl_page: 'a log', crawl_host: 'a log', crawl_schedule: 'a plan of this place' },
  privacy_delete: 'receipts of this place',
  privacy_retention: 'a rule of this place',
  chat_context: 'what the last answer was made from, made anew with the next',
}

test('every table of every feature travels, or has a reason to stay', () => {
  const { features } = to.core
  const travelling = new Set(features.flatMap(({ portable = [] }) => portable.map(({ table }) => table.table)))
  const staying = features.flatMap(({ tables }) => tables).filter((table) => !travelling.has(table))
  expect(staying.sort()).toEqual(Object.keys(atHome).sort())
})
