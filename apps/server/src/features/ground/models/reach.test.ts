import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'

const key = 'sk-reach-secret-key-0123456789'
let cairn: Cairn
let server: ModelServer
beforeAll(async () => {
  server = await startModelServer({ key, models: ['one', 'two'] })
  cairn = await startCairn({ sidecar: true })
})
afterAll(async () => {
  await cairn?.stop()
  await server?.close()
})

const compatible = (name: string, base_url: string) =>
  cairn.api.models.addProvider({ name, kind: 'openai-compatible', base_url, api_key: key })

test('each provider says what it offers now, or why it does not, and each request is in the egress log', async () => {
  const good = await compatible('good', `${server.url}/v1`)
  const away = await compatible('away', 'http://127.0.0.1:64999/v1')
  const wrong = await cairn.api.models.addProvider({
    name: 'wrong',
    kind: 'openai-compatible',
    base_url: `${server.url}/v1`,
    api_key: 'sk-not-the-right-one-999999',
  })
  const { items } = await cairn.api.models.list()
  const byId = new Map(items.map((item) => [item.provider_id, item]))
  expect(byId.get(good.id)).toMatchObject({ reachable: true, models: [{ id: 'one' }, { id: 'two' }], error: null })
  expect(byId.get(away.id)).toMatchObject({ reachable: false, models: [], error: { code: 'MODEL_UNAVAILABLE' } })
  expect(byId.get(wrong.id)).toMatchObject({ reachable: false, error: { code: 'MODEL_UNAVAILABLE' } })
  expect(JSON.stringify(items)).not.toMatch(/sk-/)
  const egress = (await cairn.api.egress.list({ purpose: 'model.list' })).items
  expect(egress.map(({ host, outcome }) => [host, outcome]).sort()).toEqual(
    [
      [server.host, 'ok'],
      [server.host, 'MODEL_UNAVAILABLE'],
      ['127.0.0.1:64999', 'MODEL_UNAVAILABLE'],
    ].sort(),
  )
  for (const { id } of [good, away, wrong]) await cairn.api.models.removeProvider({ id })
})

test('a server that never answers is given up within the time limit, and does not hold up the others', async () => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const [slow, good] = [
    await compatible('silent', `http://127.0.0.1:${port}/v1`),
    await compatible('good', `${server.url}/v1`),
  ]
  const { items } = await cairn.api.models.list()
  expect(items.find(({ provider_id }) => provider_id === slow.id)).toMatchObject({ reachable: false, models: [] })
  expect(items.find(({ provider_id }) => provider_id === good.id)).toMatchObject({ reachable: true })
  silent.close()
  for (const { id } of [slow, good]) await cairn.api.models.removeProvider({ id })
})

test('with no_cloud a provider elsewhere is not asked, whatever it is called, and nothing is written as sent', async () => {
  const elsewhere = await compatible('elsewhere', 'http://models.example:8080/v1')
  const here = await compatible('here', `${server.url}/v1`)
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: true })
  const { items } = await cairn.api.models.list()
  expect(items.find(({ provider_id }) => provider_id === elsewhere.id)).toMatchObject({
    reachable: false,
    error: { code: 'CLOUD_BLOCKED' },
  })
  expect(items.find(({ provider_id }) => provider_id === here.id)).toMatchObject({ reachable: true })
  expect((await cairn.api.models.routes()).no_cloud).toBe(true)
  expect((await cairn.api.egress.list({ host: 'models.example:8080' })).items).toEqual([])
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: false })
  for (const { id } of [elsewhere, here]) await cairn.api.models.removeProvider({ id })
})

test('with no_cloud a model that a server here only passes on to a cloud is not asked', async () => {
  const here = await compatible('here', `${server.url}/v1`)
  const through = ['gpt-oss:120b-cloud', 'kimi-k2:cloud', 'glm:1t-Cloud'].map((model) => ({
    provider_id: here.id,
    model,
  }))
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: true })
  await cairn.api.models.setRoutes({ chat: through, embed: [{ provider_id: here.id, model: 'embed:cloud' }] })
  const before = (await cairn.api.egress.list({ host: server.host })).items.length
  expect((await cairn.api.chat.ask({ message: 'who am I?' })).message).toMatchObject({ kind: 'extract', model: null })
  const messages = [{ role: 'user' as const, content: 'who am I?' }]
  await expect(cairn.api.openai.complete({ model: 'kimi-k2:cloud', messages })).rejects.toMatchObject({
    problem: { code: 'CLOUD_BLOCKED' },
  })
  expect(await cairn.api.search.query({ query: 'who' })).toMatchObject({ mode: 'keyword' })
  expect((await cairn.api.egress.list({ host: server.host })).items.length).toBe(before)
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: false })
  await cairn.api.models.removeProvider({ id: here.id })
})

test('Ollama is looked for only when a person asks, and what was asked is written down', async () => {
  const before = (await cairn.api.egress.list({ purpose: 'model.detect' })).items
  expect(before).toEqual([])
  const { found } = await cairn.api.models.detect()
  expect(Array.isArray(found)).toBe(true)
  const [row] = (await cairn.api.egress.list({ purpose: 'model.detect' })).items
  expect(row).toMatchObject({ host: '127.0.0.1:11434', bytes_sent: 0 })
  expect((await cairn.api.models.providers()).items).toEqual([])
})

test('as soon as a model embeds, search goes by meaning as well; closed off from it, by words alone', async () => {
  await cairn.api.memories.create({ key: 'deploy', value: 'The staging cluster is called Heron.' })
  const here = await compatible('here', `${server.url}/v1`)
  await cairn.api.models.setRoutes({ chat: [], embed: [{ provider_id: here.id, model: 'one' }] })
  const asked = { query: 'which cluster is staging' }
  const found = await until(async () => {
    const result = await cairn.api.search.query(asked)
    // At first there is a model, but no vector yet.
    return result.mode === 'hybrid' && result.hits[0]?.why.semantic ? result : null
  }, 50_000)
  expect(found.hits[0]).toMatchObject({ source: { kind: 'memory', title: 'deploy' }, why: { semantic: 1 } })
  const sent = (await cairn.api.egress.list({ purpose: 'model.embed' })).items
  expect(sent.every(({ host, outcome }) => host === server.host && outcome === 'ok')).toBe(true)
  expect((await cairn.api.models.usage()).items).toContainEqual(
    expect.objectContaining({ model: 'one', task: 'embed' }),
  )

  await cairn.api.models.updateProvider({ id: here.id, base_url: 'http://models.example:8080/v1' })
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: true })
  expect(await cairn.api.search.query(asked)).toMatchObject({ mode: 'keyword' })
  expect((await cairn.api.egress.list({ host: 'models.example:8080' })).items).toEqual([])
  await cairn.api.workspaces.update({ id: cairn.core.workspace, no_cloud: false })
  await cairn.api.models.removeProvider({ id: here.id })
}, 60_000)
