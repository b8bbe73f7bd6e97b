/** An `Idempotency-Key` and the bytes that are sent under it, for every operation that takes a file. */
import { allOperations } from '@cairn/api/table'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../test/harness.ts'
import { exported } from '../../features/account/bundles/bundles.fixture.ts'
import { newId } from '../ids.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Bytes = string | Uint8Array<ArrayBuffer>
type Answer = { status: number; code?: string; job_id?: string; id?: string }
type Sent = { key?: string; file?: [content: Bytes, name: string]; fields?: Record<string, string>; after?: string }

async function send(path: string, { key, file, fields = {}, after }: Sent): Promise<Answer> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  const field = path.includes('bundle') ? 'bundle' : 'file'
  if (file) form.append(field, new File([file[0]], file[1]))
  if (after !== undefined) form.append('other', new File([after], 'other.txt'))
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
  const response = await cairn.fetch(path, { method: 'POST', body: form, headers })
  return { status: response.status, ...((await response.json()) as object) }
}
const quiet = () =>
  until(async () => (await cairn.api.jobs.list({})).items.every(({ completed_at }) => completed_at !== null))
const jobsOf = async (type: string) => (await cairn.api.jobs.list({ type })).items.length

const chats = (title: string) =>
  JSON.stringify([
    {
      ...{ uuid: title, name: title, created_at: '2026-01-01T00:00:00Z' },
      chat_messages: [{ uuid: `${title} 1`, sender: 'human', text: 'Where?', created_at: '2026-01-01T00:00:00Z' }],
    },
  ])

test('a repeat of an import of conversations answers its first job; other bytes under the key are refused', async () => {
  const path = '/api/import/chats'
  const key = 'chats-1'
  const once = { key, file: [chats('one'), 'conversations.json'] as [string, string] }
  const first = await send(path, once)
  expect(first).toEqual({ status: 202, job_id: expect.any(String) as string })
  expect(await send(path, once)).toEqual(first)
  await quiet()
  expect(await send(path, once)).toEqual(first)
  expect(await jobsOf('imports.chats')).toBe(1)
  const other = { key, file: [chats('two'), 'conversations.json'] as [string, string] }
  expect(await send(path, other)).toMatchObject({ status: 409, code: 'IDEMPOTENCY_CONFLICT' })
  // The same bytes with something behind them are another call, too.
  expect(await send(path, { ...once, after: 'more' })).toMatchObject({ status: 409 })
  expect(await send(path, { key })).toMatchObject({ status: 409 })
  expect(await jobsOf('imports.chats')).toBe(1)
  expect((await cairn.api.threads.list({ q: 'two' })).items).toEqual([])
  expect((await send(path, { ...other, key: 'chats-2' })).job_id).not.toBe(first.job_id)
  expect((await send(path, { file: once.file })).job_id).not.toBe(first.job_id)
  await quiet()
})

test('what was refused claims nothing: the key can be used again', async () => {
  const path = '/api/import/chats'
  const key = newId()
  expect(await send(path, { key, file: ['', 'empty.json'] })).toMatchObject({ code: 'CHATS_NOT_READABLE' })
  expect(await send(path, { key })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await send(path, { key, file: [chats('three'), 'c.json'] })).toMatchObject({ status: 202 })
  expect(await send(path, { key: 'with space', file: ['[]', 'c.json'] })).toMatchObject({ code: 'INVALID_INPUT' })
  const broken = await cairn.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'idempotency-key': key },
    body: '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\ncut',
  })
  expect(broken.status).toBeGreaterThanOrEqual(400)
  expect(broken.status).toBeLessThan(500)
  await quiet()
})

test('two at the same moment make one; the other is refused or answered the same', async () => {
  const path = '/api/import/chats'
  const key = newId()
  const file: [string, string] = [chats('at once'), 'c.json']
  const before = await jobsOf('imports.chats')
  const answers = await Promise.all(Array.from({ length: 4 }, () => send(path, { key, file })))
  const ids = new Set(answers.flatMap(({ job_id }) => job_id ?? []))
  expect(ids.size).toBe(1)
  for (const { status, code } of answers)
    expect([status, code]).toEqual(status === 202 ? [202, undefined] : [409, 'IDEMPOTENCY_CONFLICT'])
  expect(await jobsOf('imports.chats')).toBe(before + 1)
  await quiet()
  expect((await cairn.api.threads.list({ q: 'at once' })).items).toHaveLength(1)
})

test('it holds for every operation that takes a file', async () => {
  const taken = await exported(cairn.api, { components: ['threads'] })
  const bundle = new Uint8Array(await taken.file.arrayBuffer())
  const html = (name: string) =>
    `<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF="https://${name}.example">x</A></DL>`
  const files: Record<string, [one: Bytes, other: Bytes, name: string]> = {
    'bookmarks.import': [html('one'), html('two'), 'bookmarks.html'],
    'bundles.import': [bundle, new Uint8Array([80, 75, 5, 6]), 'bundle.zip'],
    'documents.add': ['One paper.', 'Another paper.', 'paper.txt'],
    'imports.chats': [chats('four'), chats('five'), 'conversations.json'],
  }
  const uploads = allOperations.filter(({ input }) => input === 'upload')
  expect(uploads.map(({ id }) => id).sort()).toEqual(Object.keys(files).sort())
  for (const { id, path } of uploads) {
    const [one, other, name] = files[id] as (typeof files)[string]
    const key = newId()
    const first = await send(path, { key, file: [one, name] })
    expect([id, first.status]).toEqual([id, id === 'documents.add' ? 201 : 202])
    expect([id, await send(path, { key, file: [one, name] })]).toEqual([id, first])
    expect([id, (await send(path, { key, file: [other, name] })).code]).toEqual([id, 'IDEMPOTENCY_CONFLICT'])
    expect([id, (await send(path, { key, file: [one, `x${name}`] })).code]).toEqual([id, 'IDEMPOTENCY_CONFLICT'])
    // Somebody else's key is another key.
    const { key: theirs } = await cairn.stranger()
    const form = new FormData()
    form.append(id === 'bundles.import' ? 'bundle' : 'file', new File([other], name))
    const headers = { authorization: `Bearer ${theirs}`, 'idempotency-key': key }
    const foreign = await fetch(cairn.url + path, { method: 'POST', body: form, headers })
    expect([id, foreign.status]).toEqual([id, first.status])
  }
  const { file } = await exported(cairn.api, { components: ['threads'] })
  const sent = { key: newId(), file: [new Uint8Array(await file.arrayBuffer()), 'b.zip'] as [Bytes, string] }
  const dry = await send('/api/import/bundle', { ...sent, fields: { dry_run: 'true' } })
  expect(dry.status).toBe(202)
  expect(await send('/api/import/bundle', { ...sent, fields: { dry_run: 'true' } })).toEqual(dry)
  expect(await send('/api/import/bundle', { ...sent, fields: { dry_run: 'false' } })).toMatchObject({ status: 409 })
  await quiet()
})
