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
