import type { Locator, Page } from '@playwright/test'
import { findings } from './axe.ts'
import { type Cairn, enter, expect, test } from './cairn.ts'

const cell = (page: Page, name: string) => page.getByRole('list', { name })
const card = (within: Page | Locator, title: string) => within.getByRole('link', { name: title, exact: true })

/** A board of its own for each test: what others wrote is filtered out by its project. */
async function board(cairn: Cairn, project: string, titles: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const title of titles.toReversed()) ids.unshift((await cairn.api.tasks.create({ title, project })).id)
  return ids
}

test('a task is written from the palette with the date in its words', async ({ page, cairn }) => {
  await enter(page, cairn)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('new task')
  await expect(page.getByRole('option', { name: /New task/ })).toBeVisible()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New task' })
  await dialog.getByLabel('What is to be done').fill('Call Anna tomorrow 9:00')
  await expect(dialog.getByText('Tomorrow 09:00')).toBeVisible()
  await dialog.getByLabel('What is to be done').press('Enter')
  await expect(dialog).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(card(cell(page, 'To do'), 'Call Anna')).toBeVisible()
  const { items } = await cairn.api.tasks.list({ q: 'Call Anna' })
  expect(new Date(items[0]?.due_at ?? '').getHours()).toBe(9)

  await card(page, 'Call Anna').press('t')
  await dialog.getByLabel('What is to be done').fill('Watch "Tomorrow never dies"')
  await dialog.getByRole('button', { name: 'Not a date' }).click()
  await dialog.getByRole('button', { name: 'Add task' }).click()
  await expect(card(cell(page, 'To do'), 'Watch "Tomorrow never dies"')).toBeVisible()
})

test('keys walk over the board and move a task, and the focus stays with it', async ({ page, cairn }) => {
  await board(cairn, 'keys', ['first', 'second'])
  await enter(page, cairn, '/tasks')
  await page.goto(`${cairn.url}/tasks?project=keys`)
  await card(page, 'first').focus()
  await page.keyboard.press('ArrowDown')
  await expect(card(page, 'second')).toBeFocused()
  await page.keyboard.press('Shift+ArrowUp')
  await expect(cell(page, 'To do').getByRole('link')).toHaveText(['second', 'first'])
  await expect(card(page, 'second')).toBeFocused()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(card(cell(page, 'In progress'), 'second')).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(card(page, 'first')).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(card(cell(page, 'Cancelled'), 'first')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(card(cell(page, 'To do'), 'first')).toBeVisible()
  await page.keyboard.press('Escape')
  await card(page, 'second').press('Enter')
  await expect(page).toHaveURL(/\/tasks\/[0-9a-f-]{36}$/)
})

test('a task is dragged to where it shall stand, also into another lane', async ({ page, cairn }) => {
  const [, , third] = await board(cairn, 'drag a', ['one', 'two', 'three'])
  await cairn.api.tasks.create({ title: 'elsewhere', project: 'drag b', status: 'blocked' })
  await enter(page, cairn, '/tasks')
  await page.goto(`${cairn.url}/tasks?project=drag+a`)
  await card(page, 'three').dragTo(card(page, 'one'), { targetPosition: { x: 5, y: 2 } })
  await expect(cell(page, 'To do').getByRole('link')).toHaveText(['three', 'one', 'two'])
  await page.getByLabel('Lanes').selectOption('project')
  await page.getByLabel('Project').selectOption('')
  await card(page, 'three').dragTo(cell(page, 'drag b, Blocked'))
  await expect(card(cell(page, 'drag b, Blocked'), 'three')).toBeVisible()
  await expect
    .poll(async () => cairn.api.tasks.get({ id: third as string }))
    .toMatchObject({ status: 'blocked', project: 'drag b' })
})

test('several tasks are changed at once, and what others write is seen at once', async ({ page, cairn }) => {
  const ids = await board(cairn, 'bulk', ['left', 'right'])
  await enter(page, cairn, '/tasks')
  await page.goto(`${cairn.url}/tasks?project=bulk`)
  await page.getByLabel('Choose left').check()
  await card(page, 'right').press('x')
  const bar = page.getByRole('region', { name: 'Chosen tasks' })
  await expect(bar).toContainText('2 tasks chosen')
  await bar.getByLabel('Move to').selectOption('completed')
  await expect(cell(page, 'Done').getByRole('link')).toHaveText(['left', 'right'])
  await expect(bar).toHaveCount(0)
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
  await cairn.api.tasks.create({ title: 'by another', project: 'bulk' })
  await expect(card(cell(page, 'To do'), 'by another')).toBeVisible()
  await page.getByLabel('Find a task').fill('anoth')
  await expect(card(page, 'left')).toHaveCount(0)
  await page.getByLabel('Find a task').fill('nowhere to be found')
  await expect(page.getByText('No task fits “nowhere to be found”')).toBeVisible()
  expect(await cairn.api.tasks.get({ id: ids[0] as string })).toMatchObject({ status: 'completed' })
})

test('a task is changed where it stands, with its history, and removing it can be taken back', async ({
  page,
  cairn,
}) => {
  const [id] = await board(cairn, 'page', ['Mend the bridge'])
  await enter(page, cairn, `/tasks/${id}`)
  await page.getByLabel('Due').fill('2026-12-01 14:00')
  await page.getByLabel('Due').press('Tab')
  await expect(page.getByText(/due at: nothing → 2026-12-01/)).toBeVisible()
  await page.getByLabel('Title').fill('Mend the rope bridge')
  await page.getByLabel('Title').press('Tab')
  await expect(page.getByRole('heading', { name: 'Mend the rope bridge' })).toBeVisible()
  await page.getByLabel('Write something down').fill('The rope is here.')
  await page.getByRole('button', { name: 'Write' }).click()
  await expect(page.getByText('The rope is here.')).toBeVisible()
  await page.getByRole('button', { name: 'Done', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Open it again' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  expect(await cairn.api.tasks.get({ id: id as string })).toMatchObject({ status: 'completed' })
})

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing on a full board, ${theme}`, async ({ page, cairn }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const project = `axe ${theme}`
    await board(cairn, project, ['plain'])
    await cairn.api.tasks.create({
      ...{ title: '<img src=x onerror=window.broken=1> \u202e', project, priority: 3, tags: ['a', 'b'] },
      ...{ due_at: '2020-01-01T00:00:00.000Z', assignee: 'agent:scout', status: 'blocked' as const },
    })
    await cairn.api.tasks.create({ title: 'given up', project, status: 'cancelled', priority: 0, assignee: 'me' })
    await enter(page, cairn, '/tasks')
    await page.goto(`${cairn.url}/tasks?project=${encodeURIComponent(project)}&lanes=assignee`)
    await page.getByLabel('Choose plain').check()
    await expect(page.getByRole('region', { name: 'Chosen tasks' })).toBeVisible()
    expect(await findings(page)).toEqual([])
    expect(await page.evaluate(() => (window as { broken?: number }).broken)).toBeUndefined()
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })
