import { enter, expect, test } from './cairn.ts'

test('a reload finds everything where it was', async ({ page, cairn }) => {
  await enter(page, cairn, '/files/trail/src/leases.ts#L5-L7')
  await expect(page.locator('.cm-place')).toHaveCount(3)
  await page.getByRole('tab', { name: 'leases.ts' }).dblclick()
  await page.goto(`${cairn.url}/search?q=ford&kind=file`)
  await expect(page.getByRole('option', { name: /river\.md/ })).toBeVisible()
  const splitter = page.getByRole('separator', { name: 'Width of the side panel' })
  await splitter.focus()
  for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowRight')
  await expect(splitter).toHaveAttribute('aria-valuenow', '312')

  await page.reload()
  await expect(page.getByLabel('Search everything')).toHaveValue('ford')
  await expect(page.getByRole('button', { name: 'Files', pressed: true })).toBeVisible()
  await expect(page.getByRole('option', { name: /river\.md/ })).toBeVisible()
  await expect(page.getByRole('tab')).toHaveText(['leases.ts', 'Search: ford'])
  await expect(page.getByRole('separator', { name: 'Width of the side panel' })).toHaveAttribute('aria-valuenow', '312')

  await page.getByRole('tab', { name: 'leases.ts' }).click()
  await expect(page).toHaveURL(/leases\.ts#L5-L7$/)
  await expect(page.locator('.cm-place')).toHaveCount(3)
})

test('an address that is shared opens the same place elsewhere', async ({ page, cairn, browser }) => {
  await cairn.api.browser.createVisit({ url: 'https://shared.example/', title: 'Shared' })
  await enter(page, cairn, '/history?q=nothing+like+it')
  await expect(page.getByText('No page fits “nothing like it”')).toBeVisible()
  const other = await browser.newPage()
  await enter(other, cairn, new URL(page.url()).pathname + new URL(page.url()).search)
  await expect(other.getByText('No page fits “nothing like it”')).toBeVisible()
  await other.close()
})

test('back and forward walk through places', async ({ page, cairn }) => {
  await enter(page, cairn)
  await page.getByRole('link', { name: 'Memories' }).click()
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Memories' })).toHaveAttribute('aria-selected', 'true')
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Home' })).toHaveAttribute('aria-selected', 'true')
  await page.goForward()
  await expect(page).toHaveURL(/\/memories$/)
})

test('of many tabs the active one is wholly in sight', async ({ page, cairn }) => {
  await page.setViewportSize({ width: 1440, height: 800 })
  await enter(page, cairn)
  for (const name of ['Search', 'Memories', 'History', 'Jobs', 'Repositories', 'Settings', 'Ask'])
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name, exact: true }).click()
  await page.keyboard.press('Alt+w')
  for (const path of ['guide.md', 'docs/river.md', 'src/leases.ts', 'src/stones.py']) {
    await page.goto(`${cairn.url}/files/trail/${path}`)
    await page.getByRole('tab', { selected: true }).dblclick()
  }
  const beyond = () =>
    page.evaluate(() => {
      const strip = document.querySelector('[data-region=tabs]')?.getBoundingClientRect()
      const tab = document.querySelector('[data-tab]:has([aria-selected=true])')?.getBoundingClientRect()
      return strip && tab && [tab.left < strip.left - 1, tab.right > strip.right + 1]
    })
  const strip = page.getByRole('tablist', { name: 'Open tabs' })
  expect(await strip.evaluate((one) => one.scrollWidth > one.clientWidth)).toBe(true)
  for (const key of ['End', 'Home', 'End']) {
    await page.getByRole('tab', { selected: true }).focus()
    await page.keyboard.press(key)
    await expect.poll(beyond).toEqual([false, false])
  }
  await page.setViewportSize({ width: 1000, height: 800 })
  await expect.poll(beyond).toEqual([false, false])
})

test('the address of all files shows them', async ({ page, cairn }) => {
  await enter(page, cairn)
  await page.keyboard.press('Control+b')
  await expect(page.getByRole('tree', { name: 'Files' })).toHaveCount(0)
  await page.goto(`${cairn.url}/files`)
  await expect(page.getByRole('tab', { name: 'Files' })).toHaveAttribute('aria-selected', 'true')
  const tree = page.getByRole('tree', { name: 'Files' })
  await tree.getByRole('treeitem', { name: 'guide.md' }).click()
  await expect(page.getByLabel('trail/guide.md')).toContainText('Trail guide')
  await expect(page.getByRole('tab', { name: 'Files' })).toHaveCount(0)
})

test('a browser without a login is told what to do', async ({ page, cairn }) => {
  await page.goto(`${cairn.url}/jobs`)
  await expect(page.getByText('This browser is not signed in')).toBeVisible()
  await expect(page.getByText('npx cairn open')).toBeVisible()
})

test('a theme that was chosen stays', async ({ page, cairn }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await enter(page, cairn, '/settings/appearance')
  await page.getByText('Dark', { exact: true }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.getByLabel('Dark')).toBeChecked()
})
