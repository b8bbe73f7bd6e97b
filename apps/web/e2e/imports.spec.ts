import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import { type Cairn, enter, expect, test } from './cairn.ts'

/** A profile of Chromium with two visits and one bookmark, or without the bookmark. */
function profile(cairn: Cairn, name: string, withBookmarks = true): string {
  const folder = join(dirname(cairn.folder), name)
  mkdirSync(folder)
  const db = new DatabaseSync(join(folder, 'History'))
  db.exec(`create table urls(id integer primary key, url, title, visit_count, typed_count, last_visit_time, hidden default 0);
    create table visits(id integer primary key, url, visit_time, from_visit, external_referrer_url, transition,
      segment_id, visit_duration default 0);
    insert into urls(id, url, title) values (1, 'https://${name}.example/', 'The ${name}');
    insert into visits(url, visit_time, from_visit, transition) values (1, 13439706487122467, 0, 805306368),
      (1, 13439706488122467, 0, 805306368)`)
  db.close()
  const children = [{ type: 'url', name: `Kept of ${name}`, url: `https://kept.example/${name}` }]
  if (withBookmarks)
    writeFileSync(join(folder, 'Bookmarks'), JSON.stringify({ roots: { other: { name: 'Other', children } } }))
  return folder
}

async function asked(page: Page, cairn: Cairn) {
  await enter(page, cairn)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('import from a browser')
  await page.getByRole('option', { name: 'Import from a browser', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Import from a browser' })
  return {
    dialog,
    path: dialog.getByLabel('Profile folder or file'),
    go: dialog.locator('form').getByRole('button', { name: 'Import' }),
    history: dialog.getByRole('switch', { name: 'History' }),
    bookmarks: dialog.getByRole('switch', { name: 'Bookmarks' }),
  }
}
const visitsOf = async (cairn: Cairn, name: string) =>
  (await cairn.api.browser.listVisits({ url: `https://${name}.example/` })).items.length
const bookmarksOf = async (cairn: Cairn, name: string) =>
  (await cairn.api.bookmarks.list({ q: `kept.example/${name}` })).items.length

test('history and bookmarks come in together, or one of them alone; with neither there is nothing to begin', async ({
  page,
  cairn,
}) => {
  const { dialog, path, go, history, bookmarks } = await asked(page, cairn)
  await path.fill(profile(cairn, 'both'))
  await go.click()
  await expect(dialog.getByText('2 new visits, 0 known already, 2 read.')).toBeVisible()
  await expect(dialog.getByText('1 new bookmark, 0 known already, 1 read.')).toBeVisible()
  expect([await visitsOf(cairn, 'both'), await bookmarksOf(cairn, 'both')]).toEqual([2, 1])

  await history.click()
  await path.fill(profile(cairn, 'marked'))
  await go.click()
  await expect(dialog.getByText('1 new bookmark, 0 known already, 1 read.')).toBeVisible()
  await expect(dialog.getByText('new visit')).toHaveCount(0)
  expect([await visitsOf(cairn, 'marked'), await bookmarksOf(cairn, 'marked')]).toEqual([0, 1])

  await bookmarks.click()
  await expect(go).toBeDisabled()
  await history.click()
  await path.fill(profile(cairn, 'visited'))
  await go.click()
  await expect(dialog.getByText('2 new visits, 0 known already, 2 read.')).toBeVisible()
  await expect(dialog.getByText('new bookmark')).toHaveCount(0)
  expect([await visitsOf(cairn, 'visited'), await bookmarksOf(cairn, 'visited')]).toEqual([2, 0])
})

test('a profile without bookmarks gives its history; asked for them alone, it says that there are none', async ({
  page,
  cairn,
}) => {
  const { dialog, path, go, history } = await asked(page, cairn)
  const bare = profile(cairn, 'bare', false)
  await path.fill(bare)
  await go.click()
  await expect(dialog.getByText('2 new visits, 0 known already, 2 read.')).toBeVisible()
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await history.click()
  await go.click()
  await expect(dialog.getByRole('alert')).toContainText('Bookmarks')
  rmSync(bare, { recursive: true })
})
