import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type FirefoxShelves, openFirefoxBookmarks } from '../../../../../test/fixtures/firefox-bookmarks.ts'
import { type Cairn, startCairn } from '../../../../../test/harness.ts'
import { brought, ended, shelves } from './bookmarks.fixture.ts'

let cairn: Cairn
let folder: string
beforeAll(async () => {
  cairn = await startCairn()
  folder = await mkdtemp(join(tmpdir(), 'cairn-firefox-'))
})
afterAll(async () => {
  await cairn.stop()
  await rm(folder, { recursive: true, force: true })
})
const place = () => mkdtemp(join(folder, 'profile-'))

/** A profile that no browser holds; `change` writes what the browser would not. */
async function profile(kept: FirefoxShelves, change: (db: DatabaseSync) => void = () => undefined) {
  const path = await place()
  const db = openFirefoxBookmarks(path, kept)
  change(db)
  db.close()
  return path
}

describe("Firefox's bookmarks", () => {
  test('come in with folders, order, times and tags, without searches and separators; again they add nothing', async () => {
    const { api } = await cairn.stranger()
    const path = await profile({
      menu: [
        { title: 'Folder', children: ['separator', { title: 'Inside', url: 'https://three.example/' }] },
        { title: 'Recent', url: 'place:sort=8&maxResults=10' },
        { title: 'Empty', children: [] },
      ],
      toolbar: [
        { title: 'First', url: 'https://one.example/', tags: ['Tea', 'slow food'], keyword: 'one' },
        { title: null, url: 'https://two.example/', added: Date.UTC(2021, 5, 6) },
        'separator',
        { title: 'Again', url: 'https://three.example/', tags: ['Tea'] },
      ],
      mobile: [{ title: 'On the way', url: 'https://four.example/' }],
    })
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ read: 5, created: 5, folders: 5, skipped: {} })
    expect(await shelves(api)).toEqual([
      ['Bookmarks Toolbar', 1, ['https://one.example/', 'https://two.example/', 'https://three.example/']],
      ['Bookmarks Menu', 1, []],
      ['Folder', 2, ['https://three.example/']],
      ['Empty', 2, []],
      ['Mobile Bookmarks', 1, ['https://four.example/']],
    ])
    const { items } = await api.bookmarks.list({ limit: 200 })
    const of = (site: string) => items.filter(({ url }) => url.includes(site))
    expect(of('one.example')).toMatchObject([
      { title: 'First', tags: ['slow food', 'tea'], created_at: '2020-01-02T03:04:05.678Z' },
    ])
    expect(of('two.example')).toMatchObject([{ created_at: '2021-06-06T00:00:00.000Z' }])
    // A tag is of the address, wherever it is kept.
    expect(of('three.example').map(({ tags }) => tags)).toEqual([['tea'], ['tea']])
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ created: 0, known: 5, folders: 0 })
  })

  test('come in while the browser holds them, also what stands only in its log so far', async () => {
    const { api } = await cairn.stranger()
    const path = await place()
    const browser = openFirefoxBookmarks(path, { unfiled: [{ title: 'Held', url: 'https://held.example/' }] })
    onTestFinished(() => browser.close())
    browser.exec("begin immediate; update moz_bookmarks set title = 'not yet' where title = 'Held'")
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ read: 1, created: 1 })
    expect((await api.bookmarks.list()).items).toMatchObject([{ title: 'Held', url: 'https://held.example/' }])
  })

  test('of an old version come in: live bookmarks as folders, and nothing of what the browser kept for itself', async () => {
    const { api } = await cairn.stranger()
    const path = await profile(
      {
        toolbar: [
          { title: 'Latest Headlines', children: [], feed: 'https://news.example/feed.xml' },
          { title: 'Most Visited', url: 'place:sort=8&maxResults=10' },
        ],
        unfiled: [{ title: 'Kept', url: 'https://kept.example/' }],
      },
      (db) =>
        db.exec(`create table moz_bookmarks_roots (root_name varchar(16) unique, folder_id integer);
        insert into moz_bookmarks_roots select title, id from moz_bookmarks where parent = 1;
        insert into moz_bookmarks (type, parent, position, title, guid) values (2, 1, 9, 'Organizer', 'organizer___');
        insert into moz_bookmarks (type, fk, parent, position, title, guid)
          select 1, 1, id, 0, 'History', 'orghistory__' from moz_bookmarks where title = 'Organizer';
        insert into moz_bookmarks_deleted values ('gone________', 1);
        pragma user_version = 26`),
    )
    expect((await brought(api, 'firefox', path)).result).toMatchObject({ read: 1, created: 1, folders: 3 })
    expect(await shelves(api)).toEqual([
      ['Bookmarks Toolbar', 1, []],
      ['Latest Headlines', 2, []],
      ['Other Bookmarks', 1, ['https://kept.example/']],
    ])
  })

  test('with odd rows among them do nothing: rings end, what hangs nowhere or has no address stays out', async () => {
    const { api } = await cairn.stranger()
    const row = (values: string) =>
      `insert into moz_bookmarks (id, type, fk, parent, position, title, guid, dateAdded) values (${values});`
    const path = await profile(
      {
        unfiled: [
          { title: 'Found', url: 'https://found.example/' },
          { title: 'Script', url: 'javascript:alert(1)' },
          { title: 'Inside', url: 'about:config' },
          { title: 'Secret', url: 'https://ann:hunter2@secret.example/?token=abcdefgh12345678' },
          { title: '</A></DL><script>alert(1)</script>', url: 'https://markup.example/' },
        ],
      },
      (db) =>
        db.exec(
          [
            row("120, 2, null, 121, 0, 'One', 'b20', 0"),
            row("121, 2, null, 120, 0, 'Other', 'b21', 0"),
            row("122, 2, null, 122, 0, 'Itself', 'b22', 0"),
            row("123, 1, 1, 99, 0, 'Lost', 'b23', 0"),
            row("124, 1, 7777, 5, 0, 'Without place', 'b24', 0"),
            row("125, 1, null, 5, -3, 'Without address', null, null"),
            row("126, 4, 1, 5, 1, 'Of a kind that is gone', null, 0"),
            row('127, null, null, null, null, null, null, null'),
            row(
              "128, 1, 1, (select id from moz_bookmarks where guid = 'menu________'), 0, cast(x'43616ce9ff' as text), 'b28', 9223372036854775807",
            ),
            // The ring hangs in the tree: the toolbar's root stands in a folder of its own.
            "update moz_bookmarks set parent = 129 where guid = 'toolbar_____';",
            row("129, 2, null, (select id from moz_bookmarks where guid = 'toolbar_____'), 0, 'Round', 'b29', -1"),
            // Tags without a name, and one that is no folder.
            row("130, 2, null, (select id from moz_bookmarks where guid = 'tags________'), 0, null, 'b30', 0"),
            row("131, 1, 1, 130, 0, null, 'b31', 0"),
            row("132, 1, 1, (select id from moz_bookmarks where guid = 'tags________'), 0, 'no folder', 'b32', 0"),
          ].join('\n'),
        ),
    )
    const { result } = await brought(api, 'firefox', path)
    expect(result).toMatchObject({ read: 6, created: 6, folders: 4, skipped: {} })
    const { items } = await api.bookmarks.list({ limit: 200 })
    expect(JSON.stringify(items)).not.toMatch(/hunter2|abcdefgh12345678/)
    expect(items.map(({ title }) => title)).toContain('</A></DL><script>alert(1)</script>')
    for (const { created_at } of items) expect(Date.parse(created_at)).toBeLessThan(Date.now() + 1_000)
    expect((await shelves(api)).map(([title]) => title)).toEqual([
      'Bookmarks Toolbar',
      'Round',
      'Bookmarks Menu',
      'Other Bookmarks',
    ])
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

  test('of a new profile are none, and that is no fault', async () => {
    const { api } = await cairn.stranger()
    const nothing = { read: 0, created: 0, folders: 0 }
    expect((await brought(api, 'firefox', await profile({}))).result).toMatchObject(nothing)
  })
})
