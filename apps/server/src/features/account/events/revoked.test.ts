import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const address = () => `${cairn.url.replace('http', 'ws')}/api/ws`
async function logIn(): Promise<Record<string, string>> {
  const response = await fetch(await cairn.core.loginLink(), { redirect: 'manual' })
  return { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] as string, origin: cairn.url }
}

/** An open socket that follows everything; `closed` resolves with the code of its end. */
async function follow(headers: Record<string, string>) {
  const socket = new WebSocket(address(), { headers })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const told = new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => String(data).includes('"subscribed"') && resolve())
  })
  socket.on('open', () => socket.send('{"type":"subscribe","topics":["*"],"after":null}'))
  await told
  return { socket, closed }
}

describe('a socket or stream of events', () => {
  it('ends with the login that opened it, and no other does', async () => {
    const [mine, other] = [await logIn(), await logIn()]
    const [ending, staying] = [await follow(mine), await follow(other)]
    await fetch(`${cairn.url}/api/auth/logout`, { method: 'POST', headers: mine })
    expect(await ending.closed).toBe(1008)
    expect(staying.socket.readyState).toBe(WebSocket.OPEN)
    staying.socket.close()
  })

  it('ends with the key that opened it, revoked or rotated', async () => {
    for (const end of ['removeKey', 'rotateKey'] as const) {
      const { id, secret } = await cairn.api.users.createKey({ name: end })
      const { closed } = await follow({ authorization: `Bearer ${secret}` })
      await cairn.api.memories.create({ key: 'one', value: 'event' })
      const stream = cairn.client(secret).events.follow.stream({ after: 0 })
      expect((await stream.next()).done).toBe(false)
      const done = (async () => {
        for await (const _ of stream);
        return 'over'
      })()
      await cairn.api.users[end]({ id })
      expect([await closed, await done]).toEqual([1008, 'over'])
    }
  })
})
