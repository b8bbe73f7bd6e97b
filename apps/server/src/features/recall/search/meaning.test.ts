import { readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

let cairn: Cairn
let server: ModelServer
let provider = ''

const embedded = () =>
  server.requests.filter(({ path }) => path.endsWith('/embeddings')).flatMap(({ body }) => body?.input ?? [])
/** Starts of the sidecar take their time on a busy machine. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const whole = () =>
  until(async () => {
    const { pending, embedded, passages } = await cairn.api.search.status()
    return pending === 0 && embedded === passages
  }, 60_000)

/** How many vectors the store holds, by model. */
const vectorsHeld = async () => {
  const held = await cairn.core.kernel.sidecar.vectors.stats(cairn.core.workspace)
  return Object.fromEntries(held.filter(({ count }) => count > 0).map(({ model, count }) => [model, count]))
}

beforeAll(async () => {
  server = await startModelServer({ models: ['test-embed', 'other-embed'] })
  cairn = await startCairn({ sidecar: true })
  for (const [key, value] of Object.entries({ a: 'blue whales sing', b: 'red foxes dig', c: 'green frogs jump' })) {
    await cairn.api.memories.create({ key, value })
  }
  const { id } = await cairn.api.models.addProvider({
    name: 'test',
    kind: 'openai-compatible',
    base_url: `${server.url}/v1`,
  })
  provider = id
  await cairn.api.models.setRoutes({ chat: [], embed: [{ provider_id: provider, model: 'test-embed' }] })
  await whole()
})
afterAll(async () => {
  await cairn?.stop()
  await server?.close()
})

test('once a model is chosen, what is there is embedded by itself, and hits come from both', async () => {
  const { hits, mode, reason } = await cairn.api.search.query({ query: 'whales sing' })
  expect([mode, reason]).toEqual(['hybrid', null])
  expect(hits[0]).toMatchObject({ source: { title: 'a' }, why: { keyword: 1, semantic: 1 } })
  const semantic = await cairn.api.search.query({ query: 'foxes', mode: 'semantic' })
  expect([semantic.mode, semantic.hits[0]?.source.title, semantic.hits[0]?.why.keyword]).toEqual([
    'semantic',
    'b',
    null,
  ])
  expect(await cairn.api.search.status()).toMatchObject({ model: 'test-embed', embedded: 3, passages: 3 })
})

test('what a question means is asked once, also where it goes on from the one before', async () => {
  const { api } = cairn
  const asked = async (message: string, thread_id?: string) => {
    const before = embedded().length
    const answer = await api.chat.ask({ message, sources: ['memory'], ...(thread_id && { thread_id }) })
    // A message that is indexed comes with what it is said in.
    const means = embedded()
      .slice(before)
      .filter((text) => text.startsWith(message))
    expect(means, message).toHaveLength(1)
    return { answer, means: means[0] as string }
  }
  const first = await asked('Which whales sing in the blue sea?')
  expect(first.answer.citations[0]?.source.title).toBe('a')
  const { thread_id } = first.answer
  await asked('Which red foxes dig at night?', thread_id)
  const { means } = await asked('And frogs?', thread_id)
  expect(means).toContain('foxes')
  const alone = await asked('And frogs?')
  for (const id of [thread_id, alone.answer.thread_id]) await api.threads.remove({ id })
  await whole()
})

test('a text is embedded once, however often it is indexed or its vectors are lost', async () => {
  const before = embedded().length
  const { job_id } = await cairn.api.search.rebuild({})
  await until(async () => (await cairn.api.jobs.get({ id: job_id })).status === 'succeeded')
  await whole()
  expect(embedded().length).toBe(before)
})

test('vectors that are deleted or damaged on disk are rebuilt from what is stored, without asking the model', async () => {
  const folder = join(cairn.home, 'vectors')
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
  for (const damage of [
    () => rmSync(folder, { recursive: true, force: true }),
    () => files().forEach((file) => truncateSync(file, 10)),
  ]) {
    await cairn.core.stop()
    damage()
    await cairn.restart()
    const before = embedded().length
    await until(async () => {
      const { mode, hits } = await cairn.api.search.query({ query: 'frogs', mode: 'semantic' })
      return mode === 'semantic' && hits[0]?.source.title === 'c'
    }, 60_000)
    // One for each question that was asked meanwhile, none for a passage.
    expect(
      embedded()
        .slice(before)
        .every((text) => text === 'frogs'),
    ).toBe(true)
  }
})

test('what is forgotten leaves the vectors and the stored embeddings, too', async () => {
  const { id } = await cairn.api.memories.create({ key: 'd', value: 'yellow canaries whistle' })
  await whole()
  await cairn.api.memories.remove({ id })
  await until(async () => (await cairn.api.search.status()).passages === 3)
  const tables =
    cairn.core.kernel.database.db.withTables<Record<'embedding' | 'passage_gone', Record<string, unknown>>>()
  await until(async () => (await tables.selectFrom('embedding').selectAll().execute()).length === 3)
  expect(await tables.selectFrom('passage_gone').selectAll().execute()).toEqual([])
  expect(await vectorsHeld()).toEqual({ 'test-embed': 3 })
  const { mode, hits } = await cairn.api.search.query({ query: 'yellow canaries or whales', mode: 'semantic' })
  expect([mode, hits[0]?.source.title]).toEqual(['semantic', 'a'])
  expect(hits.map(({ source }) => source.id)).not.toContain(id)
})

test('while the model is away search goes on by words and says why; later nothing is missing', async () => {
  for (let at = 0; at < 500; at++) server.faults.push({ kind: 'status', status: 400 })
  const { mode, reason, hits } = await cairn.api.search.query({ query: 'foxes' })
  expect([mode, hits[0]?.source.title]).toEqual(['keyword', 'b'])
  expect(reason).toContain('No configured model answered')
  await cairn.api.memories.create({ key: 'e', value: 'purple octopuses hide' })
  await until(async () => (await cairn.api.search.query({ query: 'octopuses' })).hits.length > 0)
  server.faults.length = 0
  await cairn.api.memories.create({ key: 'f', value: 'orange tigers wait' })
  await whole()
  expect((await cairn.api.search.query({ query: 'octopuses', mode: 'semantic' })).hits[0]?.source.title).toBe('e')
})

test('another model takes over: its own vectors, the old ones dropped', async () => {
  await cairn.api.models.setRoutes({ chat: [], embed: [{ provider_id: provider, model: 'other-embed' }] })
  await until(async () => {
    const { model, embedded, passages } = await cairn.api.search.status()
    return model === 'other-embed' && embedded === passages
  }, 60_000)
  expect((await cairn.api.search.query({ query: 'whales', mode: 'semantic' })).hits[0]?.source.title).toBe('a')
  expect(await vectorsHeld()).toEqual({ 'other-embed': 5 })
})
