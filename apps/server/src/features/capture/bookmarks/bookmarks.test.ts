import type { Bookmark, BookmarkFolder } from '@cairn/api/bookmarks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cairn, startCairn, until } from '../../../../test/harness.ts'
import { plansOf } from '../../../../test/plans.ts'
import { newId } from '../../../kernel/ids.ts'
import * as store from './store.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const refusal = async (call: Promise<unknown>) =>
  call.then(
    () => null,
    (thrown: { problem?: unknown }) => thrown.problem ?? thrown,
  )
/** Types and data of the events that an action made. */
async function eventsOf(action: () => Promise<unknown>) {
  const { last } = await cairn.api.events.follow({ limit: 1_000 })
  await action()
  const { items } = await cairn.api.events.follow({ after: last, limit: 1_000 })
  return items.filter(({ type }) => !type.startsWith('job.')).map(({ type, data }) => ({ type, data }))
}
const folder = (title: string, parent: BookmarkFolder | null = null) =>
  cairn.api.bookmarks.createFolder({ title, parent_id: parent?.id ?? null })
const keep = (url: string, where: BookmarkFolder | null = null, more: { title?: string; tags?: string[] } = {}) =>
  cairn.api.bookmarks.create({ url, folder_id: where?.id ?? null, ...more })
const inside = async (where: BookmarkFolder) =>
  (await cairn.api.bookmarks.list({ folder_id: where.id, limit: 200 })).items
const urls = (rows: readonly Bookmark[]) => rows.map(({ url }) => url.replace(/^https:\/\/|\/$/g, ''))

test('a bookmark is kept, read, changed and removed, each with one event that tells nothing of it', async () => {
  let made = {} as Bookmark
  const keeping = await eventsOf(async () => {
    made = await keep('https://www.Stones.example/a b?q=1', null, {
      title: ' Piles \n of stones ',
      tags: ['Slow', 'slow'],
    })
  })
  expect(made).toMatchObject({
    ...{ url: 'https://www.stones.example/a%20b?q=1', title: 'Piles of stones', tags: ['slow'], version: 1 },
    ...{ site: 'stones.example', folder_id: null },
  })
  expect(keeping).toEqual([{ type: 'bookmark.created', data: {} }])
  expect(await cairn.api.bookmarks.get({ id: made.id })).toEqual(made)

  const changing = await eventsOf(() => cairn.api.bookmarks.update({ id: made.id, title: 'Cairns' }))
  expect(changing).toEqual([{ type: 'bookmark.changed', data: { fields: ['title'] } }])
  expect(await eventsOf(() => cairn.api.bookmarks.update({ id: made.id, title: 'Cairns' }))).toEqual([])
  const stale = cairn.api.bookmarks.update({ id: made.id, title: 'x' }, { headers: { 'if-match': '"1"' } })
  expect(await refusal(stale)).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' })

  const going = await eventsOf(() => cairn.api.bookmarks.remove({ id: made.id }))
  expect(going).toEqual([{ type: 'bookmark.removed', data: {} }])
  expect(JSON.stringify([keeping, changing, going])).not.toMatch(/stones|Cairns/)
  expect(await refusal(cairn.api.bookmarks.get({ id: made.id }))).toMatchObject({ code: 'BOOKMARK_NOT_FOUND' })
})

test('secrets are masked, what is no web page stays text, and bad input changes nothing', async () => {
  const masked = await keep('https://user:pw@example.com/?access_token=abcdef123456', null, {
    title: 'password=hunter2hunter2',
  })
  expect(masked).toMatchObject({ url: 'https://example.com/?access_token=***', title: 'password=***' })
  expect(await keep('javascript:alert(document.title)')).toMatchObject({
    ...{ url: 'javascript:alert(document.title)', site: null, title: '' },
  })
  const count = async () => (await cairn.api.bookmarks.tree()).total.bookmarks
  const before = await count()
  for (const bad of [
    { url: 'no address' },
    { url: `https://example.com/${'é'.repeat(6_000)}` },
    { url: 'https://example.com', folder_id: newId() },
    { url: 'https://example.com', tags: ['a,b'] },
    { url: 'https://example.com', tags: [' a'] },
  ])
    expect(['INVALID_INPUT', 'BOOKMARK_FOLDER_NOT_FOUND']).toContain(
      ((await refusal(cairn.api.bookmarks.create(bad))) as { code: string }).code,
    )
  expect(await refusal(cairn.api.bookmarks.createFolder({ title: ' \n ' }))).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await refusal(cairn.api.bookmarks.list({ cursor: 'x' }))).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await count()).toBe(before)
})

test('the same id and content is the same bookmark or folder, other content is refused', async () => {
  const input = { id: newId(), url: 'https://once.example/', tags: ['b', 'a'] }
  const all = await Promise.all(Array.from({ length: 6 }, () => cairn.api.bookmarks.create(input)))
  expect(new Set(all.map(({ created_at }) => created_at)).size).toBe(1)
  expect(await refusal(cairn.api.bookmarks.create({ ...input, title: 'x' }))).toMatchObject({ code: 'CONFLICT' })
  const box = { id: newId(), title: 'box' }
  expect(await cairn.api.bookmarks.createFolder(box)).toEqual(await cairn.api.bookmarks.createFolder(box))
  expect(await refusal(cairn.api.bookmarks.createFolder({ ...box, title: 'x' }))).toMatchObject({ code: 'CONFLICT' })
})

test('a folder has the order that people give it, in pages, however often they change it', async () => {
  const box = await folder('order')
  const [a, b, c] = [await keep('https://a/', box), await keep('https://b/', box), await keep('https://c/', box)] as [
    Bookmark,
    Bookmark,
    Bookmark,
  ]
  expect(urls(await inside(box))).toEqual(['a', 'b', 'c'])
  await cairn.api.bookmarks.move({ id: c.id, before: a.id })
  expect(urls(await inside(box))).toEqual(['c', 'a', 'b'])
  await cairn.api.bookmarks.move({ id: c.id, after: a.id })
  await cairn.api.bookmarks.move({ id: b.id, to: 'top' })
  expect(urls(await inside(box))).toEqual(['b', 'a', 'c'])
  const first = await cairn.api.bookmarks.list({ folder_id: box.id, limit: 2 })
  const rest = await cairn.api.bookmarks.list({ folder_id: box.id, limit: 2, cursor: first.next_cursor as string })
  expect(urls([...first.items, ...rest.items])).toEqual(['b', 'a', 'c'])
  expect(rest.next_cursor).toBeNull()
  expect(await refusal(cairn.api.bookmarks.move({ id: a.id, before: a.id }))).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await refusal(cairn.api.bookmarks.move({ id: a.id, before: b.id, to: 'top' }))).toMatchObject({
    code: 'INVALID_INPUT',
  })

  const other = await folder('other order')
  expect(await refusal(cairn.api.bookmarks.move({ id: a.id, folder_id: other.id, after: b.id }))).toMatchObject({
    code: 'INVALID_INPUT',
  })
  await cairn.api.bookmarks.move({ id: a.id, folder_id: other.id })
  await cairn.api.bookmarks.update({ id: b.id, folder_id: other.id })
  expect([urls(await inside(box)), urls(await inside(other))]).toEqual([['c'], ['a', 'b']])
})

test('folders hang in each other, never in a ring and never too deep', async () => {
  const [one, two, three] = [await folder('one'), await folder('two'), await folder('three')]
  await cairn.api.bookmarks.moveFolder({ id: two.id, parent_id: one.id })
  await cairn.api.bookmarks.moveFolder({ id: three.id, parent_id: two.id })
  for (const parent_id of [one.id, two.id, three.id])
    expect(await refusal(cairn.api.bookmarks.moveFolder({ id: one.id, parent_id }))).toMatchObject({
      code: 'INVALID_INPUT',
    })
  expect((await cairn.api.bookmarks.getFolder({ id: three.id })).path.map(({ title }) => title)).toEqual(['one', 'two'])
  await keep('https://deep.example/', three)
  const { items, total } = await cairn.api.bookmarks.tree()
  const at = items.findIndex(({ id }) => id === one.id)
  expect(items.slice(at, at + 3)).toMatchObject([
    { title: 'one', depth: 1, bookmarks: 0 },
    { title: 'two', depth: 2, parent_id: one.id },
    { title: 'three', depth: 3, bookmarks: 1 },
  ])
  expect(total.folders).toBe(items.length)
  expect((await cairn.api.bookmarks.listFolders({ parent_id: one.id })).items.map(({ title }) => title)).toEqual([
    'two',
  ])

  // Both at once: one of them is refused, or waits and is refused then.
  const [left, right] = [await folder('left'), await folder('right')]
  const moves = await Promise.allSettled([
    cairn.api.bookmarks.moveFolder({ id: left.id, parent_id: right.id }),
    cairn.api.bookmarks.moveFolder({ id: right.id, parent_id: left.id }),
  ])
  expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)

  let deepest = three
  for (let depth = 4; depth <= 32; depth++) deepest = await folder(`level ${depth}`, deepest)
  expect(await refusal(cairn.api.bookmarks.createFolder({ title: 'x', parent_id: deepest.id }))).toMatchObject({
    code: 'INVALID_INPUT',
  })
  const outside = await folder('outside')
  expect(await refusal(cairn.api.bookmarks.moveFolder({ id: one.id, parent_id: outside.id }))).toMatchObject({
    code: 'INVALID_INPUT',
  })
  const renaming = await eventsOf(() => cairn.api.bookmarks.updateFolder({ id: one.id, title: 'uno' }))
  expect(renaming).toEqual([{ type: 'bookmark_folder.changed', data: { fields: ['title'] } }])

  const removing = await eventsOf(async () => {
    expect(await cairn.api.bookmarks.removeFolder({ id: one.id })).toEqual({ removed: { folders: 32, bookmarks: 1 } })
  })
  expect(removing).toEqual([{ type: 'bookmark_folder.removed', data: { folders: 32, bookmarks: 1 } }])
  expect(await refusal(cairn.api.bookmarks.getFolder({ id: three.id }))).toMatchObject({
    code: 'BOOKMARK_FOLDER_NOT_FOUND',
  })
  expect((await cairn.api.bookmarks.list({ url: 'https://deep.example' })).items).toEqual([])
})

test('bookmarks are found by words, tag and address, and by the search over everything', async () => {
  const box = await folder('found')
  const made = await keep('https://kettle.example/tea/how-to', box, {
    title: 'Brewing 100% _oolong_',
    tags: ['tea time'],
  })
  await keep('https://kettle.example/coffee', box, { title: 'Grinding', tags: ['coffee'] })
  const found = async (query: Parameters<typeof cairn.api.bookmarks.list>[0]) =>
    urls((await cairn.api.bookmarks.list(query)).items)
  expect(await found({ q: 'KETTLE brew' })).toEqual(['kettle.example/tea/how-to'])
  expect(await found({ q: '100% _oolong_' })).toHaveLength(1)
  expect(await found({ q: 'kettle %' })).toHaveLength(1)
  expect(await found({ tag: 'tea time' })).toEqual(['kettle.example/tea/how-to'])
  expect(await found({ url: 'https://KETTLE.example/coffee' })).toEqual(['kettle.example/coffee'])
  expect(await found({ folder_id: box.id, q: 'kettle' })).toEqual([
    'kettle.example/tea/how-to',
    'kettle.example/coffee',
  ])
  const { items } = await cairn.api.bookmarks.tags()
  expect(items).toEqual(expect.arrayContaining([{ tag: 'tea time', bookmarks: 1 }]))

  const hit = await until(async () => {
    const { hits } = await cairn.api.search.query({ query: 'oolong', kinds: ['bookmark'] })
    return hits[0] ?? null
  })
  expect(hit.source).toMatchObject({ kind: 'bookmark', id: made.id, uri: made.url })
  await cairn.api.bookmarks.remove({ id: made.id })
  await until(async () => (await cairn.api.search.query({ query: 'oolong', kinds: ['bookmark'] })).hits.length === 0)
})

test('others see nothing of it, and a key does what it was made for', async () => {
  const { api } = await cairn.stranger()
  const box = await folder('mine')
  const made = await keep('https://mine.example/', box)
  const all = await Promise.allSettled([
    api.bookmarks.get({ id: made.id }),
    api.bookmarks.update({ id: made.id, title: 'x' }),
    api.bookmarks.move({ id: made.id, to: 'top' }),
    api.bookmarks.remove({ id: made.id }),
    api.bookmarks.getFolder({ id: box.id }),
    api.bookmarks.updateFolder({ id: box.id, title: 'x' }),
    api.bookmarks.moveFolder({ id: box.id, to: 'top' }),
    api.bookmarks.removeFolder({ id: box.id }),
    api.bookmarks.list({ folder_id: box.id }),
    api.bookmarks.listFolders({ parent_id: box.id }),
    api.bookmarks.create({ url: 'https://x.example', folder_id: box.id }),
    api.bookmarks.createFolder({ title: 'x', parent_id: box.id }),
    api.bookmarks.export({ folder_id: box.id }),
  ])
  expect(
    all.map((one) => one.status === 'rejected' && (one.reason as { problem: { status: number } }).problem.status),
  ).toEqual(all.map(() => 404))
  expect((await api.bookmarks.list()).items).toEqual([])
  expect((await api.bookmarks.tree()).total).toEqual({ folders: 0, bookmarks: 0 })

  const reader = cairn.client((await cairn.api.users.createKey({ name: 'r', scopes: ['bookmarks:read'] })).secret)
  expect((await reader.bookmarks.get({ id: made.id })).url).toBe(made.url)
  expect(await refusal(reader.bookmarks.remove({ id: made.id }))).toMatchObject({ code: 'ACCESS_DENIED' })
  await cairn.restart()
  expect(await cairn.api.bookmarks.get({ id: made.id })).toEqual(made)
})

test('lists come out of an index in their order', async () => {
  const words: string[] = []
  const plans = await plansOf(cairn.core.kernel.database, async (db) => {
    const from = { workspace: cairn.core.workspace, db }
    await store.folderPage(from, { folder: null, words, limit: 51, after: ['a0', ''] })
    await store.folderPage(from, { folder: newId(), words, limit: 51, after: null })
    await store.newestPage(from, { words, limit: 51, after: [1, ''] })
    await store.subfolderPage(from, { parent: newId(), limit: 51, after: null })
    for (const up of [true, false])
      for (const table of ['bookmarks', 'bookmark_folders'] as const)
        await store.positionsBeyond(from, table, { parent: null, beyond: 'a0', up, without: 'x', limit: 1 })
  })
  expect(plans.filter(({ sorts, scans }) => sorts || scans)).toEqual([])
  const [byAddress] = await plansOf(cairn.core.kernel.database, (db) =>
    store.newestPage({ workspace: cairn.core.workspace, db }, { words, url_key: 'x', limit: 51, after: null }),
  )
  expect(byAddress).toMatchObject({ scans: false })
})
