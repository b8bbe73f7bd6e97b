import { enter, expect, test } from './cairn.ts'

test('what came in over time is charted, gone through by keys, and read as a table', async ({ page, cairn }) => {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  await cairn.api.browser.createVisits({
    visits: [0, 0.01, 3, 100].map((days, n) => ({ url: `https://charted.example/${n}`, visited_at: at(days) })),
  })
  await enter(page, cairn)
  const section = page.getByRole('region', { name: 'Over time' })
  const chart = section.getByRole('img', { name: /^Visits:/ })
  await expect(chart).toBeVisible()
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(section.getByText(/^\d+ \w+: [\d,]+ visits?$/)).toBeVisible()
  await page.keyboard.press('Home')
  await expect(section.getByText(/^\d+ \w+: 0 visits$/)).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(section.getByText(/^\d+ \w+: 0 visits$/)).toHaveCount(0)

  await section.getByRole('button', { name: 'As tables' }).click()
  const table = section.getByRole('table', { name: /^Visits by day/ })
  const days = await table.getByRole('row').count()
  expect(days).toBeGreaterThan(2)
  await section.getByRole('button', { name: '12 months' }).click()
  await expect(
    section
      .getByRole('table', { name: /^Visits by month/ })
      .getByRole('row')
      .nth(2),
  ).toBeVisible()
  await page.reload()
  await expect(section.getByRole('button', { name: '12 months', pressed: true })).toBeVisible()
  await section.getByRole('button', { name: '30 days' }).click()
  await section.getByRole('button', { name: 'As tables' }).click()
  await expect(chart).toBeVisible()

  // Live: what comes in while it is looked at is counted.
  const total = async () => Number((await chart.getAttribute('aria-label'))?.replace(/\D/g, ''))
  const before = await total()
  await cairn.api.browser.createVisit({ url: 'https://charted.example/new' })
  await expect.poll(total).toBe(before + 1)

  await page.getByRole('button', { name: 'Measure now' }).click()
  await expect(page.getByText('Measured now')).toBeVisible()
})
