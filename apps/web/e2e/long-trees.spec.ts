import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { enter, expect, test } from './cairn.ts'

test('of a folder with many files those about to be seen are drawn, and keys reach all of them', async ({
  page,
  cairn,
}) => {
  const folder = join(cairn.folder, 'many')
  mkdirSync(join(folder, 'zz'), { recursive: true })
  for (let at = 0; at < 900; at++)
    writeFileSync(join(folder, `leaf-${String(at).padStart(3, '0')}.txt`), `Leaf ${at}.\n`)
  writeFileSync(join(folder, 'zz', 'last.txt'), 'The last.\n')
  const { items } = await cairn.api.roots.list()
  await expect
    .poll(async () => (await cairn.api.files.tree({ root: items[0]?.id as string, path: 'many' })).total, {
      timeout: 60_000,
    })
    .toBe(901)
  await enter(page, cairn, '/files')
  const tree = page.getByRole('tree', { name: 'Files' })
  const row = (name: string) => tree.locator(`[role=treeitem][data-name="${name}"]`)
  await row('many').click()
  await expect(row('leaf-000.txt')).toBeVisible()
  expect(await tree.getByRole('treeitem').count()).toBeLessThan(200)
  await row('many').focus()
  await page.keyboard.press('End')
  await expect(row('trail')).toHaveCount(1)
  await row('many').focus()
  for (let at = 0; at < 61; at++) await page.keyboard.press('PageDown')
  await expect(row('leaf-899.txt')).toHaveCount(1)
  await expect(row('leaf-000.txt')).toHaveCount(0)
  expect(await tree.getByRole('treeitem').count()).toBeLessThan(250)
  // The way up is there, however far.
  await row('leaf-899.txt').focus()
  await page.keyboard.press('ArrowLeft')
  await expect(row('many')).toBeFocused()
  await page.keyboard.press('Home')
  await expect(row('trail')).toBeFocused()
  rmSync(folder, { recursive: true })
})

test('of many folders of bookmarks those about to be seen are drawn, and keys reach the last', async ({
  page,
  cairn,
}) => {
  const ids: string[] = []
  for (let at = 0; at < 150; at++)
    ids.push((await cairn.api.bookmarks.createFolder({ title: `Shelf ${String(at).padStart(3, '0')}` })).id)
  await enter(page, cairn, `/bookmarks?folder=${ids[140]}`)
  const tree = page.getByRole('tree', { name: 'Folders of bookmarks' })
  const rows = tree.getByRole('treeitem', { name: /^Shelf/ })
  await expect(rows.first()).toBeVisible()
  expect(await rows.count()).toBeLessThan(120)
  // The one that is chosen is there for Tab to go to.
  await expect(tree.locator('[aria-selected=true]')).toContainText('Shelf 140')
  await tree.getByRole('treeitem').first().focus()
  await page.keyboard.press('End')
  await expect(tree.getByRole('treeitem', { name: /^Shelf 149/ })).toBeFocused()
  for (const id of ids) await cairn.api.bookmarks.removeFolder({ id })
})
