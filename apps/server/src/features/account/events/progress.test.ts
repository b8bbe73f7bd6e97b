import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

type Message = { type: string; job?: { job_id: string; type: string; status: string }; event?: { subject: string } }

/** A socket that follows everything, and what it was told so far. */
async function follow(key: string) {
  const socket = new WebSocket(`${cairn.url.replace('http', 'ws')}/api/ws`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const told: Message[] = []
  const binary: boolean[] = []
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => socket.send('{"type":"subscribe","topics":["*"],"after":null}'))
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const message = JSON.parse(data.toString()) as Message
      told.push(message)
      binary.push(isBinary)
      if (message.type === 'subscribed') resolve()
    })
  })
  return { socket, told, binary }
}

it('everybody in a workspace, and nobody else, hears the same events and how a job ended', async () => {
  const stranger = await cairn.stranger()
  const [one, two, other] = [await follow(cairn.key), await follow(cairn.key), await follow(stranger.key)]
  const memory = await cairn.api.memories.create({ key: 'k', value: 'Something to index' })
  const jobsOf = ({ told }: typeof one) => told.flatMap(({ job }) => (job ? [job] : []))
  for (const heard of [one, two]) {
    await expect.poll(() => jobsOf(heard).at(-1), { timeout: 10_000 }).toMatchObject({ status: 'succeeded' })
    expect(heard.told.filter(({ event }) => event?.subject === memory.id)).toHaveLength(1)
    expect(heard.binary).not.toContain(true)
  }
  expect(other.told.filter(({ type }) => type === 'progress' || type === 'event')).toEqual([])

  const before = one.told.length
  two.socket.close()
  await stranger.api.memories.create({ key: 'k', value: 'Of the other workspace' })
  await expect.poll(() => jobsOf(other).at(-1), { timeout: 10_000 }).toMatchObject({ status: 'succeeded' })
  expect(one.told.slice(before)).toEqual([])
  for (const { socket } of [one, other]) socket.close()
})
