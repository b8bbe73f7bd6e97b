/** Imports of every kind into one workspace at once: each holds some of what the others hold. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BookmarksImported } from '@cairn/api/bookmarks'
import type { BundleImported } from '@cairn/api/bundles'
import type { ChatsImported, HistoryImported } from '@cairn/api/imports'
import { expect, onTestFinished, test } from 'vitest'
import { makeChromiumProfile } from '../../../../test/fixtures/browser-profiles.ts'
import { type Cairn, startCairn } from '../../../../test/harness.ts'
import { claude } from '../../capture/imports/chats/exports.fixture.ts'
import { ended, exported, rowsIn } from './bundles.fixture.ts'

type Api = Cairn['api']
const visits = 4_000
const [shelves, onEach] = [4, 150]
const talkedOf = 120

/** As a profile keeps them, and as the same browser writes them down: in one folder for the bar, which holds the others. */
const bookmarks = Array.from({ length: shelves }, (_, shelf) =>
  Array.from({ length: onEach }, (__, at) => `https://kept.example/${shelf}/${at}`),
)
const inProfile = {
  version: 1,
  roots: {
    bookmark_bar: {
      ...{ type: 'folder', name: 'Bar' },
      children: bookmarks.map((urls, shelf) => ({
        ...{ type: 'folder', name: `shelf ${shelf}` },
        children: urls.map((url) => ({ type: 'url', name: url, url })),
      })),
    },
  },
}
const lines = bookmarks.map((urls, shelf) => {
  const links = urls.map((url) => `<DT><A HREF="${url}">${url}</A>`)
  return `<DT><H3>shelf ${shelf}</H3><DL><p>${links.join('\n')}</DL><p>`
})
const inFile = () => new Blob([`<DL><p><DT><H3>Bar</H3><DL><p>${lines.join('\n')}</DL><p></DL>`])
const chats = () =>
  new Blob([
    JSON.stringify(
      Array.from({ length: talkedOf }, (_, at) =>
        claude(`chat-${at}`, `Chat ${at}`, [
          { uuid: 'm1', sender: 'human', text: `question ${at}` },
          { uuid: 'm2', sender: 'assistant', text: `answer ${at}` },
        ]),
      ),
    ),
  ])

async function done<T>(api: Api, asked: Promise<{ job_id: string }>): Promise<T> {
  const job = await ended(api, (await asked).job_id)
  expect(job).toMatchObject({ status: 'succeeded', error: null })
  return job.result as T
}
const bringers = (api: Api, profile: string) => ({
  history: () => done<HistoryImported>(api, api.imports.history({ source: 'chromium', path: profile })),
  bookmarks: () => done<BookmarksImported>(api, api.imports.bookmarks({ source: 'chromium', path: profile })),
  file: () => done<BookmarksImported>(api, api.bookmarks.import.upload(inFile())),
  chats: () => done<ChatsImported>(api, api.imports.chats.upload(chats())),
})

/** What of the rows does not depend on who came first. */
const settled = (rows: Record<string, unknown[]>) => {
  const keep = {
    history: ['id', 'page_id'],
    pages: ['id', 'url', 'visit_count', 'first_seen', 'last_seen'],
    site: ['id', 'visits', 'pages', 'first_seen', 'last_seen'],
    bookmark_folders: ['id', 'parent_id', 'title'],
    bookmarks: ['id', 'folder_id', 'url'],
    llm_threads: ['id', 'title', 'message_count', 'head_id'],
    llm_messages: ['id', 'thread_id', 'parent_id', 'turn', 'content'],
  }
  const picked = Object.entries(keep).map(([table, names]) => {
    const found = (rows[table] as string[]).map((row) => JSON.stringify(JSON.parse(row), names))
    return [table, found.sort()]
  })
  return Object.fromEntries(picked) as Record<keyof typeof keep, string[]>
}

test('imports of every kind at once, each twice: everything is there once, and every count is right', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-beside-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const cairn = await startCairn()
  onTestFinished(() => cairn.stop())
  const profile = makeChromiumProfile(folder, { visits, seed: 21 })
  await writeFile(join(profile.folder, 'Bookmarks'), JSON.stringify(inProfile))

  const one = await cairn.stranger()
  for (const bring of Object.values(bringers(one.api, profile.folder))) await bring()
  const alone = settled(await rowsIn(cairn, one.workspace, one.person))
  expect(alone.history).toHaveLength(visits)
  expect(alone.bookmarks).toHaveLength(shelves * onEach)
  expect(alone.llm_messages).toHaveLength(2 * talkedOf)
  const { file } = await exported(one.api)

  const { api, workspace, person } = await cairn.stranger()
  const bundle = () => done<BundleImported>(api, api.bundles.import.upload(file))
  const bring = bringers(api, profile.folder)
  const all = await Promise.all([
    ...[bundle(), bring.history(), bring.bookmarks(), bring.file(), bring.chats()],
    ...[bring.chats(), bring.file(), bring.bookmarks(), bring.history(), bundle()],
  ])
  const bundles = all.filter((result): result is BundleImported => 'components' in result)
  expect(bundles.map(({ total, faults }) => [total.failed, faults])).toEqual([
    [0, []],
    [0, []],
  ])
  const created = (component: string) =>
    bundles.reduce((sum, { components }) => sum + (components[component]?.created ?? 0), 0)
  const histories = all.filter((result): result is HistoryImported => 'duplicates' in result && 'source' in result)
  const files = all.filter((result): result is BookmarksImported => 'flattened' in result)
  const talks = all.filter((result): result is ChatsImported => 'conversations' in result)
  const sum = <T>(results: readonly T[], of: (result: T) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  expect(created('visits') + sum(histories, (result) => result.created)).toBe(visits)
  expect(created('bookmarks') + sum(files, (result) => result.created)).toBe(shelves * onEach)
  expect(created('threads') + sum(talks, ({ threads }) => threads)).toBe(talkedOf)
  expect(created('messages') + sum(talks, ({ messages }) => messages)).toBe(2 * talkedOf)
  expect(settled(await rowsIn(cairn, workspace, person))).toEqual(alone)
}, 300_000)

test('conversations out of a bundle and out of an export, at the same moment: none is doubled, lost or told to be another', async () => {
  const cairn = await startCairn()
  onTestFinished(() => cairn.stop())
  const one = await cairn.stranger()
  await bringers(one.api, '').chats()
  const alone = settled(await rowsIn(cairn, one.workspace, one.person))
  const { file } = await exported(one.api)
  for (let round = 0; round < 4; round++) {
    const { api, workspace, person } = await cairn.stranger()
    const [bundle, chats] = await Promise.all([
      done<BundleImported>(api, api.bundles.import.upload(file)),
      bringers(api, '').chats(),
    ])
    const { threads, messages } = bundle.components
    expect(bundle.faults).toEqual([])
    expect((threads?.created ?? 0) + chats.threads).toBe(talkedOf)
    expect((messages?.created ?? 0) + chats.messages).toBe(2 * talkedOf)
    expect(settled(await rowsIn(cairn, workspace, person))).toEqual(alone)
  }
}, 300_000)
