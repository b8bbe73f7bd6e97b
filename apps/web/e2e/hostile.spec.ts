import { enter, expect, hostileNames, test } from './cairn.ts'

const unbroken = async (page: import('@playwright/test').Page) =>
  expect(await page.evaluate(() => (window as unknown as { broken?: number }).broken)).toBeUndefined()

test('file names from hell are shown and do nothing', async ({ page, cairn }) => {
  await enter(page, cairn)
  const tree = page.getByRole('tree', { name: 'Files' })
  await expect(tree).toContainText(hostileNames.markup)
  await expect(tree).toContainText('invoiceU+202Egpj.exe.txt')
  await expect(tree).toContainText('two⏎lines.txt')
  for (const name of Object.values(hostileNames)) {
    await page.goto(`${cairn.url}/files/trail/${encodeURIComponent(name)}`)
    await expect(page.getByText('A file with an odd name')).toBeVisible()
    expect(await page.title()).not.toContain('\u202e')
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('onerror')
  await expect(page.getByRole('option', { name: /onerror.*\.md/ })).toBeVisible()
  await unbroken(page)
})

test('Markdown neither runs nor loads anything', async ({ page, cairn }) => {
  await enter(page, cairn, '/files/trail/guide.md')
  await page.getByRole('button', { name: 'Preview' }).click()
  const text = page.getByRole('region', { name: 'Text' })
  await expect(text.getByRole('heading', { name: 'Trail guide' })).toBeVisible()
  await expect(text.locator('script, img, iframe, style')).toHaveCount(0)
  await expect(text.getByText('click')).toBeVisible()
  await expect(text.getByRole('link', { name: 'click' })).toHaveCount(0)
  await text.getByRole('link', { name: 'the leases' }).click()
  await expect(page).toHaveURL(/\/files\/trail\/src\/leases\.ts$/)
  await unbroken(page)
})

test('titles, messages, memories, tasks and addresses stay text', async ({ page, cairn }) => {
  const payload = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'
  const visit = await cairn.api.browser.createVisit({
    url: `https://evil.example/${encodeURIComponent(payload)}`,
    title: payload,
  })
  const memory = await cairn.api.memories.create({ key: payload, value: `${payload} \u202e reversed` })
  const task = await cairn.api.tasks.create({ title: payload, description: payload, tags: ['<b>'] })
  const thread = await cairn.api.threads.create({ title: payload })
  await cairn.api.threads.addMessage({
    thread_id: thread.id,
    role: 'assistant',
    content: `${payload}\n\n![x](https://evil.invalid/?leak=1)\n\n<svg onload="window.broken=1"></svg>\n\n[a](javascript:alert(1)) <a href="javascript:alert(1)">b</a>\n\n| <b onclick=alert(1)>x</b> |\n|---|\n| y |`,
  })
  await enter(page, cairn)
  for (const url of [
    '/',
    '/history',
    '/memories',
    `/ask/${thread.id}`,
    `/source/visit/${visit.page_id}`,
    `/source/memory/${memory.id}`,
    '/tasks',
    `/tasks/${task.id}`,
  ]) {
    await page.goto(cairn.url + url)
    await expect(
      page
        .locator('[data-region=main]')
        .getByText('onerror')
        .or(page.locator('[data-region=main] article').getByText('y'))
        .first(),
    ).toBeVisible()
    await expect(page.locator('[data-region=main] :is(img, script, iframe)')).toHaveCount(0)
    await unbroken(page)
  }
})

test('the policy of the page allows nothing inline and nothing from elsewhere', async ({ page, cairn }) => {
  const response = await page.goto(`${cairn.url}/`)
  const policy = response?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
})

test('the reference of the API offers nothing that would leave this machine', async ({ page, cairn }) => {
  const abroad: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(cairn.url) && !request.url().startsWith('data:')) abroad.push(request.url())
  })
  await page.goto(`${cairn.url}/docs`)
  await expect(page.getByRole('link', { name: /Who am I?/ }).first()).toBeVisible()
  for (const name of [/ask ai/i, /generate mcp/i, /^share/i, /^deploy/i, /developer tools/i])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  expect(abroad).toEqual([])
})
