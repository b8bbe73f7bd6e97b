import { enter, expect, test } from './cairn.ts'

test('a long conversation is read back to its start as it is scrolled, and only turns about to be seen exist', async ({
  page,
  cairn,
}) => {
  const { id } = await cairn.api.threads.create({ title: 'A long conversation' })
  const messages: string[] = []
  for (let at = 0; at < 400; at++) {
    const role = at % 2 ? 'assistant' : 'user'
    const content = `Turn number ${at} ${'about stones '.repeat((at * 7) % 30)}`
    messages.push((await cairn.api.threads.addMessage({ thread_id: id, role, content })).id)
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

  // A link to a turn that was not read yet goes there.
  await page.goto(`${cairn.url}/ask/${id}#${messages[50]}`)
  await expect(turn(50)).toBeInViewport()
  expect(await log.getByText(/^Turn number/).count()).toBeLessThan(160)
})
