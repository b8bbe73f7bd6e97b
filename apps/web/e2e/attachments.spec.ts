import type { Page } from '@playwright/test'
import { findings, finePage } from './axe.ts'
import { enter, expect, test } from './cairn.ts'

const log = (page: Page) => page.getByRole('log', { name: 'Conversation' })
const filler = Array.from({ length: 60 }, (_, at) => `Line ${at} of the log tells of wind and of little else.\n`).join(
  '\n',
)
const logbook = `# Logbook of the barge

${filler}

## The lock

The keeper of the lock is called Ottokar.

## Stores

${filler}
`

test('files are attached by the clip and by dropping them, asked first, and open at the cited place', async ({
  page,
  cairn,
}) => {
  await enter(page, cairn, '/ask')
  const composer = page.locator('[data-region=main]')
  const choosing = page.waitForEvent('filechooser')
  await composer.getByRole('button', { name: 'Attach files' }).click()
  const file = { name: 'logbook.md', mimeType: 'text/markdown', buffer: Buffer.from(logbook) }
  await (await choosing).setFiles(file)
  const waiting = composer.getByRole('list', { name: 'To be attached' })
  await expect(waiting.getByText('Logbook of the barge')).toBeVisible()

  const dropped = await page.evaluateHandle(() => {
    const carried = new DataTransfer()
    carried.items.add(new File(['Rope, sail and oars.'], 'stores.txt', { type: 'text/plain' }))
    carried.items.add(new File([''], 'nothing.txt', { type: 'text/plain' }))
    return carried
  })
  await log(page).first().dispatchEvent('drop', { dataTransfer: dropped })
  await expect(page.getByText('“nothing.txt” was not attached')).toBeVisible()
  await expect(waiting.getByRole('listitem')).toHaveCount(2)
  await expect(waiting.getByText('reading…')).toHaveCount(0)
  await waiting.getByRole('button', { name: /Do not attach stores/ }).click()
  await expect(waiting.getByRole('listitem')).toHaveCount(1)
  await finePage(page)

  await composer.getByLabel('Your question').fill('Who is the keeper of the lock?')
  await composer.getByLabel('Your question').press('Enter')
  await expect(waiting).toHaveCount(0)
  const attached = log(page).getByRole('list', { name: 'Attached documents' })
  await expect(attached.getByRole('link')).toHaveText('Logbook of the barge')
  const source = log(page).getByRole('list', { name: 'Sources' }).getByRole('link').first()
  await expect(source).toContainText('Logbook of the barge')
  await page.reload()
  await expect(attached.getByRole('link')).toHaveText('Logbook of the barge')

  await source.click()
  await expect(page).toHaveURL(/\/documents\/[0-9a-f-]+#L\d+/)
  const meant = page.locator('[data-meant]', { hasText: 'Ottokar' })
  await expect(meant).toBeInViewport()
  await expect(page.locator('[data-meant]', { hasText: 'Logbook of the barge' })).toHaveCount(0)
  expect(await findings(page)).toEqual([])
  await expect(page.getByRole('region', { name: 'Threads about it' }).getByRole('link').first()).toBeVisible()
})

test('the source view of a document is the document, also as plain text', async ({ page, cairn }) => {
  const lines = Array.from({ length: 120 }, (_, at) => `Plain line ${at + 1}.`)
  const made = await cairn.api.documents.create({ content: lines.join('\n'), format: 'text', title: 'Plain lines' })
  await enter(page, cairn, `/source/document/${made.id}#L90-L91`)
  await expect(page.locator('[data-meant]')).toHaveText('Plain line 90.\nPlain line 91.')
  await expect(page.locator('[data-meant]')).toBeInViewport()
  await expect(page.getByRole('heading', { name: 'Plain lines' })).toBeVisible()
})
