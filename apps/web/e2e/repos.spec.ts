import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cairn, enter, expect, test } from './cairn.ts'

const git = (cairn: Cairn, ...parameters: string[]) =>
  execFileSync('git', ['-C', cairn.folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...parameters], {
    stdio: 'ignore',
  })

test('a repository is registered from what was found, read, removed and brought back', async ({ page, cairn }) => {
  for (const { id } of (await cairn.api.repos.list()).items) await cairn.api.repos.remove({ id })
  await enter(page, cairn)
  await page.getByRole('link', { name: 'Repositories' }).click()
  await expect(page.getByText('No repository registered yet')).toBeVisible()
  const found = page.getByRole('region', { name: 'Found in your folders' })
  await found.getByRole('button', { name: 'Register trail' }).click()
  const registered = page.getByRole('region', { name: 'Registered' })
  await expect(registered.getByRole('link', { name: /trail/ })).toContainText('uncommitted changes')
  await expect(found).toHaveCount(0)

  await registered.getByRole('link', { name: /trail/ }).click()
  await expect(page.getByRole('tab', { name: 'trail' })).toHaveAttribute('aria-selected', 'true')
  const changed = page.getByRole('region', { name: 'Not staged' }).getByRole('link', { name: /stones\.py.*modified/ })
  git(cairn, 'add', 'src/stones.py')
  writeFileSync(join(cairn.folder, 'src', 'ford.ts'), 'export const depth = 1\n')
  const staged = page.getByRole('region', { name: 'Staged', exact: true })
  await expect(staged.getByRole('link', { name: /stones\.py.*modified/ })).toBeVisible()
  await expect(changed).toHaveCount(0)
  await page
    .getByRole('region', { name: 'Not tracked' })
    .getByRole('link', { name: /ford\.ts.*new/ })
    .click()
  await expect(page).toHaveURL(/\/files\/trail\/src\/ford\.ts$/)

  await page.goBack()
  await page.getByRole('link', { name: 'Branches' }).click()
  await page.getByRole('link', { name: /main.*checked out/ }).click()
  await expect(page).toHaveURL(/\/log\?ref=main$/)
  git(cairn, 'branch', 'side')
  git(cairn, 'commit', '-q', '-m', 'The largest stone comes last')
  await page.getByRole('link', { name: /The largest stone comes last/ }).click()
  await expect(page).toHaveURL(/\/source\/commit\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { name: 'The largest stone comes last' })).toBeVisible()

  await page.goto(`${cairn.url}/repos`)
  const row = registered.getByRole('listitem').filter({ hasText: 'trail' })
  await row.hover()
  await row.getByRole('button', { name: 'Remove trail from the list' }).click()
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toBeVisible()
  expect((await cairn.api.repos.list()).items.map(({ path }) => path)).toEqual([cairn.folder])

  // The folder is left to the other tests as it was.
  git(cairn, 'reset', '-q', 'HEAD~1')
  git(cairn, 'branch', '-D', 'side')
  rmSync(join(cairn.folder, 'src', 'ford.ts'))
})

test('a repository is registered by its path from the palette, and what is none is refused in words', async ({
  page,
  cairn,
}) => {
  for (const { id } of (await cairn.api.repos.list()).items) await cairn.api.repos.remove({ id })
  await enter(page, cairn)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('register a repository')
  await expect(page.getByRole('option', { name: /Register a repository/ })).toBeVisible()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Register a repository' })
  await expect(dialog.getByLabel(/Path/)).toBeFocused()
  await page.keyboard.type(join(cairn.folder, 'nowhere'))
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('not there')
  await dialog.getByLabel(/Path/).fill(cairn.folder)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/repos\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { name: 'trail' })).toBeVisible()
})
