import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import * as store from './store.ts'
import { halfLife, strengthAt } from './strength.ts'

let cairn: Cairn
let now = Date.parse('2026-11-21T09:00:00Z')
beforeAll(async () => {
  cairn = await startCairn({ core: { clock: { now: () => now, monotonic: () => performance.now() } } })
})
afterAll(() => cairn.stop())

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
type Audit = { memory_audit: { workspace: string; memory_id: string; action: string; detail: string } }
const auditOf = (id: string) =>
  cairn.core.kernel.database.db
    .withTables<Audit>()
    .selectFrom('memory_audit')
    .selectAll()
    .where('memory_id', '=', id)
    .execute()

const indexed = () => until(async () => (await cairn.api.search.status()).pending === 0, 50_000)

test('strength halves in thirty days without use, and the clock going back makes it no stronger than it was', () => {
  expect(strengthAt(0, 1, 0)).toBe(1)
  expect(strengthAt(halfLife, 1, 0)).toBe(0.5)
  expect(strengthAt(3 * halfLife, 0.8, 0)).toBe(0.1)
  expect(strengthAt(-5_000, 1, 0)).toBe(1)
})

test('a memory is kept, read, audited and forgotten, and its audit holds nothing of it', async () => {
  const memory = await cairn.api.memories.create({ key: 'editor', value: 'prefers two spaces', source: 'said so' })
  expect(memory).toMatchObject({ scope: 'workspace', scope_ref: null, strength: 1, last_accessed_at: null })
  expect(await cairn.api.memories.get({ id: memory.id })).toMatchObject({ key: 'editor', value: 'prefers two spaces' })
  expect(await cairn.api.memories.remove({ id: memory.id })).toEqual({ removed: { memories: 1 } })
  expect(await refusal(cairn.api.memories.get({ id: memory.id }))).toMatchObject({
    status: 404,
    code: 'MEMORY_NOT_FOUND',
  })
  expect(await refusal(cairn.api.memories.remove({ id: memory.id }))).toMatchObject({ status: 404 })
  const audit = await auditOf(memory.id)
  expect(audit.map(({ action }) => action).sort()).toEqual(['created', 'removed'])
  expect(JSON.stringify(audit)).not.toMatch(/editor|two spaces/)
})

test('the same id and content is the same memory, other content is refused, also at the same moment', async () => {
  const input = { id: newId(), key: 'k', value: 'v', metadata: { b: 1, a: [2] } }
  const all = await Promise.all(Array.from({ length: 8 }, () => cairn.api.memories.create(input)))
  expect(new Set(all.map(({ created_at }) => created_at)).size).toBe(1)
  expect((await auditOf(input.id)).length).toBe(1)
  expect(await refusal(cairn.api.memories.create({ ...input, value: 'w' }))).toMatchObject({
    status: 409,
    code: 'CONFLICT',
  })
})

test('a memory is changed, and its history tells who did it and what it said before', async () => {
  const made = await cairn.api.memories.create({ key: 'indent', value: 'tabs', source: 'said so' })
  expect(made.version).toBe(1)
  now += 1
  const { api } = cairn
  const changed = await api.memories.update({ id: made.id, value: 'two spaces' })
  expect(changed).toMatchObject({ key: 'indent', value: 'two spaces', source: 'said so', version: 2, strength: 1 })
  expect(await api.memories.update({ id: made.id, value: 'two spaces' })).toMatchObject({ version: 2 })
  now += 1
  await api.memories.update({ id: made.id, key: 'indentation', source: null, metadata: { of: 'style' } })
  const { items } = await api.memories.audit({ id: made.id })
  expect(items.map(({ action, version, before }) => ({ action, version, before }))).toEqual([
    { action: 'changed', version: 3, before: { key: 'indent', value: 'two spaces', source: 'said so' } },
    { action: 'changed', version: 2, before: { key: 'indent', value: 'tabs', source: 'said so' } },
    { action: 'created', version: 1, before: null },
  ])
  expect(items[0]).toMatchObject({ agent: null, job: null, at: new Date(now).toISOString() })
  const first = await api.memories.audit({ id: made.id, limit: 2 })
  const rest = await api.memories.audit({ id: made.id, limit: 2, cursor: first.next_cursor as string })
  expect([...first.items, ...rest.items]).toEqual(items)

  await api.memories.remove({ id: made.id })
  const left = (await api.memories.audit({ id: made.id })).items
  expect(left.map(({ action, before }) => ({ action, before }))).toEqual([
    { action: 'removed', before: null },
    { action: 'changed', before: null },
    { action: 'changed', before: null },
    { action: 'created', before: null },
  ])
  expect(JSON.stringify([left, await auditOf(made.id)])).not.toMatch(/tabs|spaces/)
})

test('what contradicts is a new version of what was said, in its scope alone; the same again is a use', async () => {
  const { api } = await cairn.stranger()
  const thread = await api.threads.create({ title: 'T' })
  const first = await api.memories.create({ key: 'database', value: 'SQLite' })
  const inThread = await api.memories.create({ key: 'database', value: 'MySQL', scope: 'thread', scope_ref: thread.id })
  const second = await api.memories.create({ key: 'database', value: 'PostgreSQL' })
  expect(second).toMatchObject({ id: first.id, value: 'PostgreSQL', version: 2 })
  now += halfLife
  const again = await api.memories.create({ key: 'database', value: 'PostgreSQL' })
  expect(again).toMatchObject({ id: first.id, version: 2, strength: 1 })
  expect(await api.memories.get({ id: inThread.id })).toMatchObject({ value: 'MySQL', version: 1 })
  expect((await api.memories.list()).items).toHaveLength(2)
  const own = await api.memories.create({ id: newId(), key: 'database', value: 'another, by its own id' })
  expect(own.id).not.toBe(first.id)
})

test('a change that did not see the newest version is refused, and so is one of what is not there', async () => {
  const { id } = await cairn.api.memories.create({ key: 'race', value: '1' })
  const change = (value: string, seen: string) =>
    cairn.fetch(`/api/memory/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': seen },
      body: JSON.stringify({ value }),
    })
  const answers = await Promise.all(['2', '3', '4'].map((value) => change(value, '"1"')))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
  expect(answers.find(({ status }) => status === 200)?.headers.get('etag')).toBe('"2"')
  expect((await change('5', 'two')).status).toBe(422)
  const stranger = await cairn.stranger()
  expect(await refusal(stranger.api.memories.update({ id, value: 'mine' }))).toMatchObject({ status: 404 })
  expect(await refusal(stranger.api.memories.audit({ id }))).toMatchObject({ status: 404, code: 'MEMORY_NOT_FOUND' })
  expect(await refusal(cairn.api.memories.update({ id, value: '' }))).toMatchObject({ status: 422 })
})

test('a changed memory is found by what it says now, no longer by what it said', async () => {
  const { id } = await cairn.api.memories.create({ key: 'mascot', value: 'a pangolin' })
  await indexed()
  await cairn.api.memories.update({ id, value: 'an axolotl' })
  await indexed()
  const ids = async (query: string) => (await cairn.api.memories.search({ query })).items.map((one) => one.id)
  expect(await ids('axolotl')).toContain(id)
  expect(await ids('pangolin')).not.toContain(id)
})

test('opening a memory renews its strength, listing it does not, and one use an hour is enough', async () => {
  const { id } = await cairn.api.memories.create({ key: 'decay', value: 'fades' })
  now += halfLife
  const listed = async () => (await cairn.api.memories.list({ q: 'decay' })).items[0]
  expect(await listed()).toMatchObject({ strength: 0.5, last_accessed_at: null })
  expect(await listed()).toMatchObject({ strength: 0.5, last_accessed_at: null })
  expect(await cairn.api.memories.get({ id })).toMatchObject({ strength: 0.5 })
  const renewed = await until(async () => {
    const memory = await listed()
    return memory?.last_accessed_at ? memory : null
  })
  expect(renewed.strength).toBe(1)
})

test('memories are listed newest first, in pages, by scope and by what they hold', async () => {
  const stranger = await cairn.stranger()
  const { memories, threads } = stranger.api
  const thread = await threads.create({ title: 'T' })
  for (const key of ['a', 'b', 'c']) {
    now += 1
    await memories.create({ key, value: `value of ${key}` })
  }
  now += 1
  const about = await memories.create({ key: 'of thread', value: 'x', scope: 'thread', scope_ref: thread.id })
  const first = await memories.list({ limit: 3 })
  const rest = await memories.list({ limit: 3, cursor: first.next_cursor as string })
  expect([...first.items, ...rest.items].map(({ key }) => key)).toEqual(['of thread', 'c', 'b', 'a'])
  expect((await memories.list({ scope: 'thread', scope_ref: thread.id })).items.map(({ id }) => id)).toEqual([about.id])
  expect((await memories.list({ q: 'VALUE OF B' })).items.map(({ key }) => key)).toEqual(['b'])
  expect((await threads.links({ thread_id: thread.id })).items).toMatchObject([
    { kind: 'memory', id: about.id, relation: 'remembers', title: 'of thread' },
  ])
  await memories.remove({ id: about.id })
  expect((await threads.links({ thread_id: thread.id })).items).toEqual([])
})

test('a thread shows what is remembered for it as it is called now, and the message it now comes from', async () => {
  const { memories, threads } = (await cairn.stranger()).api
  const thread = await threads.create({ title: 'T' })
  const said = await threads.addMessage({ thread_id: thread.id, role: 'user', content: 'The hut is red.' })
  const { id } = await memories.create({ key: 'hut', value: 'red', scope: 'thread', scope_ref: thread.id })
  await memories.update({ id, key: 'colour of the hut', source: `message:${said.id}` })
  expect((await threads.links({ thread_id: thread.id })).items).toMatchObject([
    { kind: 'memory', id, title: 'colour of the hut', message_id: said.id },
  ])
})

test('answers that rest on a memory go on leading to it when it gets another name', async () => {
  const { memories, threads, chat } = cairn.api
  const { id } = await memories.create({ key: 'marmot', value: 'The marmot whistles at the third bend.' })
  await indexed()
  const { thread_id } = await chat.ask({ message: 'where does the marmot whistle?', sources: ['memory'] })
  const cited = { kind: 'memory', id, relation: 'cites' }
  expect((await threads.links({ thread_id })).items).toMatchObject([{ ...cited, title: 'marmot' }])
  await memories.update({ id, key: 'the whistling marmot' })
  expect((await threads.links({ thread_id })).items).toMatchObject([{ ...cited, title: 'the whistling marmot' }])
  await threads.remove({ id: thread_id })
})

test('memories of a thread go with it: from lists, search and the index; those of others stay', async () => {
  const { memories, threads } = cairn.api
  const [gone, kept] = [await threads.create({ title: 'Gone' }), await threads.create({ title: 'Kept' })]
  const ofThread = { scope: 'thread' as const, scope_ref: gone.id }
  const one = await memories.create({ key: 'quay', value: 'The ferry leaves from quay nine.', ...ofThread })
  await memories.create({ key: 'hour', value: 'The ferry leaves at dawn.', ...ofThread })
  const other = await memories.create({ key: 'fare', value: 'The ferry is free.', scope: 'thread', scope_ref: kept.id })
  const wide = await memories.create({ key: 'boat', value: 'The ferry is green.' })
  const stranger = await cairn.stranger()
  await stranger.api.threads.create({ id: gone.id, title: 'Theirs' })
  await stranger.api.memories.create({ key: 'k', value: 'v', ...ofThread })
  await indexed()
  const { last } = await cairn.api.events.follow({ after: 0, limit: 1_000 })
  const removed = { threads: 1, messages: 0, links: 2, memories: 2, contexts: 0 }
  expect(await threads.remove({ id: gone.id })).toEqual({ removed })
  const { items } = await cairn.api.events.follow({ after: last, types: ['thread.removed', 'memory.removed'] })
  expect(items).toMatchObject([{ type: 'thread.removed', subject: gone.id, data: removed }])
  expect(await refusal(memories.get({ id: one.id }))).toMatchObject({ status: 404 })
  expect((await memories.list({ scope: 'thread', scope_ref: gone.id })).items).toEqual([])
  await indexed()
  const found = (await cairn.api.search.query({ query: 'ferry leaves quay dawn free green', kinds: ['memory'] })).hits
  expect(found.map(({ source }) => source.id).sort()).toEqual([other.id, wide.id].sort())
  expect((await stranger.api.memories.list()).items).toHaveLength(1)
})

test('a scope says what it belongs to, and a thread has to be one of this workspace', async () => {
  const stranger = await cairn.stranger()
  const theirs = await stranger.api.threads.create({})
  const input = { key: 'k', value: 'v' }
  for (const wrong of [
    { ...input, scope: 'thread' as const },
    { ...input, scope: 'thread' as const, scope_ref: theirs.id },
    { ...input, scope: 'site' as const },
    { ...input, scope_ref: 'example.org' },
  ]) {
    expect(await refusal(cairn.api.memories.create(wrong))).toMatchObject({
      status: 422,
      errors: [{ path: '/scope_ref' }],
    })
  }
})

test('memories of another workspace are not there', async () => {
  const stranger = await cairn.stranger()
  const { id } = await cairn.api.memories.create({ key: 'private', value: 'mine alone' })
  expect(await refusal(stranger.api.memories.get({ id }))).toMatchObject({ status: 404 })
  expect(await refusal(stranger.api.memories.remove({ id }))).toMatchObject({ status: 404 })
  expect((await stranger.api.memories.list()).items).toEqual([])
  expect(await cairn.api.memories.get({ id })).toMatchObject({ key: 'private' })
})

test('memories are found by their words, being found is a use, and a forgotten one is found no more', async () => {
  const { id } = await cairn.api.memories.create({ key: 'deploy', value: 'The staging cluster is called Heron.' })
  await indexed()
  now += halfLife
  const { items } = await cairn.api.memories.search({ query: 'how is the staging cluster called' })
  expect(items[0]).toMatchObject({ id, key: 'deploy', strength: 0.5 })
  await until(async () => (await cairn.api.memories.list({ q: 'Heron' })).items[0]?.strength === 1)
  const { api } = await cairn.stranger()
  expect((await api.memories.search({ query: 'staging cluster' })).items).toEqual([])
  await cairn.api.memories.remove({ id })
  await indexed()
  expect(
    (await cairn.api.memories.search({ query: 'staging cluster Heron' })).items.map((one) => one.id),
  ).not.toContain(id)
  expect(JSON.stringify(await cairn.api.search.query({ query: 'Heron' }))).not.toContain('staging cluster')
})

test('every list comes out of an index in its order', async () => {
  const workspace = cairn.core.workspace
  const plans = await plansOf(cairn.core.kernel.database, async (db) => {
    const from = { workspace, db }
    await store.memoryPage(from, { limit: 51, after: null })
    await store.memoryPage(from, { limit: 51, after: [1, 'x'], scope: 'thread', scope_ref: 'x' })
    await store.memoryPage(from, { limit: 51, after: [1, 'x'], q: 'x' })
    await store.memoryIdsAfter(from, 'x', 51)
    await store.auditPage(from, 'x', { limit: 51, after: null })
    await store.auditPage(from, 'x', { limit: 51, after: [1, 'x'] })
    // The control: nothing keeps memories in the order of their values.
    await db.withTables<{ memories: store.MemoryRow }>().selectFrom('memories').selectAll().orderBy('value').execute()
  })
  expect(plans).toHaveLength(7)
  expect(plans.pop()).toMatchObject({ sorts: true })
  expect(plans.filter(({ sorts, scans }) => sorts || scans)).toEqual([])
})
