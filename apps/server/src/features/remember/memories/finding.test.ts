import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../../../../sidecar/test/model-server.ts'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { findByRule, findingsIn, tellsSomething } from './finding.ts'

test('what a person says in passing is found by rules, what they ask or quote is not', () => {
  const found = (text: string) => findByRule(text).map(({ key, value }) => `${key} = ${value}`)
  expect(found('Please remember that the staging server sleeps at night.')).toEqual([
    'the staging server sleeps at night = the staging server sleeps at night.',
  ])
  expect(found('Hi, my name is Ada Lovelace and I wonder about leases.')).toEqual(['My name = Ada Lovelace'])
  expect(found('ich heiße Jörg')).toEqual(['My name = Jörg'])
  expect(found('I prefer tabs over spaces.')).toEqual(['Preference: spaces or tabs = I prefer tabs over spaces.'])
  expect(found('I prefer spaces to tabs.')).toEqual(['Preference: spaces or tabs = I prefer spaces to tabs.'])
  expect(found('We have decided to drop Redis. Where is it used?')).toEqual([
    'Decision: drop Redis = We have decided to drop Redis.',
  ])
  expect(found('We use Kysely for queries.')).toEqual(['Used for queries = Kysely'])
  expect(found('Our database is now PostgreSQL 17.')).toEqual(['Our database = PostgreSQL 17'])
  for (const nothing of [
    'Where is the lease of a job renewed?',
    'what do we use for queries',
    '> I prefer tabs over spaces.',
    '```\nI prefer tabs\n```',
    'My question is simple.',
    '',
    'x'.repeat(200_000),
    'we use '.repeat(20_000),
  ])
    expect(found(nothing)).toEqual([])
  expect(found('Remember that a. b.\n'.repeat(50)).length).toBeLessThanOrEqual(3)
})

test('whatever a model answers, only what the message bears out is kept', () => {
  const said = 'We moved the staging database to Frankfurt last week.'
  const one = { key: 'Staging database', value: 'moved to Frankfurt' }
  expect(findingsIn(`Here you are:\n\`\`\`json\n${JSON.stringify([one])}\n\`\`\``, said)).toEqual([one])
  const invented = { key: 'Budget', value: 'The budget is ten million euros' }
  expect(findingsIn(JSON.stringify([invented, one]), said)).toEqual([one])
  for (const broken of ['', '[1', '[1, null, "x", {"key": 1}]', '{"key":"a","value":"b"}', 'It is the heartbeat [1].'])
    expect(findingsIn(broken, said)).toEqual([])
  expect(findingsIn(JSON.stringify(Array.from({ length: 50 }, () => one)), said)).toHaveLength(3)
  expect(tellsSomething('Where is it?')).toBe(false)
})

let server: ModelServer
let cairn: Cairn
beforeAll(async () => {
  server = await startModelServer({ models: ['test-chat'] })
  cairn = await startCairn({ sidecar: true })
})
afterAll(async () => {
  await cairn?.stop()
  await server?.close()
})

const said = async (message: string, api = cairn.api) => {
  const answer = await api.chat.ask({ message })
  await until(async () => {
    const { items } = await api.jobs.list({ type: 'memories.find' })
    return items.every(({ completed_at }) => completed_at !== null)
  })
  return answer
}
const kept = async (key: string) => (await cairn.api.memories.list({ q: key })).items.filter((one) => one.key === key)

test('after a turn it is kept, shown at the message, changed by what contradicts it, and taken back step by step', async () => {
  const { api } = cairn
  const { thread_id, user_message_id } = await said('Our database is SQLite.')
  const [first] = await kept('Our database')
  expect(first).toMatchObject({
    ...{ value: 'SQLite', scope: 'workspace', version: 1 },
    ...{ source: `message:${user_message_id}`, metadata: { found_by: 'rules' } },
  })
  const id = first?.id as string
  const remembered = async (thread: string) =>
    (await api.threads.links({ thread_id: thread })).items
      .filter((link) => link.id === id && link.relation === 'remembers')
      .map((link) => link.message_id)
  expect(await remembered(thread_id)).toEqual([user_message_id])
  await said('Our database is SQLite.')
  const second = await said('By the way, our database is now PostgreSQL.')
  expect(await kept('Our database')).toMatchObject([{ id, value: 'PostgreSQL', version: 2 }])
  expect(await remembered(second.thread_id)).toEqual([second.user_message_id])

  expect(await api.memories.revert({ id })).toMatchObject({ memory: { value: 'SQLite', version: 3 } })
  expect(await remembered(second.thread_id)).toEqual([])
  expect(await remembered(thread_id)).toEqual([user_message_id])

  await said('Remember that quokkas smile.')
  const [made] = await kept('quokkas smile')
  expect(await api.memories.revert({ id: made?.id as string })).toEqual({ memory: null })
  expect(await kept('quokkas smile')).toEqual([])
  await expect(api.memories.revert({ id: made?.id as string })).rejects.toMatchObject({
    problem: { code: 'MEMORY_NOT_FOUND' },
  })
  const { api: stranger } = await cairn.stranger()
  await expect(stranger.memories.revert({ id })).rejects.toMatchObject({ problem: { code: 'MEMORY_NOT_FOUND' } })
})

test('what a person wrote down themselves is not overwritten, secrets are masked, a pause holds', async () => {
  const { api } = cairn
  await api.memories.create({ key: 'Our team', value: 'Ada and Grace' })
  await said('Our team is large.')
  expect(await kept('Our team')).toMatchObject([{ value: 'Ada and Grace', version: 1 }])
  await said('Remember that the token is ghp_0123456789abcdefghijklmnopqrstuvwxyz.')
  const { items } = await api.memories.list({})
  expect(JSON.stringify(items)).not.toContain('ghp_0123456789')
  await api.capture.pause({ all: true })
  await said('Our office is in Lisbon.')
  await api.capture.resume({ all: true })
  expect(await kept('Our office')).toEqual([])
})

test('a model finds it where there is one, and the rules where it fails', async () => {
  const { api } = cairn
  const { id } = await api.models.addProvider({
    name: 'test',
    kind: 'openai-compatible',
    base_url: `${server.url}/v1`,
  })
  await api.models.setRoutes({ chat: [{ provider_id: id, model: 'test-chat' }], embed: [] })
  const fact = { key: 'Release day', value: 'we release every second Tuesday' }
  server.say(() => JSON.stringify([fact]))
  await said('I should add that we release every second Tuesday.')
  expect(await kept('Release day')).toMatchObject([{ value: fact.value, metadata: { found_by: 'test-chat' } }])
  server.say(() => 'I will not.')
  await said('Our domain is example.org.')
  expect(await kept('Our domain')).toEqual([])
  const requests = server.requests.length
  await said('Where do we release?')
  expect(server.requests.length - requests).toBe(1)
})
