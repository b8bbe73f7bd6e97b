import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserName } from '@cairn/api/imports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cairn, startCairn } from '../../../../../test/harness.ts'
import { brought, ended, shelves } from './bookmarks.fixture.ts'

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
const warnings = async (api: Api, id: string) =>
  (await api.jobs.log({ id })).items.filter(({ level }) => level === 'warn').map(({ message }) => message)
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

  test('of a new profile are none, and that is no fault', async () => {
    const { api } = await cairn.stranger()
    const path = await chromium({ roots: { bookmark_bar: box(1, 'Bar', []) } })
    expect(await ended(api, 'edge', path)).toMatchObject({ status: 'succeeded', result: { read: 0, created: 0 } })
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
