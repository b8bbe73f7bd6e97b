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

test('of a long list only what is in sight is read again, and nothing is missed or shown twice', async ({
  page,
  cairn,
}) => {
  const ids: string[] = []
  const add = async (title: string) => ids.push((await cairn.api.threads.create({ title: `Long shelf ${title}` })).id)
  for (let at = 0; at < 200; at++) await add(String(at))
  await enter(page, cairn, '/ask')
  await page.getByRole('link', { name: 'Ask', exact: true }).click()
  const panel = page.getByRole('complementary', { name: 'Threads' })
  await panel.getByRole('searchbox').fill('long shelf')
  const list = panel.getByRole('list')
  const row = (title: string) => list.getByRole('link', { name: new RegExp(`^Long shelf ${title}\\b`) })
  await expect(row('199')).toBeVisible()
  const toEnd = () => list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  for (const last of ['80', '20', '0']) {
    await expect(async () => {
      await toEnd()
      await expect(row(last)).toBeAttached({ timeout: 500 })
    }).toPass()
  }
  const read: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/hydraflow/threads') read.push(searchParams.get('cursor') ?? 'first')
  })
  await add('200')
  await cairn.api.threads.update({ id: ids[3] as string, title: 'Long shelf 3 again' })
  // The last page follows: what was changed in it has moved to the top.
  await expect(row('3')).toHaveCount(0)
  expect(read).toContain('first')
  expect(new Set(read).size).toBeLessThan(4)

  // All of it, from the top, each once.
  const seen = new Set<string>()
  await list.evaluate((element) => element.scrollTo({ top: 0 }))
  await expect(row('3 again')).toBeVisible()
  const count = await list.evaluate((element) => Math.round(element.scrollHeight / 32))
  expect(count).toBeLessThan(205)
  for (let top = 0; top <= 201 * 32; top += 320) {
    await list.evaluate((element, to) => element.scrollTo({ top: to }), top)
    await expect(list.getByRole('link').first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    const names = await list.getByRole('link').allTextContents()
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) seen.add(name.replace(/(now|\d+[mh])$/, ''))
  }
  expect(seen.size).toBe(201)
  for (const id of ids) await cairn.api.threads.remove({ id })
})

test('of many jobs only those in sight exist, and a fold that was opened stays so', async ({ page, cairn }) => {
  const work = async () => {
    const { job_id: id } = await cairn.api.privacy.applyRetention()
    await expect.poll(async () => (await cairn.api.jobs.get({ id })).status, { intervals: [20] }).toBe('succeeded')
  }
  for (let at = 0; at < 130; at++) await work()
  await enter(page, cairn, '/jobs')
  const rows = page.locator('[data-region=main] a[href^="/jobs/"]')
  await expect(rows.first()).toBeVisible()
  const more = page.getByRole('button', { name: /more like it/ }).first()
  await more.click()
  await expect(page.getByRole('button', { name: 'Fold', exact: true })).toBeFocused()
  const list = page.locator('[data-region=main] ul', { has: page.locator('a[href^="/jobs/"]') })
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await expect.poll(() => list.evaluate((element) => element.scrollHeight)).toBeGreaterThan(100 * 36)
  expect(await rows.count()).toBeLessThan(70)
  await list.evaluate((element) => element.scrollTo({ top: 0 }))
  // Folded, they are not read again.
  await page.getByRole('button', { name: 'Fold', exact: true }).first().click()
  const read: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/jobs') read.push(searchParams.get('cursor') ?? 'first')
  })
  const newest = await rows.first().getAttribute('href')
  await cairn.api.bundles.export({ components: ['tasks'] })
  await expect(rows.first()).not.toHaveAttribute('href', newest ?? '')
  expect(new Set(read)).toContain('first')
  await page
    .getByRole('button', { name: /more like it/ })
    .first()
    .click()
  await expect(page.getByRole('button', { name: 'Fold', exact: true }).first()).toBeVisible()
})
