import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BrowserName } from '@cairn/api/imports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firefoxSchema } from '../../../../../test/fixtures/browser-schemas.ts'
import { type Cairn, startCairn, until } from '../../../../../test/harness.ts'

let cairn: Cairn
let folder: string
beforeAll(async () => {
  cairn = await startCairn()
  folder = await mkdtemp(join(tmpdir(), 'cairn-bookmarks-'))
})
afterAll(async () => {
  await cairn.stop()
  await rm(folder, { recursive: true, force: true })
})
let places = 0
const place = async () => {
  const made = join(folder, String(places++))
  await mkdir(made)
  return made
}

type Api = Cairn['api']
async function ended(api: Api, source: BrowserName, path: string) {
  const { job_id } = await api.imports.bookmarks({ source, path })
  return until(async () => {
    const job = await api.jobs.get({ id: job_id })
    return job.completed_at === null ? null : job
  }, 60_000)
}
async function brought(api: Api, source: BrowserName, path: string) {
  const job = await ended(api, source, path)
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return { ...job, result: job.result as BookmarksImported }
}
const warnings = async (api: Api, id: string) =>
  (await api.jobs.log({ id })).items.filter(({ level }) => level === 'warn').map(({ message }) => message)
/** Titles of folders with the addresses right in them, in their order. */
async function shelves(api: Api) {
  const { items } = await api.bookmarks.tree()
  const found: [string, number, string[]][] = []
  for (const { id, title, depth } of items) {
    const inside = await api.bookmarks.list({ folder_id: id, limit: 200 })
    found.push([title, depth, inside.items.map(({ url }) => url)])
  }
  return found
}

/** Microseconds since 1601. */
const webkit = (time: string) => String((Date.parse(time) + 11_644_473_600_000) * 1_000)
const link = (id: number, name: string, url: string, added = '2020-01-02T03:04:05.678Z') => ({
  ...{ date_added: webkit(added), guid: `g${id}`, id: String(id), name, type: 'url', url },
})
const box = (id: number, name: string, children: unknown[]) => ({
  ...{ children, date_added: webkit('2019-01-01T00:00:00.000Z'), guid: `g${id}`, id: String(id), name, type: 'folder' },
})
/** As the browser wrote it; its checksum is the browser's own. */
const real = {
  checksum: 'a4d48b5b381407fd42fcf2435a88c6bb',
  roots: {
    bookmark_bar: box(1, 'Bookmarks bar', [box(5, 'Größe & <b>', [link(6, 'In it', 'https://in.example/?a=1&b=2')])]),
    other: box(2, 'Other bookmarks', [link(7, 'Other one', 'https://other.example/')]),
    synced: box(3, 'Mobile bookmarks', []),
  },
  version: 1,
}
const chromium = async (content: unknown) => {
  const path = await place()
  await writeFile(join(path, 'Bookmarks'), typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe("Chromium's bookmarks", () => {
  test('come in with folders, order and times; again they add nothing, and what was moved stays', async () => {
    const { api } = await cairn.stranger()
    const path = await chromium(real)
    const { id, result } = await brought(api, 'chromium', path)
    expect(result).toMatchObject({ read: 2, created: 2, known: 0, skipped: {}, folders: 3, flattened: 0 })
    expect(await warnings(api, id)).toEqual([])
    expect(await shelves(api)).toEqual([
      ['Bookmarks bar', 1, []],
      ['Größe & <b>', 2, ['https://in.example/?a=1&b=2']],
      ['Other bookmarks', 1, ['https://other.example/']],
    ])
    const [one] = (await api.bookmarks.list({ q: 'in.example' })).items
    expect(one).toMatchObject({ title: 'In it', created_at: '2020-01-02T03:04:05.678Z' })
    await api.bookmarks.move({ id: one?.id ?? '', folder_id: null })
    expect((await brought(api, 'chrome', join(path, 'Bookmarks'))).result).toMatchObject({
      ...{ created: 0, known: 2, folders: 0 },
    })
    const more = structuredClone(real)
    more.roots.other.children.push(link(9, 'New', 'https://new.example/'))
    const again = await brought(api, 'chromium', await chromium(more))
    expect(again.result).toMatchObject({ read: 3, created: 1, known: 2, folders: 0 })
    // Its checksum is still that of before.
    expect(await warnings(api, again.id)).toEqual([expect.stringContaining('checksum')])
    expect((await cairn.api.bookmarks.list()).items).toEqual([])
  })

  test('with odd things in them do nothing: text stays text, secrets are masked, depth is bounded', async () => {
    const { api } = await cairn.stranger()
    let deep: Record<string, unknown> = link(1_000, 'Bottom', 'https://bottom.example/')
    for (let level = 60; level > 0; level--) deep = box(level, `level ${level}`, [deep])
    const odd = [
      link(
        1,
        '</A></DL><script>alert(1)</script>\n"quoted\u0000"',
        'https://a:b@secret.example/?token=abcdefgh12345678',
      ),
      link(2, 'Script', 'javascript:alert("<1>")'),
      { ...link(3, 'Far ahead', 'https://time.example/'), date_added: '99999999999999999999' },
      { type: 'url', name: 7, url: null },
      { type: 'separator' },
      ...[null, 'text', ['list'], link(4, 'no address', 'not an address')],
      deep,
    ]
    const { result } = await brought(api, 'brave', await chromium({ roots: { bookmark_bar: box(0, '', odd) } }))
    expect(result).toMatchObject({ created: 4, flattened: 29 })
    expect(result.skipped).toMatchObject({ address: 2 })
    const { items } = await api.bookmarks.list({ limit: 200 })
    const said = JSON.stringify(items)
    expect(said).not.toMatch(/abcdefgh12345678|a:b@/)
    expect(items.map(({ title }) => title)).toEqual(
      expect.arrayContaining([expect.stringContaining('</A></DL><script>alert(1)</script>')]),
    )
    const ahead = items.find(({ title }) => title === 'Far ahead')
    expect(Date.parse(ahead?.created_at ?? '')).toBeLessThan(Date.now() + 1_000)
    expect((await api.bookmarks.tree()).items[0]?.title).toBe('Bookmarks bar')
  })

  test.each([
    ['cut off', JSON.stringify(real).slice(0, -40), 'PROFILE_NOT_READABLE', /cut off/],
    ['bytes', '\u0000\u0001\u0002', 'PROFILE_NOT_READABLE', /damaged/],
    ['another JSON', '[1, 2]', 'PROFILE_NOT_READABLE', /damaged/],
    ['nested without end', '['.repeat(200_000), 'PROFILE_NOT_READABLE', /damaged/],
    ['without any', { roots: { bookmark_bar: box(1, 'Bar', []) } }, 'BOOKMARKS_NOT_READABLE', /no bookmarks/],
  ])('%s: the job says why, and nothing is kept', async (_, content, code, words) => {
    const { api } = await cairn.stranger()
    const { status, error } = await ended(api, 'edge', await chromium(content))
    expect([status, error]).toEqual([
      'failed',
      expect.objectContaining({ code, message: expect.stringMatching(words) }),
    ])
    expect((await api.bookmarks.tree()).total).toEqual({ folders: 0, bookmarks: 0 })
    const left = await readdir(join(cairn.home, 'tmp', 'imports'), { recursive: true }).catch(() => [])
    expect(left.filter((name) => name.endsWith('.html') || name.endsWith('.db'))).toEqual([])
  })

  test('what is not there, or no file, is refused at once', async () => {
    const refusal = (input: { source: BrowserName; path: string }) =>
      cairn.api.imports.bookmarks(input).then(
        () => null,
        ({ problem }: { problem: { code: string } }) => problem.code,
      )
    const empty = await place()
    expect(await refusal({ source: 'chromium', path: empty })).toBe('PROFILE_NOT_READABLE')
    expect(await refusal({ source: 'chromium', path: '/dev/zero' })).toBe('PROFILE_NOT_READABLE')
    expect(await refusal({ source: 'firefox', path: join(await chromium(real), 'Bookmarks') })).toBe(
      'PROFILE_NOT_READABLE',
    )
    expect(await refusal({ source: 'chromium', path: 'relative' })).toBe('PROFILE_NOT_READABLE')
    expect(await refusal({ source: 'jsonl' as BrowserName, path: empty })).toBe('INVALID_INPUT')
  })
})

type Mark = [id: number, type: number, fk: number | null, parent: number, position: number, title: string, guid: string]
async function firefox(marks: readonly Mark[], urls: readonly string[]) {
  const path = await place()
  const db = new DatabaseSync(join(path, 'places.sqlite'))
  db.exec(firefoxSchema)
  for (const [at, url] of urls.entries()) db.prepare('insert into moz_places (id, url) values (?, ?)').run(at + 1, url)
  const insert = db.prepare(
    'insert into moz_bookmarks (id, type, fk, parent, position, title, guid, dateAdded) values (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  db.exec('delete from moz_bookmarks')
  for (const mark of marks) insert.run(...mark, 1_577_934_245_678_000)
  db.close()
  return path
}
const roots: Mark[] = [
  [1, 2, null, 0, 0, '', 'root________'],
  [2, 2, null, 1, 0, 'menu', 'menu________'],
  [3, 2, null, 1, 1, 'toolbar', 'toolbar_____'],
  [4, 2, null, 1, 2, 'tags', 'tags________'],
  [5, 2, null, 1, 3, 'unfiled', 'unfiled_____'],
]

describe("Firefox's bookmarks", () => {
  test('come in with folders, order, times and tags, without searches and separators; again they add nothing', async () => {
    const { api } = await cairn.stranger()
    const path = await firefox(
      [
        ...roots,
        [10, 1, 2, 3, 1, 'Second', 'a10'],
        [11, 1, 1, 3, 0, 'First', 'a11'],
        [12, 2, null, 2, 0, 'Folder', 'a12'],
        [13, 3, null, 12, 0, '', 'a13'],
        [14, 1, 3, 12, 1, 'Inside', 'a14'],
        [15, 1, 4, 2, 1, 'Recent', 'a15'],
        [16, 2, null, 4, 0, 'Tea', 'a16'],
        [17, 1, 1, 16, 0, '', 'a17'],
        [18, 2, null, 4, 1, 'slow food', 'a18'],
        [19, 1, 1, 18, 0, '', 'a19'],
      ],
      ['https://one.example/', 'https://two.example/', 'https://three.example/', 'place:sort=8&maxResults=10'],
    )
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ read: 3, created: 3, folders: 3, skipped: {} })
    expect(await shelves(api)).toEqual([
      ['Bookmarks Toolbar', 1, ['https://one.example/', 'https://two.example/']],
      ['Bookmarks Menu', 1, []],
      ['Folder', 2, ['https://three.example/']],
    ])
    const [first] = (await api.bookmarks.list({ q: 'one.example' })).items
    expect(first).toMatchObject({ tags: ['slow food', 'tea'], created_at: '2020-01-02T03:04:05.678Z' })
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ created: 0, known: 3, folders: 0 })
  })

  test('that hang in themselves, or in nothing, end', async () => {
    const { api } = await cairn.stranger()
    const path = await firefox(
      [
        ...roots,
        [20, 2, null, 21, 0, 'One', 'b20'],
        [21, 2, null, 20, 0, 'Other', 'b21'],
        [22, 2, null, 22, 0, 'Itself', 'b22'],
        [23, 1, 1, 99, 0, 'Lost', 'b23'],
        [24, 1, 1, 5, 0, 'Found', 'b24'],
        [25, 1, 77, 5, 1, 'Without address', 'b25'],
        [2, 2, null, 1, 0, 'menu', 'menu________'],
      ].filter(([id], at, all) => all.findIndex(([one]) => one === id) === at) as Mark[],
      ['https://found.example/'],
    )
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ read: 1, created: 1, folders: 1 })
    expect(await shelves(api)).toEqual([['Other Bookmarks', 1, ['https://found.example/']]])
  })

  test('of no version that is known, or damaged, are refused with the reason', async () => {
    const { api } = await cairn.stranger()
    const path = await place()
    const db = new DatabaseSync(join(path, 'places.sqlite'))
    db.exec('create table moz_places (id integer primary key, url text)')
    db.close()
    const { error } = await ended(api, 'firefox', path)
    expect(error).toMatchObject({ code: 'PROFILE_NOT_READABLE', message: expect.stringContaining('moz_bookmarks') })
  })
})
