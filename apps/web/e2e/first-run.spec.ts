import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { enter, expect, startCairn, test } from './cairn.ts'

test('a new workspace teaches its three steps, and they tick themselves off', async ({ browser }) => {
  test.setTimeout(120_000)
  const cairn = await startCairn((folder) => writeFileSync(join(folder, 'pass.md'), '# The pass\n\nOpen from May.\n'))
  const page = await browser.newPage()
  try {
    for (const root of (await cairn.api.roots.list()).items) await cairn.api.roots.remove({ id: root.id })
    await enter(page, cairn)
    const steps = page.getByRole('region', { name: 'First steps' })
    await expect(page.getByText('A workspace that remembers')).toBeVisible()
    await expect(page.getByRole('tree')).toHaveCount(0)

    await steps.getByRole('button', { name: 'Add folder' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a folder' })
    await dialog.getByLabel(/Path/).fill(join(cairn.folder, 'nowhere'))
    await dialog.getByRole('button', { name: 'Add folder' }).click()
    await expect(dialog.getByText('Folder cannot be read')).toBeVisible()
    mkdirSync(join(cairn.folder, 'nowhere'))
    await dialog.getByLabel(/Path/).fill(cairn.folder)
    await dialog.getByRole('button', { name: 'Add folder' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(steps.getByText('Add a folder (done)')).toBeVisible()
    await expect(page.getByRole('tree', { name: 'Files' })).toBeVisible()

    await cairn.api.browser.createVisit({ url: 'https://pass.example/', title: 'The pass' })
    await expect(steps.getByText('Bring your history (done)')).toBeVisible()
    await expect(page.getByRole('link', { name: /The pass/ })).toBeVisible()
    await steps.getByRole('button', { name: 'Ask' }).click()
    await page.getByLabel('Your question').fill('when is the pass open?')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('article')).toContainText('Extract')
    await page.getByRole('link', { name: 'Home' }).click()
    await expect(page.getByText('What are you looking for?')).toBeVisible()
    await expect(steps).toHaveCount(0)
  } finally {
    await page.close()
    await cairn.end()
  }
})
