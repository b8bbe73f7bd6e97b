import { enter, expect, test } from './cairn.ts'

test('everything is reached without a mouse', async ({ page, cairn }) => {
  await enter(page, cairn)
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())

  await press('Control+k')
  const palette = page.getByRole('combobox', { name: 'Go to anything' })
  await expect(palette).toBeFocused()
  await page.keyboard.type('leases')
  await expect(page.getByRole('option', { name: /leases\.ts/ })).toHaveAttribute('aria-selected', 'true')
  await press('Enter')
  await expect(page.getByLabel('trail/src/leases.ts')).toBeFocused()

  await press('Control+k')
  await page.keyboard.type('>jobs')
  await expect(page.getByRole('option', { name: /^Jobs/ }).first()).toBeVisible()
  await press('Escape')
  await expect(palette).toHaveCount(0)

  await press('F6')
  await press('Escape')
  await press('g', 's')
  await expect(page.getByLabel('Search everything')).toBeFocused()
  await page.keyboard.type('waist deep in spring')
  const river = page.getByRole('option', { name: /river\.md/ })
  await expect(river).toBeVisible()
  while ((await river.getAttribute('aria-selected')) !== 'true') await press('ArrowDown')
  await press('Enter')
  await expect(page).toHaveURL(/river\.md/)

  await press('Control+Shift+f')
  await expect(page.getByLabel('Search everything')).toBeFocused()

  await press('Control+i')
  const ask = page.getByRole('complementary', { name: 'Ask' })
  await expect(ask.getByLabel('Your question')).toBeFocused()
  await page.keyboard.type('how deep is the ford?')
  await press('Enter')
  await expect(ask.getByRole('article')).toContainText('waist deep')
  await press('Control+i')
  await expect(ask).toHaveCount(0)
  await expect(page.getByLabel('Search everything')).toBeFocused()

  await press('F6')
  await press('g', 'f')
  const first = page.getByRole('treeitem').first()
  await expect(first).toBeFocused()
  await press('ArrowDown', 'ArrowRight')
  await expect(page.getByRole('treeitem', { name: 'river.md' })).toBeFocused()
  await press('ArrowLeft', 'ArrowLeft')
  await expect(page.getByRole('treeitem', { name: 'docs', exact: true })).toHaveAttribute('aria-expanded', 'false')

  await press('g', 'h')
  await expect(page.getByLabel('Ask a question')).toBeFocused()
  await press('Alt+w')
  await expect(page.getByRole('tab', { name: 'Home' })).toHaveCount(0)
  await press('Alt+Shift+w')
  await expect(page.getByRole('tab', { name: 'Home' })).toHaveAttribute('aria-selected', 'true')
})

test('a dialog begins at its first field', async ({ page, cairn }) => {
  await enter(page, cairn)
  for (const [command, field] of [
    ['>import browser', 'Browser'],
    ['>add a folder', 'Path on the machine that Cairn runs on'],
    ['>remember something', 'Name'],
  ] as const) {
    await page.keyboard.press('Control+k')
    await page.keyboard.type(command)
    await expect(page.getByRole('option').first()).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog').getByLabel(field, { exact: true })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
})

test('keys are the palette’s while it is open, also when something took its focus', async ({ page, cairn }) => {
  await enter(page, cairn)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Go to anything' })).toBeFocused()
  const letGo = () => page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await letGo()
  await page.keyboard.type('>add a fol')
  await letGo()
  await page.keyboard.type('der')
  await expect(page.getByRole('combobox', { name: 'Go to anything' })).toHaveValue('>add a folder')
  await letGo()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Add a folder' })).toBeVisible()
})

test('the focus goes around by F6 and is always seen', async ({ page, cairn }) => {
  await enter(page, cairn)
  const regions: (string | null)[] = []
  for (let at = 0; at < 5; at++) {
    await page.keyboard.press('F6')
    const seen = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const style = getComputedStyle(element)
      const framed = getComputedStyle(element.closest('form, div') ?? element)
      const visible = style.outlineStyle !== 'none' || framed.boxShadow !== 'none'
      return { region: element.closest<HTMLElement>('[data-region]')?.dataset.region ?? null, visible }
    })
    expect(seen.visible).toBe(true)
    regions.push(seen.region)
  }
  expect(new Set(regions)).toEqual(new Set(['rail', 'side', 'tabs', 'main', 'status']))
})

test('a shortcut is changed, works, and comes back', async ({ page, cairn }) => {
  await enter(page, cairn, '/settings/shortcuts')
  await page.getByLabel('Find a command').fill('jobs')
  const change = page.getByRole('button', { name: /^Change the shortcut of Jobs:/ })
  await change.click()
  await page.keyboard.press('Control+Shift+y')
  await expect(change).toContainText('Y')
  await page.keyboard.press('Control+Shift+y')
  await expect(page).toHaveURL(/\/jobs$/)
  await page.reload()
  await page.keyboard.press('Alt+w')
  await page.keyboard.press('Control+Shift+y')
  await expect(page).toHaveURL(/\/jobs$/)
  await page.goto(`${cairn.url}/settings/shortcuts`)
  await page.getByRole('button', { name: 'Back to the defaults' }).click()
  await expect(page.getByRole('button', { name: 'Back to the defaults' })).toHaveCount(0)
})
