import { enter, expect, test } from './cairn.ts'

test('a passage of Markdown is previewed as it reads, with what was found marked, and nothing in it is obeyed', async ({
  page,
  cairn,
}) => {
  const before = Array.from({ length: 60 }, (_, at) => `Line ${at} about something else.`).join('\n\n')
  const content = `# Marshes\n\n${before}\n\n## Waders\n\nThe **curlew** wades [here](javascript:window.broken=1).\n\n<script>window.broken = 1</script>\n\n- one curlew\n`
  const { id } = await cairn.api.documents.create({ content, url: 'https://marsh.example/waders' })
  await expect.poll(async () => (await cairn.api.search.query({ query: 'curlew' })).hits.length).toBeGreaterThan(0)
  await enter(page, cairn, '/search?q=curlew')
  const passage = page.getByRole('region', { name: 'Passage' })
  await expect(passage.getByRole('heading', { name: 'Waders' })).toBeInViewport()
  await expect(passage.locator('strong')).toHaveText('curlew')
  await expect(passage).not.toContainText('**')
  const marked = () => page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map((range) => range.toString()))
  await expect.poll(marked).toEqual(['curlew', 'curlew'])
  expect(await page.evaluate(() => 'broken' in window)).toBe(false)
  await cairn.api.documents.remove({ id })
  await expect.poll(async () => (await cairn.api.search.query({ query: 'curlew' })).hits.length).toBe(0)
})

test('the history is searched where it stands, from an address and by typing', async ({ page, cairn }) => {
  await cairn.api.browser.createVisits({
    visits: ['Godwits over the estuary', 'Godwits on the move', 'Weather of the estuary'].map((title, at) => ({
      ...{ url: `https://estuary.example/${at}`, title, visited_at: new Date(Date.now() - at * 60_000).toISOString() },
    })),
  })
  await expect
    .poll(async () => (await cairn.api.browser.listHistory({ q: 'godwits' })).items.length, { timeout: 30_000 })
    .toBe(2)
  await enter(page, cairn, '/history?q=godwits')
  const found = page.locator('[data-region=main]').getByRole('link', { name: /estuary\.example/ })
  await expect(found).toHaveCount(2)
  await page.getByLabel('Search history').fill('no such bird')
  await expect(page.getByText('No page fits')).toBeVisible()
  await page.getByLabel('Search history').fill('weather estuary')
  await expect(found).toHaveCount(1)
  await found.focus()
  await cairn.api.browser.removeHistory({ domain: 'estuary.example' })
})
