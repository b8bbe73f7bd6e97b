import { enter, expect, startCairn, test } from './cairn.ts'

test('a workspace goes out as a file and into another one, looked at first', async ({ page, cairn, browser }) => {
  await cairn.api.bookmarks.create({ url: 'https://kept.example/cairns', title: 'Kept cairns' })
  await cairn.api.memories.create({ key: 'stones', value: 'are grey' })
  await enter(page, cairn, '/settings/bundles')
  await page.getByRole('checkbox', { name: 'Browser history' }).uncheck()
  await page.getByLabel('Passphrase (optional)').fill('stones in the mist')
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const link = page.getByRole('link', { name: 'Download' }).first()
  await expect(link).toBeVisible()
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  expect(download.suggestedFilename()).toMatch(/^cairn-.*\.zip\.age$/)
  const file = await download.path()
  await expect(page.getByText('under a passphrase')).toBeVisible()

  const other = await startCairn(() => undefined)
  const there = await browser.newPage()
  try {
    await enter(there, other, '/settings/bundles')
    await there.getByLabel('Bundle', { exact: true }).setInputFiles(file)
    await there.getByRole('button', { name: 'Look at it first' }).click()
    await expect(there.getByRole('alert')).toContainText('passphrase')
    await there.getByLabel('Its passphrase').fill('stones in the mist')
    await there.getByRole('button', { name: 'Look at it first' }).click()
    const report = there.getByRole('region', { name: 'What comes in' })
    await expect(report.getByRole('row', { name: /^Bookmarks [1-9]\d* 0 0 0/ })).toBeVisible()
    expect((await other.api.bookmarks.list({})).items).toEqual([])
    await there.getByRole('button', { name: 'Bring it in' }).click()
    await expect(there.getByText(/new rows, 0 updated/)).toBeVisible()
    // Other tests have left theirs in the same Cairn.
    const titles = (await other.api.bookmarks.list({ q: 'cairns' })).items.map(({ title }) => title)
    expect(titles).toContain('Kept cairns')
    expect((await other.api.memories.list({ q: 'grey' })).items).toMatchObject([{ value: 'are grey' }])
  } finally {
    await there.close()
    await other.end()
  }
})
