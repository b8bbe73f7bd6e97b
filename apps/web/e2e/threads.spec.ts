import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { findings, finePage } from './axe.ts'
import { enter, expect, test } from './cairn.ts'

const log = (page: Page) => page.getByRole('log', { name: 'Conversation' })
const turns = (page: Page) => log(page).locator('article, [id] > .bg-selected')
const settled = (page: Page) => expect(log(page).getByRole('article').last()).toHaveAttribute('aria-busy', 'false')

test('a question is edited and answered again, and every branch is a click away', async ({ page, cairn }) => {
  const { thread_id: id } = await cairn.api.chat.ask({ message: 'who renews the lease of a job?' })
  await enter(page, cairn, `/ask/${id}`)
  await expect(log(page).getByText('who renews the lease of a job?')).toBeVisible()
  await expect(log(page).getByRole('group', { name: 'Branches' })).toHaveCount(0)

  await log(page).getByText('who renews the lease of a job?').hover()
  await page.getByRole('button', { name: 'Edit the question' }).click()
  const box = page.getByLabel('The question, edited')
  await expect(box).toBeFocused()
  await box.fill('how deep is the ford?')
  await box.press('Enter')
  await expect(log(page).getByText('how deep is the ford?')).toBeVisible()
  await expect(log(page).getByText('who renews the lease of a job?')).toHaveCount(0)
  const branches = log(page).getByRole('group', { name: 'Branches' })
  await expect(branches).toHaveText('2 of 2')
  await settled(page)
  await page.getByRole('button', { name: 'Branch before' }).click()
  await expect(branches).toHaveText('1 of 2')
  await expect(log(page).getByText('who renews the lease of a job?')).toBeVisible()

  await page.getByRole('button', { name: 'Answer again' }).click()
  await expect(branches).toHaveText(['1 of 2', '2 of 2'])
  await expect(turns(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Branch before' }).last().click()
  await expect(branches.last()).toHaveText('1 of 2')
  await page.reload()
  await expect(branches.last()).toHaveText('1 of 2')
  await finePage(page, '[role=log]')

  const other = (await cairn.api.threads.messages({ thread_id: id })).items.find(({ content }) =>
    content.includes('ford'),
  )
  await page.goto(`${cairn.url}/ask/${id}#${other?.id}`)
  await expect(log(page).getByText('how deep is the ford?')).toBeVisible()
})

test('a thread goes out as Markdown, and tasks and memories show their threads', async ({ page, cairn }) => {
  const { thread_id: id } = await cairn.api.chat.ask({ message: 'who renews the lease of a job?' })
  const task = await cairn.api.tasks.create({ title: 'Renew the lease sooner', thread_id: id })
  await enter(page, cairn, `/ask/${id}`)
  const waiting = page.waitForEvent('download')
  await page.locator('[data-region=main]').getByRole('button', { name: 'Export as Markdown' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('who-renews-the-lease-of-a-job.md')
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^# who renews the lease of a job\?\n[^]*## You · /)

  await log(page).getByRole('region', { name: 'Tasks and memories' }).getByRole('link', { name: task.title }).click()
  await expect(page).toHaveURL(new RegExp(`/tasks/${task.id}$`))
  await page.getByRole('region', { name: 'Threads about it' }).getByRole('link').first().click()
  await expect(page).toHaveURL(new RegExp(`/ask/${id}`))
})

test('conversations are imported from the list of threads, and what is no export is refused', async ({
  page,
  cairn,
}) => {
  const message = (uuid: string, sender: string, text: string) => ({
    ...{ uuid, sender, text, content: [{ type: 'text', text }], attachments: [], files: [] },
    created_at: '2026-03-29T07:06:35.552627Z',
  })
  const content = JSON.stringify([
    {
      ...{ uuid: 'c1', name: 'Herons by the lake', created_at: '2026-03-29T07:06:34.084721Z' },
      chat_messages: [message('m1', 'human', 'Where do herons live?'), message('m2', 'assistant', 'By the water.')],
    },
  ])
  await enter(page, cairn)
  await page.getByRole('link', { name: 'Ask', exact: true }).click()
  await page.getByRole('button', { name: 'Import conversations' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import conversations' })
  const file = (buffer: string) => ({
    name: 'conversations.json',
    mimeType: 'application/json',
    buffer: Buffer.from(buffer),
  })
  await dialog.getByLabel('conversations.json').setInputFiles(file('PK\u0003\u0004'))
  await expect(dialog.getByRole('alert')).toContainText('ZIP')
  await dialog.getByLabel('conversations.json').setInputFiles(file(content))
  await expect(dialog.getByText('1 new thread, 2 new messages, 0 messages known already.')).toBeVisible()
  expect(await findings(page, { within: '[role=dialog]' })).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /Herons by the lake/ }).click()
  await expect(log(page).getByText('By the water.')).toBeVisible()
})

test('what is said in passing is remembered where it was said, and taken back with one click', async ({
  page,
  cairn,
}) => {
  const { thread_id: id } = await cairn.api.chat.ask({ message: 'Remember that the bees of the mill fly in March.' })
  await enter(page, cairn, `/ask/${id}`)
  const remembered = page.getByRole('list', { name: 'Remembered from this message' })
  await expect(remembered.getByRole('link')).toHaveText('the bees of the mill fly in March')
  await remembered.getByRole('button', { name: /Do not remember/ }).click()
  await expect(remembered).toHaveCount(0)
  expect((await cairn.api.memories.list({ q: 'bees of the mill' })).items).toEqual([])
})

test('what is to be done is suggested where it was said, and is a task once it is added', async ({ page, cairn }) => {
  const { thread_id: id } = await cairn.api.chat.ask({
    message: 'TODO: scrub the ferry and all of its long wooden deck with sand by 2027-05-01\n- [ ] paint it',
  })
  await enter(page, cairn, `/ask/${id}`)
  const suggested = page.getByRole('list', { name: 'Suggested tasks from this message' })
  await expect(suggested.getByRole('listitem')).toHaveCount(2)
  await expect(suggested).toContainText('Scrub the ferry')
  expect((await cairn.api.tasks.list({ q: 'ferry' })).items).toEqual([])
  await finePage(page, '[role=log]')
  const size = page.viewportSize() ?? { width: 1280, height: 800 }
  await page.setViewportSize({ width: 360, height: 740 })
  const edges = () => suggested.getByText('Scrub the ferry').evaluate((words) => words.getBoundingClientRect().left)
  await expect.poll(edges).toBeGreaterThanOrEqual(0)
  await page.setViewportSize(size)
  await suggested.getByRole('button', { name: 'Dismiss Paint it' }).click()
  await expect(suggested.getByRole('listitem')).toHaveCount(1)
  await suggested.getByRole('button', { name: 'Add task Scrub the ferry' }).press('Enter')
  await expect(suggested).toHaveCount(0)
  await expect(page.getByText('Added “Scrub the ferry')).toBeVisible()
  const [task] = (await cairn.api.tasks.list({ q: 'ferry' })).items
  expect(task).toMatchObject({ title: 'Scrub the ferry and all of its long wooden deck with sand', thread_id: id })
  await log(page).getByRole('region', { name: 'Tasks and memories' }).getByRole('link', { name: task?.title }).click()
  await expect(page).toHaveURL(new RegExp(`/tasks/${task?.id}$`))
})
