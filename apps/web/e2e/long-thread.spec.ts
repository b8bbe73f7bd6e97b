import { finePage } from './axe.ts'
import { type Cairn, enter, expect, test } from './cairn.ts'

test('a long conversation is read back to its start as it is scrolled, and only turns about to be seen exist', async ({
  page,
  cairn,
}) => {
  const { id } = await cairn.api.threads.create({ title: 'A long conversation' })
  for (let at = 0; at < 400; at++) {
    const role = at % 2 ? 'assistant' : 'user'
    const content = `Turn number ${at} ${'about stones '.repeat((at * 7) % 30)}`
    await cairn.api.threads.addMessage({ thread_id: id, role, content })
  }
  await enter(page, cairn, `/ask/${id}`)
  const log = page.getByRole('log', { name: 'Conversation' })
  const turn = (at: number) => log.getByText(new RegExp(`^Turn number ${at}\\b`))
  await expect(turn(399)).toBeInViewport()
  await expect(turn(340)).toHaveCount(0)
  // Back, a window at a time; what is seen stays where it is while earlier turns come above it.
  await expect(async () => {
    await page.mouse.move(640, 400)
    await page.mouse.wheel(0, -3_000)
    await expect(turn(0)).toBeInViewport({ timeout: 100 })
  }).toPass({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Earlier turns' })).toHaveCount(0)
  await expect(turn(399)).toHaveCount(1)
  expect(await log.getByText(/^Turn number/).count()).toBeLessThan(120)
})

/** A conversation of so many messages, brought in as a file, and the ids of its messages by their turn. */
async function imported(cairn: Cairn, count: number, name = 'A very long one') {
  const time = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString()
  const chat_messages = Array.from({ length: count }, (_, at) => {
    const text = `Turn number ${at} ${'about gravel '.repeat((at * 7) % 30)}`
    return {
      ...{ uuid: `${name} ${at}`, sender: at % 2 ? 'assistant' : 'human', text, content: [{ type: 'text', text }] },
      ...{ attachments: [], created_at: time(at) },
    }
  })
  const file = JSON.stringify([{ uuid: name, name, created_at: time(0), chat_messages }])
  await cairn.api.imports.chats.upload(new Blob([file]))
  const found = async () => (await cairn.api.threads.list({ q: name })).items[0]
  await expect.poll(async () => (await found())?.message_count, { timeout: 60_000 }).toBe(count)
  const id = (await found())?.id as string
  const around = async (turn: number) => {
    const words = `Turn number ${turn} `
    const { items } = await cairn.api.threads.messages({ thread_id: id, q: words, limit: 1 })
    return items[0]?.id as string
  }
  return { id, around }
}

test('a link into the middle of a very long conversation opens there, and either end is a key away', async ({
  page,
  cairn,
}) => {
  const count = 2_000
  const { id, around } = await imported(cairn, count)
  const [linked, forked] = [await around(1_000), await around(401)]
  const other = await cairn.api.threads.addMessage({
    ...{ thread_id: id, role: 'user', content: 'Another way on', parent_id: forked },
  })
  await cairn.api.threads.branch({ thread_id: id, message_id: linked })
  let read = 0
  page.on('request', (request) => {
    if (request.url().includes('/path?')) read += 1
  })
  await enter(page, cairn, `/ask/${id}#${linked}`)
  const log = page.getByRole('log', { name: 'Conversation' })
  const turn = (at: number) => log.getByText(new RegExp(`^Turn number ${at}\\b`))
  const seen = () => log.getByText(/^Turn number/)
  await expect(turn(1_000)).toBeInViewport()
  // The page around it and the next one, in each place where it may have been begun.
  expect(read).toBeLessThan(6)
  await expect(log.locator('[aria-current=true]')).toHaveText(/^Turn number 1000\b/)

  // Both ways on. What is seen stays where it is while earlier turns come above it.
  const arrived = Promise.withResolvers<void>()
  await page.route(/path\?.*cursor=/, async (route) => {
    await arrived.promise
    await route.continue()
  })
  await page.mouse.move(640, 400)
  await page.mouse.wheel(0, -100_000)
  const height = async () => Math.round((await turn(901).boundingBox())?.y ?? 0)
  await expect(turn(901)).toBeInViewport()
  const before = await height()
  arrived.resolve()
  await expect(turn(900)).toHaveCount(1)
  await expect.poll(async () => Math.abs((await height()) - before)).toBeLessThan(4)
  await expect(async () => {
    await page.mouse.wheel(0, 2_000)
    await expect(turn(1_150)).toHaveCount(1, { timeout: 100 })
  }).toPass({ timeout: 60_000, intervals: [100] })
  expect(await seen().count()).toBeLessThan(200)

  const jump = (to: string) => page.getByRole('button', { name: `Jump to the ${to}` })
  await jump('start').focus()
  await page.keyboard.press('Enter')
  await expect(turn(0)).toBeInViewport()
  await expect(page.getByRole('button', { name: 'Earlier turns' })).toHaveCount(0)
  await jump('newest').focus()
  await page.keyboard.press('Enter')
  await expect(turn(count - 1)).toBeInViewport()

  // At the newest turn what is said is followed.
  await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: 'Said meanwhile' })
  await expect(log.getByText('Said meanwhile')).toBeInViewport()
  // In the middle it is not, until the reader is back.
  await page.goto(`${cairn.url}/ask/${id}#${linked}`)
  await expect(turn(1_000)).toBeInViewport()
  await cairn.api.threads.addMessage({ thread_id: id, role: 'user', content: 'Said behind it' })
  await expect(turn(1_000)).toBeInViewport()
  await expect(log.getByText('Said behind it')).toHaveCount(0)
  await jump('newest').click()
  await expect(log.getByText('Said behind it')).toBeInViewport()

  // What a link leads to is read on the branch that it is on, and the arrow there leads back, in the same place.
  await page.goto(`${cairn.url}/ask/${id}#${other.id}`)
  await expect(log.getByText('Another way on')).toBeInViewport()
  await log.getByRole('button', { name: 'Branch before' }).click()
  await expect(turn(402)).toBeInViewport()
  await expect(turn(401)).toHaveCount(1)

  await finePage(page, '[data-region=main]')
  // A message that is not there is said to be gone, and the newest turn is shown.
  await page.goto(`${cairn.url}/ask/${id}#${crypto.randomUUID()}`)
  await expect(page.getByText('That message is not in this thread any more.')).toBeVisible()
  await expect(log.getByText('Said behind it')).toBeInViewport()
  await cairn.api.threads.remove({ id })
})

test('in the middle of a long conversation, branches, answers and links lead where they say', async ({
  page,
  cairn,
}) => {
  const count = 600
  const { id, around } = await imported(cairn, count, 'A forked one')
  const [linked, later, last] = [await around(300), await around(302), await around(count - 1)]
  const head = async () => (await cairn.api.threads.get({ id })).head_id
  const task = await cairn.api.tasks.create({ title: 'Rake it', thread_id: id })
  await enter(page, cairn, `/ask/${id}#${linked}`)
  const log = page.getByRole('log', { name: 'Conversation' })
  const turn = (at: number) => log.getByText(new RegExp(`^Turn number ${at}\\b`))
  const article = (at: number) => log.getByRole('article').filter({ hasText: new RegExp(`^Turn number ${at}\\b`) })
  const branches = log.getByRole('group', { name: 'Branches' })
  const ask = async (words: string) => {
    await page.getByLabel('Your question', { exact: true }).fill(words)
    await page.keyboard.press('Enter')
  }

  // What is gone to has the focus, and what is read there is not read out as news.
  await expect(turn(300)).toBeInViewport()
  await expect(log.locator(`[id="${linked}"]`)).toBeFocused()
  await expect(log).toHaveAttribute('aria-live', 'off')

  // An answer that is made again stands below its question, and nothing below it.
  const released = Promise.withResolvers<void>()
  await page.route(/regenerate/, async (route) => {
    await released.promise
    await route.continue()
  })
  await article(301).getByRole('button', { name: 'Answer again' }).click()
  await expect(log.getByText('Looking through your sources')).toBeInViewport()
  await expect(turn(300)).toBeInViewport()
  await expect(log.locator('[id] > .bg-selected').last()).toHaveText(/^Turn number 300\b/)
  await expect(turn(301)).toHaveCount(0)
  released.resolve()
  await expect(branches).toHaveText('2 of 2')
  await expect(log.getByRole('article').last()).toHaveAttribute('aria-busy', 'false')
  const other = (await head()) as string

  // The arrows lead there however often.
  for (const lap of ['once', 'again']) {
    await log.getByRole('button', { name: 'Branch before' }).click()
    await expect(turn(301), lap).toBeInViewport()
    await expect.poll(head, lap).toBe(last)
    await expect(branches).toHaveText('1 of 2')
    if (lap === 'again') break
    await log.getByRole('button', { name: 'Next branch' }).click()
    await expect(turn(301)).toHaveCount(0)
    await expect.poll(head).toBe(other)
    await expect(branches).toHaveText('2 of 2')
  }

  // A link to another branch is read, and chooses nothing until it is asked to.
  await page.goto(`${cairn.url}/ask/${id}#${other}`)
  await expect(branches).toHaveText('2 of 2')
  const note = page.getByText('This is another branch than the one that is shown.')
  await expect(note).toBeVisible()
  expect(await head()).toBe(last)
  await finePage(page, '[data-region=main]')
  await page.getByRole('button', { name: 'Show this branch' }).click()
  await expect.poll(head).toBe(other)
  await expect(note).toHaveCount(0)
  await cairn.api.threads.branch({ thread_id: id, message_id: later })
  await page.goto(`${cairn.url}/`)
  await page.goto(`${cairn.url}/ask/${id}#${other}`)
  await expect(note).toBeVisible()
  await ask('Who rakes this branch?')
  await expect(log.getByText('Who rakes this branch?')).toBeInViewport()
  await expect(note).toHaveCount(0)
  const asked = async () => {
    const { items } = await cairn.api.threads.path({ thread_id: id, limit: 2 })
    return items.map(({ role, parent_id }) => role === 'user' && parent_id)
  }
  await expect.poll(asked).toContain(other)

  const answered = () => expect(page.getByRole('button', { name: 'Stop', exact: true })).toHaveCount(0)
  await answered()

  // Who jumps while an answer ends is not taken back by it.
  const [stored, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const hold = async (url: RegExp, until: Promise<void>) => {
    await page.route(url, async (route) => {
      await until
      await route.continue().catch(() => undefined)
    })
  }
  await ask('Who rakes meanwhile?')
  await expect(log.getByText('Who rakes meanwhile?')).toBeInViewport()
  await hold(/path\?(?!.*from=start)/, stored.promise)
  await hold(/path\?.*from=start/, read.promise)
  await answered()
  const jumping = page.waitForRequest(/path\?.*from=start/)
  await page.getByRole('button', { name: 'Jump to the start' }).click()
  await jumping
  stored.resolve()
  read.resolve()
  await expect(turn(0)).toBeInViewport()

  // What is asked at the very top is asked at the end, and followed.
  await cairn.api.threads.branch({ thread_id: id, message_id: later })
  await page.getByRole('button', { name: 'Jump to the newest' }).click()
  await expect(turn(count - 1)).toBeInViewport()
  await page.getByRole('button', { name: 'Jump to the start' }).click()
  await expect(turn(0)).toBeInViewport()
  await expect(log.getByText(/^Turn number 0\b/).locator('xpath=ancestor::*[@id][1]')).toBeFocused()
  await ask('Who rakes it in the end?')
  await expect(log.getByText('Who rakes it in the end?')).toBeInViewport()

  // A link leads there as often as it is followed.
  await page.goto(`${cairn.url}/tasks/${task.id}`)
  const link = page.getByRole('region', { name: 'Threads about it' }).getByRole('link')
  // To a message, as a hit or a citation leads there.
  await link.evaluate((one: HTMLAnchorElement, to) => one.setAttribute('href', `${one.pathname}#${to}`), linked)
  for (const lap of ['once', 'again']) {
    await link.click()
    await expect(turn(300), lap).toBeInViewport()
    if (lap === 'again') break
    await expect(async () => {
      await page.mouse.move(640, 400)
      await page.mouse.wheel(0, 100_000)
      await expect(log.getByText('Who rakes it in the end?')).toBeInViewport({ timeout: 100 })
    }).toPass()
    await page.getByRole('tab', { name: 'Rake it' }).click()
  }

  // A tab in the background stays there, whatever it finds out.
  const found = Promise.withResolvers<void>()
  await page.route(/path\?.*around=/, async (route) => {
    await found.promise
    await route.continue()
  })
  await page.goto(`${cairn.url}/ask/${id}#${crypto.randomUUID()}`)
  await page.getByRole('tab', { name: 'Rake it' }).click()
  found.resolve()
  await expect(page.getByText('That message is not in this thread any more.')).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`/tasks/${task.id}$`))
  await cairn.api.threads.remove({ id })
})
