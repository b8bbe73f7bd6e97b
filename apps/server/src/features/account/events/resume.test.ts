import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const remember = async (key: string) => (await cairn.api.memories.create({ key, value: key })).id
const head = async () => (await cairn.api.events.follow({ after: 0, limit: 1 })).last

type Frame = { event: string; id: string; data: { subject?: string; sequence?: number; last?: number } }

/** The first frames of the stream, read as a browser's EventSource does. */
async function frames(many: number, headers: Record<string, string>, write?: () => Promise<unknown>): Promise<Frame[]> {
  const stop = new AbortController()
  const response = await cairn.fetch('/api/events?types=memory.*', {
    headers: { accept: 'text/event-stream', ...headers },
    signal: stop.signal,
  })
  expect(response.status).toBe(200)
  await write?.()
  const found: Frame[] = []
  let text = ''
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(chunk).toString()
    const whole = text.split('\n\n')
    text = whole.pop() ?? ''
    for (const frame of whole) {
      const fields = Object.fromEntries(frame.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2)))
      if (fields.event) found.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) })
    }
    if (found.length >= many) break
  }
  stop.abort()
  return found.slice(0, many)
}

it('a stream resumes after Last-Event-ID: what was missed comes, once and in order, then what is new', async () => {
  const seen = await remember('seen')
  const at = await head()
  const missed = [await remember('missed 1'), await remember('missed 2')]
  let fresh = ''
  const told = await frames(3, { 'last-event-id': String(at) }, async () => {
    fresh = await remember('fresh')
  })
  expect(told.map(({ data }) => data.subject)).toEqual([...missed, fresh])
  expect(told.map(({ id }) => Number(id))).toEqual(told.map(({ data }) => data.sequence))
  expect(told.map(({ data }) => data.subject)).not.toContain(seen)
})

it('a stream that asks for what is beyond the log is told where it ends, and hears what comes', async () => {
  const last = await head()
  let fresh = ''
  const told = await frames(2, { 'last-event-id': '999999999' }, async () => {
    fresh = await remember('after a restore')
  })
  expect(told[0]).toMatchObject({ event: 'resync', id: String(last), data: { last } })
  expect(told[1]).toMatchObject({ event: 'event', data: { subject: fresh } })
})

it.each(['-3', '7x', '1e3', '99999999999999999999'])('a Last-Event-ID of %s is refused', async (given) => {
  const response = await cairn.fetch('/api/events', {
    headers: { accept: 'text/event-stream', 'last-event-id': given },
  })
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({ errors: [{ path: '/last-event-id' }] })
})

type Message = { type: string; last?: number; event?: { subject: string; sequence: number } }

function socket(after: number | null) {
  const opened = new WebSocket(`${cairn.url.replace('http', 'ws')}/api/ws`, {
    headers: { authorization: `Bearer ${cairn.key}` },
  })
  const told: Message[] = []
  opened.on('open', () => opened.send(JSON.stringify({ type: 'subscribe', topics: ['memory.*'], after })))
  opened.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message
    if (message.type !== 'sidecar' && message.type !== 'progress') told.push(message)
  })
  return { told, close: () => opened.close() }
}

it('a socket resumes after a number, is told when that is beyond the log, and refuses what is no number', async () => {
  const at = await head()
  const missed = await remember('missed by the socket')
  const resumed = socket(at)
  await expect.poll(() => resumed.told.at(-1)?.event?.subject).toBe(missed)
  expect(resumed.told.map(({ type }) => type)).toEqual(['subscribed', 'event'])

  const lost = socket(999_999_999)
  await expect.poll(() => lost.told.map(({ type }) => type)).toEqual(['subscribed', 'resync'])
  const fresh = await remember('fresh for the socket')
  await expect.poll(() => lost.told.at(-1)?.event?.subject).toBe(fresh)

  const wrong = socket(-5)
  await expect.poll(() => wrong.told.map(({ type }) => type)).toEqual(['error'])
  for (const each of [resumed, lost, wrong]) each.close()
})
