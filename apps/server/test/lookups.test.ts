import { expect, inject, test } from 'vitest'
import type { Db } from '../src/kernel/database/dialect.ts'
import * as bookmarks from '../src/features/capture/bookmarks/store.ts'
import { sameBookmarks } from '../src/features/capture/bookmarks/bulk-store.ts'
import { foldersDown } from '../src/features/capture/bookmarks/portable-store.ts'
import { standing } from '../src/features/capture/documents/portable-store.ts'
import * as documents from '../src/features/capture/documents/store.ts'
import { suggestionPage } from '../src/features/remember/tasks/suggestions-store.ts'
import { dropEmbeddings } from '../src/kernel/passages/vector-store.ts'
import { deleteLinksTo } from '../src/features/remember/threads/store.ts'
import { testDatabase } from './database.ts'
import { plansOf } from './plans.ts'

const from = (db: Db) => ({ workspace: 'w', db })
const page = { limit: 51, after: null }
const lookups: [string, (db: Db) => Promise<unknown>][] = [
  ['a document of an address it was fetched from', (db) => documents.documentByFetch(from(db), 'x')],
  ['a document of the bytes it was made of', (db) => documents.documentByGiven(from(db), 'x')],
  ['documents of an address', (db) => documents.newestPage(from(db), { ...page, words: [], url_key: 'x' })],
  ['documents that a bundle brings', (db) => standing(from(db), [{ id: 'x', url_key: null, given_hash: 'y' }])],
  ['bookmarks of an address', (db) => bookmarks.newestPage(from(db), { ...page, words: [], url_key: 'x' })],
  ['bookmarks that an import brings', (db) => sameBookmarks(from(db), ['x'], ['y'])],
  ['links to a thing', (db) => deleteLinksTo(from(db), 'task', ['x'], 'relates')],
  ['tasks found in a note', (db) => suggestionPage(from(db), { source_kind: 'note', source_id: 'x' }, page)],
]

// A workspace is all that there is on most machines: whoever looks for it alone reads everything.
test.runIf(inject('dialect') === 'sqlite').each(lookups)('%s: found by what is known of it', async (_, ask) => {
  const plans = await plansOf(await testDatabase(), ask)
  expect(plans.length).toBeGreaterThan(0)
  for (const { plan } of plans) expect(plan).not.toMatch(/\(workspace=\?\)|SCAN (?!json_each)/)
})

test.runIf(inject('dialect') === 'sqlite')(
  'folders are found by the one they hang in, however many there are',
  async () => {
    const [found] = await plansOf(await testDatabase(), (db) =>
      foldersDown(from(db), { after: null, since: null, limit: 51 }),
    )
    expect(found?.plan).toContain(
      'SEARCH below USING COVERING INDEX bookmark_folders_order (workspace=? AND parent_id=?)',
    )
  },
)

test.runIf(inject('dialect') === 'sqlite')(
  'embeddings of a text are found in each model, not by reading all',
  async () => {
    const [found] = await plansOf(await testDatabase(), (db) => dropEmbeddings(db, 'w', ['x', 'y']))
    expect(found?.plan).toMatch(/SEARCH embedding USING .*\(workspace=\? AND model=\? AND hash=\?\)/)
  },
)
