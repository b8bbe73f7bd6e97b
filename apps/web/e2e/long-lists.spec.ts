import { enter, expect, test } from './cairn.ts'

test('of many tabs only those in sight exist; keys go to the last that is read and back', async ({ page, cairn }) => {
  const { items: before } = await cairn.api.tabs.list({ limit: 200 })
  const open = before.map(({ id, current_url: url, current_title: title }) => ({ id, url, title }))
  const many = Array.from({ length: 500 }, (_, at) => ({
    id: crypto.randomUUID(),
    url: `https://many.example/${at}`,
    title: `One of many ${at}`,
  }))
  await cairn.api.tabs.replace({ tabs: [...open, ...many] })
  await enter(page, cairn, '/tabs')
  const list = page.getByRole('list', { name: 'Open tabs' })
  const rows = list.getByRole('link', { name: /One of many/ })
  await expect(rows.first()).toBeVisible()
  expect(await rows.count()).toBeLessThan(60)
  const height = await list.evaluate((element) => element.scrollHeight)
  await rows.first().focus()
  await page.keyboard.press('End')
  await expect.poll(() => list.evaluate((element) => element.scrollHeight)).toBeGreaterThan(height)
  expect(await rows.count()).toBeLessThan(80)
  await page.keyboard.press('Home')
  await expect(list.locator('[data-row]').first()).toBeFocused()
  expect(await list.evaluate((element) => element.scrollTop)).toBe(0)
  await cairn.api.tabs.replace({ tabs: open })
  await expect(rows).toHaveCount(0)
})

test('of a long board only the cards about to be seen are drawn, and they stay while more are read', async ({
  page,
  cairn,
}) => {
  const ids: string[] = []
  for (let at = 0; at < 150; at++) {
    const { id } = await cairn.api.tasks.create({ title: `Long board ${at}`, project: 'long-board' })
    ids.push(id)
  }
  await enter(page, cairn, '/tasks?project=long-board&lanes=project')
  const cards = page.locator('[data-card]')
  const drawn = page.getByRole('link', { name: /^Long board/ })
  await expect(drawn.first()).toBeVisible()
  await expect(cards).toHaveCount(60)
  expect(await drawn.count()).toBeLessThan(60)
  await cards.first().evaluate((card) => card.setAttribute('data-mark', 'first'))
  const board = page.locator('[data-region=main] .overflow-auto', { has: page.locator('[data-lane]') })
  await board.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect(cards).toHaveCount(120)
  await expect(page.locator('[data-mark=first]')).toHaveCount(1)
  await expect(page.locator('[data-mark=first]').getByRole('link')).toHaveCount(0)
  expect(await drawn.count()).toBeLessThan(80)
  await board.evaluate((element) => element.scrollTo({ top: 0 }))
  await expect(page.locator('[data-mark=first]').getByRole('link')).toBeVisible()
  await page.locator('[data-mark=first]').getByRole('link').focus()
  await page.keyboard.press('ArrowDown')
  await expect(cards.nth(1).getByRole('link')).toBeFocused()
  for (const id of ids) await cairn.api.tasks.remove({ id, purge: true })
})
