/** Threads of more messages than one transaction takes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { claude } from '../../capture/imports/chats/exports.fixture.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Api = Cairn['api']
const many = 1_100
async function longThread(api: Api, word: string) {
  const turns = Array.from({ length: many }, (_, at) => ({
    ...{ uuid: `m${at}`, sender: at % 2 ? ('assistant' as const) : ('human' as const), text: `${word} ${at}` },
    more: { created_at: '2026-03-29T07:00:35.552627Z' },
  }))
  const file = new Blob([JSON.stringify([claude(`long ${word}`, `Long ${word}`, turns)])])
  const { job_id } = await api.imports.chats.upload(file)
  await until(async () => (await api.jobs.get({ id: job_id })).status === 'succeeded')
  const [thread] = (await api.threads.list()).items
  return thread as NonNullable<typeof thread>
}
/** What a removal came to; its call may have stopped waiting before that. */
const ended = (api: Api, id: string) =>
  until(async () => {
    const job = await api.jobs.get({ id })
    return job.completed_at === null ? null : job
  })
const found = async (api: Api, query: string) =>
  (await api.search.query({ query, kinds: ['message'] })).hits.map(({ source }) => source.title)
const indexed = (api: Api) => until(async () => (await api.search.status()).pending === 0)

test('a long thread goes as a job, with all that belongs to it; nothing of it is found, and one event says what went', async () => {
  const { api } = await cairn.stranger()
  const thread = await longThread(api, 'granite')
  const tab = await api.tabs.create({ id: crypto.randomUUID(), url: 'https://a.example/', thread_id: thread.id })
  const stale = { headers: { 'if-match': `"${thread.version + 7}"` } }
  await expect(api.threads.remove({ id: thread.id }, stale)).rejects.toMatchObject({ problem: { status: 412 } })
  await indexed(api)
  expect(await found(api, 'granite')).not.toEqual([])

  const { removed, job_id } = await api.threads.remove({ id: thread.id })
  const job = await ended(api, job_id ?? '')
  const counts = { threads: 1, messages: many, tabs_detached: 1 }
  expect(job).toMatchObject({ type: 'threads.remove', status: 'succeeded', result: counts })
  expect([null, job.result]).toContainEqual(removed)
  expect((await api.threads.list()).items).toEqual([])
  expect((await api.overview.get()).counts).toMatchObject({ threads: 0, messages: 0 })
  expect(await api.tabs.get({ id: tab.id })).toMatchObject({ thread_id: null })
  await indexed(api)
  expect(await found(api, 'granite')).toEqual([])
  await expect(api.threads.remove({ id: thread.id })).rejects.toMatchObject({ problem: { code: 'THREAD_NOT_FOUND' } })
})

test('a long thread that is named anew is found by that name at every message', async () => {
  const { api } = await cairn.stranger()
  const { id } = await longThread(api, 'basalt')
  await indexed(api)
  await api.threads.update({ id, title: 'Columns' })
  await until(async () => (await found(api, 'columns')).length > 0)
  await indexed(api)
  expect(new Set(await found(api, 'basalt'))).toEqual(new Set(['Columns']))
  const { items } = await api.jobs.list({ type: 'threads.reindex' })
  expect(items.map(({ status }) => status)).toEqual(['succeeded'])
})

test('a long thread that is erased leaves nothing, and the receipt counts each message once', async () => {
  const { api } = await cairn.stranger()
  const thread = await longThread(api, 'slate')
  const { job_id } = await api.privacy.delete({ thread_id: thread.id, confirm: true })
  const receipt = await until(async () => {
    const now = await api.privacy.getReceipt({ id: job_id })
    return now.status === 'done' ? now : null
  })
  expect(receipt.removed.find(({ feature }) => feature === 'threads')?.counts).toMatchObject({
    threads: 1,
    messages: many,
  })
  expect((await api.overview.get()).counts).toMatchObject({ threads: 0, messages: 0 })
})
