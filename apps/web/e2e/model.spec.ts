import { startModelServer } from '../../sidecar/test/model-server.ts'
import { enter, expect, test } from './cairn.ts'

test('a provider is added, its model writes an answer that streams, is stopped, and is replaced by an extract when it fails', async ({
  page,
  cairn,
}) => {
  const model = await startModelServer({
    models: ['pebble-1'],
    reply: () => 'The worker renews it every ten seconds [1]. **Nothing** else does.',
  })
  try {
    await enter(page, cairn, '/settings/models')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Kind').selectOption('openai-compatible')
    await dialog.getByLabel('Name').fill('Test server')
    await dialog.getByLabel('Address').fill(`${model.url}/v1`)
    await dialog.getByRole('button', { name: 'Add provider' }).click()
    await page.getByLabel('Add a model for answers').selectOption({ label: 'pebble-1 — Test server' })
    await expect(page.getByRole('button', { name: 'pebble-1' })).toBeVisible()

    await page.goto(`${cairn.url}/ask`)
    const box = page.getByLabel('Your question')
    await box.fill('who renews the lease?')
    await box.press('Enter')
    const answer = page.getByRole('article').last()
    await expect(answer).toContainText('The worker renews it every ten seconds')
    await expect(answer.locator('strong')).toHaveText('Nothing')
    await expect(answer.getByRole('link', { name: /^Source 1/ })).toBeVisible()
    await expect(page.getByText('Extract', { exact: true })).toHaveCount(0)

    model.faults.push({ kind: 'stall', after: 2 })
    await box.fill('and then?')
    await box.press('Enter')
    // Stopped before the model was asked, the next question would be the one that stalls.
    await expect(page.getByRole('article')).toHaveCount(2)
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
    await expect(page.getByText('and then?').first()).toBeVisible()

    model.faults.push({ kind: 'status', status: 401, message: 'no such key' })
    await box.fill('what now?')
    await box.press('Enter')
    const quoted = page.getByRole('article').last()
    await expect(quoted.getByText('Extract', { exact: true })).toBeVisible()
    await expect(quoted).toContainText('the model did not answer')
  } finally {
    await model.close()
    const { items } = await cairn.api.models.providers()
    for (const { id } of items) await cairn.api.models.removeProvider({ id })
  }
})
