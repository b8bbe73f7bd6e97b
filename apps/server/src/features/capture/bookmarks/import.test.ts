import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BookmarksImported } from '@cairn/api/bookmarks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { newId } from '../../../kernel/ids.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const fileOf = (body: string) =>
  new Blob([`<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>Menu</H1>\n<DL><p>${body}</DL><p>`])
const link = (url: string, title = 'x', more = '') => `<DT><A HREF="${url}" ${more}>${title}</A>\n`
const box = (title: string, body: string) => `<DT><H3 ADD_DATE="1500000000">${title}</H3>\n<DL><p>\n${body}</DL><p>\n`
const ended = (id: string) =>
  until(async () => {
    const job = await cairn.api.jobs.get({ id })
    return job.completed_at === null ? null : job
  }, 60_000)
async function brought(file: Blob, folder?: string) {
  const { job_id } = await cairn.api.bookmarks.import.upload(file, folder ? { folder_id: folder } : {})
  const job = await ended(job_id)
  return { ...job, result: job.result as BookmarksImported | null }
}
const target = (title: string) => cairn.api.bookmarks.createFolder({ title })
/** All of a folder, as a browser would get it. */
const exported = async (folder_id: string) =>
  (await (await cairn.api.bookmarks.export.raw({ folder_id })).text()).split('\n').map((line) => line.trim())
const files = async () =>
  (await readdir(join(cairn.home, 'blobs'), { recursive: true, withFileTypes: true }).catch(() => [])).filter((one) =>
    one.isFile(),
  )
const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )

test('a file comes in with its folders, tags and times, once however often, and goes out as it was', async () => {
  const { id } = await target('round trip')
  const file = fileOf(
    link('https://first.example/?a=1&amp;b=2', 'First &lt;b&gt; &amp; &#8212;', 'ADD_DATE="1600000000" ICON="data:x"') +
      box(
        'Bar',
        link('https://in.example/', 'In', 'TAGS="Slow food,b"') + box('Deeper', link('https://deep.example/')),
      ) +
      box('Bar', link('https://again.example/') + link('https://in.example/', 'the same once more')),
  )
  const first = await brought(file, id)
  expect(first).toMatchObject({
    status: 'succeeded',
    result: { read: 5, created: 4, known: 1, skipped: {}, folders: 2, flattened: 0 },
  })
  const lines = await exported(id)
  expect(lines.slice(4, -1)).toEqual([
    '<DL><p>',
    '<DT><H3 ADD_DATE="1500000000">Bar</H3>',
    '<DL><p>',
    '<DT><H3 ADD_DATE="1500000000">Deeper</H3>',
    '<DL><p>',
    expect.stringContaining('https://deep.example/'),
    '</DL><p>',
    expect.stringContaining('TAGS="b,slow food">In</A>'),
    expect.stringContaining('https://again.example/'),
    '</DL><p>',
    '<DT><A HREF="https://first.example/?a=1&amp;b=2" ADD_DATE="1600000000">First &lt;b&gt; &amp; —</A>',
    '</DL><p>',
  ])
  // What a person moved and renamed stays where it is, and is not brought in again.
  const { items } = await cairn.api.bookmarks.list({ q: 'in.example' })
  await cairn.api.bookmarks.move({ id: items[0]?.id ?? '', folder_id: id })
  const [bar] = (await cairn.api.bookmarks.listFolders({ parent_id: id })).items
  await cairn.api.bookmarks.updateFolder({ id: bar?.id ?? '', title: 'Toolbar' })
  expect((await brought(file, id)).result).toMatchObject({ created: 0, known: 5, folders: 0 })
  // And what went out comes in elsewhere as the same.
  const other = await target('other')
  expect((await brought(new Blob([(await exported(id)).join('\n')]), other.id)).result).toMatchObject({ created: 4 })
  expect((await exported(other.id)).slice(4)).toEqual((await exported(id)).slice(4))
  expect(await files()).toEqual([])
})

test('hostile files do nothing: titles and addresses are text, secrets masked, depth and times bounded', async () => {
  const { id } = await target('hostile')
  let deep = link('https://bottom.example/')
  for (let level = 60; level > 0; level--) deep = box(`level ${level}`, deep)
  const { result, status } = await brought(
    fileOf(
      link('javascript:alert(1)', '<script>alert(2)</script>&lt;img src=x onerror=alert(3)&gt;\u202e') +
        link(
          'https://a:b@secret.example/?token=abcdefgh12345678',
          'password=hunter2hunter2',
          'ADD_DATE="99999999999"',
        ) +
        link('no address at all') +
        link(`https://example.com/${'x'.repeat(20_000)}`) +
        `<DT><A>no href</A><DT><A HREF="https://open.example/">left open<DT>${deep}` +
        '</DL></DL></DL></DL><b><DD>described<H3>',
    ),
    id,
  )
  expect(status).toBe('succeeded')
  expect(result).toMatchObject({
    read: 6,
    created: 4,
    skipped: { address: 1, too_long: 1 },
    flattened: 29,
    folders: 32,
  })
  const { items } = await cairn.api.bookmarks.list({ folder_id: id })
  expect(items.map(({ url, title }) => [url, title])).toEqual([
    ['javascript:alert(1)', 'alert(2)<img src=x onerror=alert(3)>\u202e'],
    ['https://secret.example/?token=***', 'password=***'],
    ['https://open.example/', 'left open'],
  ])
  expect(Date.parse(items[1]?.created_at ?? '')).toBeLessThan(Date.now() + 1_000)
  const page = (await exported(id)).join('\n')
  expect(page).not.toMatch(/<script|<img|hunter2|abcdefgh/)
})

test('what is no file of bookmarks is refused with the reason, and nothing is kept', async () => {
  const none = async (body: Blob) => {
    const { status, error } = await brought(body)
    return [status, error?.code, error?.message]
  }
  expect(await none(new Blob([new Uint8Array(5_000).fill(255)]))).toEqual([
    'failed',
    'BOOKMARKS_NOT_READABLE',
    expect.stringContaining('there are no bookmarks in it'),
  ])
  const many = Array.from({ length: 100_001 }, (_, at) => `<A HREF=${at}>`).join('')
  expect(await none(fileOf(box('kept', many)))).toEqual([
    'failed',
    'BOOKMARKS_NOT_READABLE',
    expect.stringContaining('100,000'),
  ])
  const api = cairn.api.bookmarks.import
  expect(await refusal(api.upload(fileOf(''), { folder_id: newId() }))).toMatchObject({ status: 404 })
  const post = (body: string, type: string) =>
    cairn.fetch('/api/import/bookmarks', { method: 'POST', body, headers: { 'content-type': type } })
  for (const [body, type] of [
    ['{}', 'application/json'],
    ['', 'multipart/form-data; boundary=x'],
    ['--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut', 'multipart/form-data; boundary=x'],
    ['--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', 'multipart/form-data; boundary=x'],
  ] as const)
    expect([body, (await post(body, type)).status]).toEqual([body, 422])
  await until(async () => (await files()).length === 0)
  expect((await cairn.api.bookmarks.tree()).items.filter(({ title }) => title === 'kept')).toEqual([])
})

test('two imports at once bring in each bookmark once, and a cancelled one lets go of its file', async () => {
  const { id } = await target('at once')
  const file = fileOf(
    box('A', Array.from({ length: 700 }, (_, at) => link(`https://once.example/${at}`)).join('')) +
      Array.from({ length: 300 }, (_, at) => link(`https://once.example/${at}`)).join(''),
  )
  const both = await Promise.all([brought(file, id), brought(file, id)])
  expect(both.map(({ result }) => result?.created).sort()).toEqual([0, 1_000])
  // As many as this go on as a job.
  const gone = await cairn.api.bookmarks.removeFolder({ id })
  const removal = await ended(gone.job_id ?? '')
  expect(removal).toMatchObject({ status: 'succeeded', result: { folders: 2, bookmarks: 1_000 } })
  expect([null, removal.result]).toContainEqual(gone.removed)
  expect((await cairn.api.bookmarks.list({ q: 'once.example' })).items).toEqual([])

  const keyed = { headers: { 'idempotency-key': newId() } }
  const once = await cairn.api.bookmarks.import.upload(file, {}, keyed)
  expect(await cairn.api.bookmarks.import.upload(file, {}, keyed)).toEqual(once)
  const { job_id } = await cairn.api.bookmarks.import.upload(file)
  await refusal(cairn.api.jobs.cancel({ id: job_id }))
  await ended(once.job_id)
  await ended(job_id)
  await until(async () => (await files()).length === 0)
})
