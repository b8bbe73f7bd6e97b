import { findings, finePage } from './axe.ts'
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
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(receipt).toHaveCount(0)
  }
})

test('a thread is erased from its menu, a tab from its row, others are picked in the dialog; each is counted first', async ({
  page,
  cairn,
}) => {
  const said = async (content: string) => {
    const { id } = await cairn.api.threads.create({ title: content })
    await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content })
    return id
  }
  const [one, other] = [await said('The obelisk affair'), await said('The portcullis affair')]
  const at = '2026-05-02T12:00:00.000Z'
  const url = 'https://portcullis.example/gate'
  const tab = await cairn.api.tabs.create({ url, title: 'Portcullis gate' })
  await cairn.api.browser.createVisit({ url, title: 'Portcullis gate', visited_at: at, tab_id: tab.id })
  const dialog = page.getByRole('dialog', { name: 'Erase for good' })
  const confirm = async () => {
    await dialog.getByLabel(/^Type/).fill('erase')
    await dialog.getByRole('button', { name: 'Erase', exact: true }).click()
    await expect(dialog.getByText('Found nowhere.')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  }

  await enter(page, cairn)
  await page.getByRole('link', { name: 'Ask', exact: true }).click()
  await page.getByRole('link', { name: /The obelisk affair/ }).click()
  await expect(page).toHaveURL(new RegExp(one))
  await page.getByRole('button', { name: 'More about The obelisk affair' }).click()
  await page.getByRole('menuitem', { name: 'Erase for good…' }).click()
  await expect(dialog.getByText('The obelisk affair')).toBeVisible()
  await expect(dialog.getByRole('status')).toContainText('1 thread')
  await finePage(page, '[role=dialog]')
  await confirm()
  await expect(page).not.toHaveURL(new RegExp(one))
  await expect(cairn.api.threads.get({ id: one })).rejects.toMatchObject({ problem: { code: 'THREAD_NOT_FOUND' } })

  await page.goto(`${cairn.url}/tabs`)
  await page.getByRole('button', { name: 'Erase Portcullis gate for good' }).click()
  await expect(dialog.getByText('Portcullis gate')).toBeVisible()
  await expect(dialog.getByRole('status')).toContainText('1 visit')
  // Another kind is another choice: nothing is counted, and nothing can be erased, until one is picked.
  await dialog.getByLabel('What').selectOption({ label: 'A thread' })
  await expect(dialog.getByRole('status')).toContainText('this counts what would go')
  await expect(dialog.getByRole('button', { name: 'Erase', exact: true })).toBeDisabled()
  await dialog.getByLabel('Find a thread').fill('portcullis')
  const affair = { name: /The portcullis affair/ }
  await dialog.getByRole('list', { name: 'Threads' }).getByRole('button', affair).press('Enter')
  await expect(dialog.getByRole('status')).toContainText('1 thread')
  await dialog.getByLabel('What').selectOption({ label: 'What I made and did' })
  await expect(dialog.getByText('In your personal workspace all that is remembered')).toBeVisible()
  await expect(dialog.getByRole('status')).toContainText('This would go:')
  const { parts } = await cairn.api.privacy.preview({ person: (await cairn.api.users.me()).id })
  const visits = parts.reduce((sum, { counts }) => sum + (counts.visits ?? 0), 0)
  expect(visits).toBeGreaterThan(0)
  await expect(dialog.getByRole('status')).toContainText(`${visits.toLocaleString('en-US')} visit`)
  await dialog.getByLabel('What').selectOption({ label: 'A tab with its visits' })
  await dialog.getByLabel('Find a tab').fill('portcullis')
  await dialog
    .getByRole('list', { name: 'Tabs' })
    .getByRole('button', { name: /Portcullis gate/ })
    .click()
  await expect(dialog.getByRole('status')).toContainText('1 visit')
  await confirm()
  expect((await cairn.api.browser.listHistory({ site: 'portcullis.example' })).items).toEqual([])
  expect((await cairn.api.threads.get({ id: other })).title).toBe('The portcullis affair')
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
