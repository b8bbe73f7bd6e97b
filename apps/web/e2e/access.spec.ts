import { findings } from './axe.ts'
import { enter, expect, test } from './cairn.ts'
import { allViews } from './views.ts'

for (const theme of ['light', 'dark'] as const) {
  const rules = theme === 'dark' ? { rules: 'colours' as const } : {}
  test(`axe finds nothing on any view, ${theme}`, async ({ page, cairn }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await enter(page, cairn)
    for (const view of await allViews(cairn)) {
      await page.goto(cairn.url + view.url)
      await view.ready(page)
      expect(await findings(page, rules), view.name).toEqual([])
    }
  })

  test(`axe finds nothing in palette, dialogs, menus and the ask panel, ${theme}`, async ({ page, cairn }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await enter(page, cairn)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('lea')
    await expect(page.getByRole('option', { name: /leases/ })).toBeVisible()
    expect(await findings(page, rules), 'palette').toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)

    const dialogs = [
      ['Shift+?', 'Keyboard shortcuts'],
      ['>add a folder', 'Add a folder'],
      ['>import from a browser', 'Import from a browser'],
      ['>register a repo', 'Register a repository'],
      ['>remember', 'Remember something'],
      ['>new task', 'New task'],
    ] as const
    for (const [how, title] of dialogs) {
      if (how.startsWith('>')) {
        await page.keyboard.press('Control+k')
        await page.keyboard.type(how)
        await expect(page.getByRole('option').first()).toBeVisible()
        await page.keyboard.press('Enter')
      } else {
        await page.getByRole('tab').first().focus()
        await page.keyboard.press(how)
      }
      await expect(page.getByRole('dialog', { name: title })).toBeVisible()
      expect(await findings(page, rules), title).toEqual([])
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
    }
    await page.goto(`${cairn.url}/jobs`)
    await page.getByRole('button', { name: 'What they took' }).click()
    await expect(page.getByRole('dialog').getByRole('row', { name: /Looking through a folder/ })).toBeVisible()
    expect(await findings(page, rules), 'what jobs took').toEqual([])
    await page.keyboard.press('Escape')
    await page.getByLabel('Find a job').fill('nothing like this')
    await expect(page.getByText('No such job')).toBeVisible()
    await page.keyboard.press('Control+i')
    await expect(page.getByRole('complementary', { name: 'Ask' })).toContainText('Ask what you once knew')
    await page.keyboard.press('Control+j')
    await expect(page.getByRole('region', { name: 'Running jobs' })).toBeVisible()
    expect(await findings(page, rules), 'ask panel and running jobs').toEqual([])
  })
}
