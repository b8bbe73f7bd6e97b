import { enter, expect, test } from './cairn.ts'

test.use({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })

test('days go by the clocks of whoever looks, also where those change, and dates are in their language', async ({
  page,
  cairn,
}) => {
  // In Berlin 29 March 2026 has 23 hours, from 23:00 to 22:00 UTC.
  const times = ['2026-03-28T22:59:59Z', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z']
  await cairn.api.browser.createVisits({
    visits: times.map((visited_at) => ({ url: `https://clocks.example/${visited_at}`, title: visited_at, visited_at })),
  })
  await enter(page, cairn, '/history?site=clocks.example&from=2026-03-28&to=2026-03-30')
  const days = page.locator('[data-region=main] h2', { hasText: 'März' })
  await expect(days).toHaveText([
    /Montag, 30\. März.*1 visit$/,
    /Sonntag, 29\. März.*2 visits$/,
    /Samstag, 28\. März.*1 visit$/,
  ])
  await expect(page.getByRole('link', { name: '2026-03-29T22:00:00Z' })).toContainText('00:00')
  await page.goto(`${cairn.url}/history?site=clocks.example&from=2026-03-29&to=2026-03-29`)
  await expect(days).toHaveText([/Sonntag, 29\. März.*2 visits$/])
  await expect(page.getByRole('link', { name: /2026-03-2/ })).toHaveCount(2)
})

test('a task is due on the day that it is there, and its field is read as it stands', async ({ page, cairn }) => {
  const { id } = await cairn.api.tasks.create({ title: 'Turn the hay', due_at: '2031-12-01T22:59:00.000Z' })
  await enter(page, cairn, '/tasks?q=hay')
  await expect(page.locator('[data-card]')).toContainText('1. Dez. 2031')
  await page.goto(`${cairn.url}/tasks/${id}`)
  const due = page.getByLabel('Due', { exact: true })
  await expect(due).toHaveValue('1 Dec 2031')
  await due.fill('1 Dec 2031 09:30')
  await due.press('Tab')
  await expect.poll(async () => (await cairn.api.tasks.get({ id })).due_at).toBe('2031-12-01T08:30:00.000Z')
  await page.reload()
  await expect(due).toHaveValue('1 Dec 2031 09:30')
  await due.fill('1. März 2032 um 14:30')
  await due.press('Tab')
  await expect.poll(async () => (await cairn.api.tasks.get({ id })).due_at).toBe('2032-03-01T13:30:00.000Z')
  await cairn.api.tasks.remove({ id, purge: true })
})

test('a task is written down in words of the language of its browser', async ({ page, cairn }) => {
  await enter(page, cairn, '/tasks')
  await page.keyboard.press('t')
  const dialog = page.getByRole('dialog', { name: 'New task' })
  await dialog.getByLabel('What is to be done').fill('Bericht bis 3. März 2031 9 Uhr')
  await expect(dialog).toContainText('3. März 2031 09:00')
  await dialog.getByRole('button', { name: 'Add task' }).click()
  await expect(dialog).toHaveCount(0)
  const [made] = (await cairn.api.tasks.list({ q: 'Bericht' })).items
  expect(made).toMatchObject({ title: 'Bericht', due_at: '2031-03-03T08:00:00.000Z' })
  await cairn.api.tasks.remove({ id: made?.id as string, purge: true })
})
