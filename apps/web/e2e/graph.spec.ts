import { enter, expect, test } from './cairn.ts'

test('the web graph leads from a page to what is around it, by keys, also among a thousand', async ({
  page,
  cairn,
}) => {
  const now = Date.now()
  const visits = Array.from({ length: 1_000 }, (_, at) => ({
    url: 'https://hub.example/',
    title: 'The hub',
    visited_at: new Date(now - at * 1_000).toISOString(),
    referrer: `https://way${at}.example/`,
  }))
  await cairn.api.browser.createVisits({ visits })
  const next = { url: 'https://onward.example/far', title: 'Onward', referrer: 'https://hub.example/' }
  await cairn.api.browser.createVisit(next)
  const { items } = await cairn.api.browser.listVisits({ url: 'https://hub.example/', limit: 1 })
  await enter(page, cairn, `/source/visit/${items[0]?.page_id}`)
  await page.getByRole('button', { name: 'What led here' }).click()
  const came = page.getByRole('list', { name: 'Came from' })
  const went = page.getByRole('list', { name: 'Went to' })
  await expect(came.getByRole('link').first()).toBeVisible()
  expect(await came.getByRole('link').count()).toBeLessThan(100)
  await came.getByRole('link').first().focus()
  await page.keyboard.press('End')
  await expect(came.getByRole('link').last()).toBeFocused()
  expect(await came.getByRole('link').count()).toBeLessThan(100)
  await page.keyboard.press('Home')
  await expect(came.getByRole('link').first()).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(went.getByRole('link', { name: /Onward/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Came from' }).getByRole('link', { name: /The hub/ })).toBeVisible()
  await page.getByRole('link', { name: 'Its site' }).click()
  await expect(page).toHaveURL(/\/graph\?site=onward\.example/)
  await page
    .getByRole('list', { name: 'Came from' })
    .getByRole('link', { name: /hub\.example/ })
    .click()
  await page.getByLabel('Filter neighbours').fill('way77')
  await expect(came.getByRole('link')).toHaveCount(11)
  await page.reload()
  await expect(came.getByRole('link')).toHaveCount(11)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('>web graph')
  await expect(page.getByRole('option', { name: /Web graph/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Sites' }).getByRole('link', { name: /hub\.example/ })).toBeVisible()
  await page.goto(`${cairn.url}/graph?page=00000000-0000-8000-8000-000000000000`)
  await expect(page.getByText('There is no such page in this workspace.')).toBeVisible()
})
