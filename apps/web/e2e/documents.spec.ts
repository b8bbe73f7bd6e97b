import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { findings } from './axe.ts'
import { enter, expect, test } from './cairn.ts'

const row = (page: Page, title: string) =>
  page.getByRole('region', { name: 'Documents' }).locator('[data-document]', { hasText: title })

const notes = `# Notes on moraines

Left by the glacier. <script>window.broken = 1</script> [click](javascript:window.broken=1)

## Stones

| Kind | Weight |
| --- | --- |
| Gneiss | heavy |
`

test('files are kept by the button and by dropping them, read, and removed by a key, which can be taken back', async ({
  page,
  cairn,
}) => {
  await enter(page, cairn)
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('region', { name: 'Documents' }).getByRole('button', { name: 'Add files' }).first().click()
  await (await choosing).setFiles({ name: 'moraines.md', mimeType: 'text/markdown', buffer: Buffer.from(notes) })
  await expect(page.getByRole('heading', { name: 'Stones' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Gneiss' })).toBeVisible()
  expect(await page.evaluate(() => 'broken' in window)).toBe(false)

  await page.keyboard.press('g')
  await page.keyboard.press('d')
  const files = await page.evaluateHandle(() => {
    const carried = new DataTransfer()
    carried.items.add(new File(['The ford is deep.'], 'ford.txt', { type: 'text/plain' }))
    carried.items.add(new File([new Uint8Array([0x89, 0x50, 0, 0])], 'stone.png', { type: 'image/png' }))
    return carried
  })
  await page.getByRole('region', { name: 'Documents' }).dispatchEvent('drop', { dataTransfer: files })
  await expect(page.getByText('“stone.png” was not kept')).toBeVisible()
  await expect(page.getByText('The ford is deep.')).toBeVisible()
  await page.goto(`${cairn.url}/documents`)
  // What comes from elsewhere shows by itself.
  await cairn.api.documents.create({ content: '# Written by a script' })
  await expect(row(page, 'Written by a script')).toBeVisible()
  await page.getByLabel('Find a document').fill('MORAINES')
  await expect(row(page, 'Written by a script')).toHaveCount(0)
  await row(page, 'Notes on moraines').press('Delete')
  await expect(row(page, 'Notes on moraines')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Notes on moraines')).toBeVisible()
})

test('pages are fetched from the palette, followed, and found', async ({ page, cairn }) => {
  const site = createServer((request, response) => {
    const known = request.url === '/' || request.url === '/quartz'
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/html' })
    const words =
      request.url === '/' ? 'Minerals. <a href="/quartz">quartz veins</a>' : 'Quartz fills the cracks of granite.'
    response.end(known ? `<html><title>${request.url === '/' ? 'Rocks' : 'Quartz'}</title><p>${words}</p></html>` : '')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  try {
    await enter(page, cairn)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('fetch pages')
    await expect(page.getByRole('option', { name: /Fetch pages/ })).toBeVisible()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Fetch pages' })
    await dialog.getByLabel('Begin at').fill('http://10.0.0.1/')
    await dialog.getByRole('button', { name: 'Fetch' }).click()
    await expect(dialog.getByRole('alert')).toContainText('private network')
    await dialog.getByLabel('Begin at').fill(address)
    await dialog.getByLabel('Looking for').fill('quartz')
    await expect(dialog.getByLabel('At', { exact: true })).toHaveCount(0)
    await dialog.getByLabel('How often').selectOption('Every day')
    await dialog.getByLabel('At', { exact: true }).fill('06:45')
    await dialog.getByRole('button', { name: 'Fetch' }).click()
    await expect(dialog).toHaveCount(0)
    const { items } = await cairn.api.crawls.listSchedules()
    const time_zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
    expect(items).toMatchObject([{ every_hours: 24, at: '06:45', time_zone }])
    const crawl = page.getByRole('list', { name: 'Crawls' }).getByRole('listitem').first()
    await expect(crawl).toContainText('2 new')
    await expect(crawl).toContainText('Fetched quartz')
    await crawl.getByRole('button', { name: 'Show addresses' }).click()
    expect(await findings(page)).toEqual([])
    const again = page.getByRole('list', { name: 'Fetched again and again' })
    await expect(again).toContainText('quartzevery day at 06:45, next')
    await again.getByRole('button', { name: 'Fetch no more' }).click()
    await expect(again).toHaveCount(0)
    await expect.poll(async () => (await cairn.api.crawls.listSchedules()).items, { timeout: 15_000 }).toEqual([])
    await crawl.getByRole('link', { name: /quartz$/ }).click()
    await expect(page.getByText('Quartz fills the cracks of granite.')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Open the page' })).toHaveAttribute('href', `${address}quartz`)
  } finally {
    site.closeAllConnections()
    site.close()
  }
})
