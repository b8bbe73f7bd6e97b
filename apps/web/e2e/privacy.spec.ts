import { AxeBuilder } from '@axe-core/playwright'
import { enter, expect, test } from './cairn.ts'

test('a site is erased by keys: counted first, typed to confirm, followed, and the receipt proves it', async ({
  page,
  cairn,
}) => {
  const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute)).toISOString()
  const url = 'https://embarrassing.example/diary'
  await cairn.api.browser.createVisits({
    visits: [0, 1, 2].map((minute) => ({ url: `${url}/${minute}`, title: 'Dear diary', visited_at: at(minute) })),
  })
  await enter(page, cairn, '/settings/privacy')
  const open = page.getByRole('button', { name: 'Erase…' })
  await open.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Erase for good' })
  await dialog.getByLabel('What').press('Tab')
  await expect(dialog.getByLabel('Site')).toBeFocused()
  await page.keyboard.type('embarrassing.example')
  await expect(dialog.getByRole('status')).toContainText('3 visits')
  const erase = dialog.getByRole('button', { name: 'Erase', exact: true })
  await expect(erase).toBeDisabled()
  await dialog.getByLabel(/^Type/).fill('embarrassing')
  await expect(erase).toBeDisabled()
  await dialog.getByLabel(/^Type/).fill('embarrassing.example')
  await dialog.getByLabel(/^Type/).press('Enter')
  await expect(dialog.getByText('Found nowhere.')).toBeVisible()
  await expect(dialog.getByText('3 visits')).toBeVisible()
  await expect(dialog.getByText('embarrassing')).toHaveCount(0)
  expect((await cairn.api.browser.listHistory({ site: 'embarrassing.example' })).items).toEqual([])
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('erased, and found nowhere').first()).toBeVisible()

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page
      .getByRole('button', { name: /^Receipt of/ })
      .first()
      .click()
    const receipt = page.getByRole('dialog', { name: 'Receipt' })
    await expect(receipt.getByText('Found nowhere.')).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await page.keyboard.press('Escape')
    await expect(receipt).toHaveCount(0)
  }
})

test('how long the history is kept is changed at once, says what would go, and clears it', async ({ page, cairn }) => {
  const old = { url: 'https://long-ago.example/', visited_at: '2020-01-01T00:00:00.000Z' }
  await cairn.api.browser.createVisits({ visits: [old] })
  await enter(page, cairn, '/settings/privacy')
  const keep = page.getByLabel('Keep: Browser history')
  await expect(keep).toHaveValue('')
  await keep.selectOption({ label: '5 years' })
  await expect(page.getByText('Now would go: 1 visit.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear now' }).click()
  await expect(page.getByText('Now would go: 1 visit.')).toHaveCount(0)
  expect((await cairn.api.browser.listHistory({ site: 'long-ago.example' })).items).toEqual([])
  await keep.selectOption({ label: 'For ever' })
  await expect
    .poll(async () => (await cairn.api.privacy.retention()).items.find(({ rule }) => rule === 'visits')?.days)
    .toBeNull()
})
