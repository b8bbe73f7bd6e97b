import { enter, expect, test } from './cairn.ts'

const day = 86_400_000

test('a hundred thousand visits scroll from today to the first day', async ({ page, cairn }) => {
  test.setTimeout(240_000)
  const total = 100_000
  const newest = Date.UTC(2026, 10, 1, 12)
  for (let from = 0; from < total; from += 5_000) {
    const visits = Array.from({ length: 5_000 }, (_, at) => {
      const number = from + at
      return {
        url: `https://archive.example/page/${number % 40}`,
        title: `Archive page ${number % 40}`,
        // A hundred visits a day, a thousand days back.
        visited_at: new Date(newest - Math.floor(number / 100) * day - (number % 100) * 60_000).toISOString(),
      }
    })
    await cairn.api.browser.createVisits({ visits })
  }
  await enter(page, cairn, '/history?site=archive.example')
  await expect(page.getByRole('link', { name: /Archive page/ }).first()).toBeVisible()
  const list = page.locator('[data-region=main] [tabindex="-1"].overflow-y-auto')
  const rows = page.getByRole('link', { name: /Archive page/ })
  expect(await rows.count()).toBeLessThan(120)
  const height = await list.evaluate((element) => element.scrollHeight)
  expect(height).toBeGreaterThan(total * 25)

  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  const oldest = new Date(newest - 999 * day).toISOString().slice(0, 10)
  await expect(page.locator(`[data-day="${oldest}"]`)).toContainText('100 visits')
  await expect(rows.last()).toBeVisible()
  expect(await rows.count()).toBeLessThan(120)

  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }))
  await expect(rows.first()).toBeVisible()
  await cairn.api.browser.removeHistory({ domain: 'archive.example' })
  await expect(page.getByText('No visits in these days').or(page.getByText('No history yet'))).toBeVisible()
})
