import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { enter, expect, test } from './cairn.ts'

test('what others do is seen without asking for it', async ({ page, cairn }) => {
  await enter(page, cairn, '/memories')
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
  await cairn.api.memories.create({ key: 'seen at once', value: 'Somebody else wrote this.' })
  await expect(page.getByText('seen at once')).toBeVisible()
})

test('a file that is saved changes on the screen', async ({ page, cairn }) => {
  await enter(page, cairn, '/files/trail/docs/river.md')
  await expect(page.getByLabel('trail/docs/river.md')).toContainText('waist deep')
  appendFileSync(join(cairn.folder, 'docs', 'river.md'), '\nIn summer it is ankle deep.\n')
  await expect(page.getByLabel('trail/docs/river.md')).toContainText('ankle deep')
})

test('a core that was killed is waited for, and what was missed is caught up', async ({ page, cairn }) => {
  test.setTimeout(120_000)
  await enter(page, cairn, '/memories')
  await cairn.api.memories.create({ key: 'before the crash', value: 'Written before.' })
  await expect(page.getByText('before the crash')).toBeVisible()
  await cairn.restart()
  await cairn.api.memories.create({ key: 'after the crash', value: 'Written after.' })
  await expect(page.getByText('after the crash')).toBeVisible({ timeout: 40_000 })
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
})

test('home says what waits for a person, and no longer when it is done', async ({ page, cairn }) => {
  await enter(page, cairn)
  const waits = page.getByRole('region', { name: 'Waits for you' })
  const { id } = await cairn.api.tasks.create({ title: 'Mend the bridge', due_at: '2021-05-01T10:00:00.000Z' })
  await expect(waits.getByRole('link', { name: /Mend the bridge/ })).toContainText('overdue')
  await cairn.api.tasks.update({ id, status: 'completed' })
  await expect(waits.getByRole('link', { name: /Mend the bridge/ })).toHaveCount(0)
  await cairn.api.tasks.remove({ id, purge: true })
})
