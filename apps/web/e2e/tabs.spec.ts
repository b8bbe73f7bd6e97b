import { enter, expect, test } from './cairn.ts'

const page = (path: string, title: string) => ({ url: `https://tabs.example/${path}`, title })

test('tabs are found, bound to a thread, let go and closed, as they change', async ({ page: window, cairn }) => {
  const { id } = await cairn.api.tabs.create(page('one', 'The first tab'))
  await cairn.api.tabs.create(page('two', '<img src=x onerror=window.broken=1>'))
  await enter(window, cairn)
  await window.keyboard.press('g')
  await window.keyboard.press('w')
  const tabs = window.getByRole('list', { name: 'Open tabs' })
  await expect(tabs.getByRole('link', { name: 'The first tab' })).toHaveAttribute('href', 'https://tabs.example/one')
  await expect(window.getByText('Live', { exact: true })).toBeVisible()
  await cairn.api.tabs.create(page('three', 'Opened meanwhile'))
  await expect(tabs.getByRole('link', { name: 'Opened meanwhile' })).toBeVisible()

  await window.getByLabel('Find a tab').fill('first')
  await expect(tabs.getByRole('link')).toHaveText(['The first tab'])
  await tabs.getByRole('button', { name: 'Start a thread about The first tab' }).click()
  await expect(window).toHaveURL(/\/ask\/[0-9a-f-]{36}$/)
  const { thread_id } = await cairn.api.tabs.get({ id })
  expect(window.url()).toContain(thread_id as string)
  await window.goBack()
  await tabs.getByRole('button', { name: 'Let go of the thread of The first tab' }).click()
  await expect(tabs.getByRole('button', { name: 'Start a thread about The first tab' })).toBeVisible()
  const thread = await cairn.api.threads.create({ title: 'Stones in general' })
  await tabs.getByRole('button', { name: 'Choose a thread for The first tab' }).click()
  const dialog = window.getByRole('dialog', { name: 'Choose a thread' })
  await dialog.getByLabel('Find a thread').fill('in gen')
  await dialog.getByRole('button', { name: /Stones in general/ }).click()
  await expect(dialog).toHaveCount(0)
  await expect.poll(async () => (await cairn.api.tabs.get({ id })).thread_id).toBe(thread.id)
  await tabs.getByRole('button', { name: 'Close The first tab' }).click()
  await expect(window.getByText('No tab fits “first”')).toBeVisible()
  await window.getByRole('button', { name: 'Undo' }).click()
  await expect(tabs.getByRole('link')).toHaveText(['The first tab'])
  expect(await window.evaluate(() => (globalThis as { broken?: number }).broken)).toBeUndefined()
})

test('capture is paused with one click and says so, and sites are paused and unread by name', async ({
  page: window,
  cairn,
}) => {
  await cairn.api.capture.setPageText({ site: 'mail.example', on: false })
  await enter(window, cairn, '/settings/privacy')
  const status = window.getByRole('contentinfo', { name: 'Status' })
  await status.getByRole('button', { name: /^Capturing/ }).click()
  await expect(status.getByRole('button', { name: 'Capture paused' })).toBeVisible()
  await expect(window.getByRole('switch', { name: 'Capture', exact: true })).not.toBeChecked()
  expect(await cairn.api.capture.get()).toMatchObject({ paused: true })
  await window.getByRole('switch', { name: 'Capture', exact: true }).check()
  await expect(status.getByRole('button', { name: /^Capturing/ })).toBeVisible()

  await window.getByLabel('Pause a site').fill('https://www.bank.example/login')
  await window.getByRole('button', { name: 'Pause', exact: true }).click()
  await expect(window.getByText('bank.example is paused')).toBeVisible()
  await window.getByRole('button', { name: 'Go on capturing bank.example' }).click()
  await expect(window.getByText('bank.example is paused')).toHaveCount(0)

  await window.getByLabel('Keep no text of a site').fill('letters.example')
  await window.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(window.getByRole('switch', { name: 'Text of letters.example' })).not.toBeChecked()
  await window.getByRole('button', { name: 'Treat letters.example as the others' }).click()
  await expect(window.getByRole('switch', { name: 'Text of letters.example' })).toHaveCount(0)
})

test('a page whose text is kept is found by it, shown with it, and forgets it', async ({ page: window, cairn }) => {
  const text = 'Lichen grows a millimetre a year.\n\n<script>window.broken=1</script>'
  const visit = await cairn.api.browser.createVisit({ ...page('lichen', 'On slow things'), text })
  await expect
    .poll(async () => (await cairn.api.browser.listHistory({ q: 'lichen millimetre' })).items.map(({ id }) => id))
    .toEqual([visit.id])
  await enter(window, cairn, `/source/visit/${visit.page_id}`)
  await expect(window.getByText('Lichen grows a millimetre a year.')).toBeVisible()
  await window.getByRole('button', { name: 'Forget its text' }).click()
  await expect(window.getByText('Lichen grows a millimetre a year.')).toHaveCount(0)
  await expect(window.getByRole('heading', { name: 'On slow things' })).toBeVisible()
  expect(await window.evaluate(() => (globalThis as { broken?: number }).broken)).toBeUndefined()
})
