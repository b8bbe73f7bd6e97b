import type { Page } from '@playwright/test'
import { finePage } from './axe.ts'
import { enter, expect, test } from './cairn.ts'

const row = (page: Page, title: string) =>
  page.getByRole('region', { name: 'Bookmarks' }).locator('[data-bookmark]', { hasText: title })
const rows = (page: Page) => page.getByRole('region', { name: 'Bookmarks' }).locator('[data-bookmark] > bdi')
const folder = (page: Page, title: string) => page.getByRole('treeitem', { name: new RegExp(`^${title}\\b`) })

test('a bookmark is written from the palette, found, changed and removed by keys, and that can be taken back', async ({
  page,
  cairn,
}) => {
  await enter(page, cairn)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('new bookmark')
  await expect(page.getByRole('option', { name: /New bookmark/ })).toBeVisible()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New bookmark' })
  await dialog.getByLabel('Address').fill('stones.example/guide')
  await dialog.getByLabel('Title').fill('How to pile stones')
  await dialog.getByLabel('Tags').fill('stones, slow food')
  await dialog.getByLabel('Title').press('Enter')
  await expect(dialog).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await expect(row(page, 'How to pile stones')).toHaveAttribute('href', 'https://stones.example/guide')
  await page.getByLabel('Find in all bookmarks').fill('PILE stones.ex')
  await expect(row(page, 'How to pile stones')).toContainText('#slow food')
  await row(page, 'How to pile stones').press('F2')
  const changing = page.getByRole('dialog', { name: 'Change bookmark' })
  await changing.getByLabel('Title').fill('Piling')
  await changing.getByRole('button', { name: 'Save' }).click()
  await page.getByLabel('Find in all bookmarks').fill('')
  await row(page, 'Piling').press('Delete')
  await expect(row(page, 'Piling')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Piling')).toBeVisible()
})

test('bookmarks and folders are put in order by keys and by dragging', async ({ page, cairn }) => {
  const make = (title: string) => cairn.api.bookmarks.createFolder({ title })
  const [one] = [await make('Order one'), await make('Order two')]
  for (const title of ['first', 'second', 'third'])
    await cairn.api.bookmarks.create({ url: `https://${title}.example/`, title, folder_id: one.id })
  await enter(page, cairn, `/bookmarks?folder=${one.id}`)
  await expect(rows(page)).toHaveText(['first', 'second', 'third'])
  await row(page, 'first').focus()
  await page.keyboard.press('ArrowDown')
  await expect(row(page, 'second')).toBeFocused()
  await page.keyboard.press('Shift+ArrowUp')
  await expect(rows(page)).toHaveText(['second', 'first', 'third'])
  await expect(row(page, 'second')).toBeFocused()
  await row(page, 'third').dragTo(row(page, 'second'), { targetPosition: { x: 40, y: 4 } })
  await expect(rows(page)).toHaveText(['third', 'second', 'first'])
  await row(page, 'third').dragTo(folder(page, 'Order two'))
  await expect(rows(page)).toHaveText(['second', 'first'])
  await expect(folder(page, 'Order two')).toHaveAccessibleName(/^Order two ?, ?1$/)

  await folder(page, 'Order two').press('Shift+ArrowUp')
  await expect
    .poll(async () => (await cairn.api.bookmarks.listFolders()).items.map(({ title }) => title).join())
    .toContain('Order two,Order one')
  await expect(page.getByText('Order two moved up')).toBeAttached()
  await expect(folder(page, 'Order two')).toBeFocused()
  await folder(page, 'Order two').press('F2')
  const dialog = page.getByRole('dialog', { name: 'Change folder' })
  await dialog.getByLabel('Name').fill('Order below')
  await dialog.getByLabel('In').selectOption({ label: 'Order one' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(folder(page, 'Order one')).toHaveAttribute('aria-expanded', 'false')
  await folder(page, 'Order one').press('ArrowRight')
  await expect(folder(page, 'Order below')).toHaveAttribute('aria-level', '2')
  await folder(page, 'Order one').press('Delete')
  await expect(folder(page, 'Order')).toHaveCount(0)
  await expect(page.getByText('Removed the folder “Order one” with 3 bookmarks')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(folder(page, 'Order below')).toBeVisible()
})

test('a file comes in from the view and goes out again, and nothing in it is obeyed', async ({ page, cairn }) => {
  const title = '&lt;img src=x onerror=window.broken=1&gt; \u202e'
  const file = `<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p><DT><H3>Brought in</H3><DL><p>
    <DT><A HREF="https://kettle.example/" TAGS="tea">Kettles</A>
    <DT><A HREF="javascript:window.broken=1">${title}</A></DL><p></DL>`
  await enter(page, cairn, '/bookmarks')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Import bookmarks' })
  await dialog
    .getByLabel('File of bookmarks')
    .setInputFiles({ name: 'bookmarks.html', mimeType: 'text/html', buffer: Buffer.from(file) })
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(dialog.getByText('2 new bookmarks, 0 known already, 1 new folder.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  await folder(page, 'Brought in').click()
  await expect(row(page, 'Kettles')).toHaveAttribute('href', 'https://kettle.example/')
  await expect(row(page, 'onerror')).not.toHaveAttribute('href')
  await row(page, 'onerror').click()
  await expect(page.getByRole('dialog', { name: 'Change bookmark' })).toBeVisible()
  await page.keyboard.press('Escape')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export' }).click()
  expect((await download).suggestedFilename()).toMatch(/^bookmarks-\d{4}-\d\d-\d\d\.html$/)
  await finePage(page, '[data-region=main]')
  expect(await page.evaluate(() => (window as { broken?: number }).broken)).toBeUndefined()
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})
