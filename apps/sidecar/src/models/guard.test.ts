import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelServer, startModelServer } from '../../test/model-server.ts'
import { guardedLookup } from './forbidden.ts'
import { guardedFetch } from './guard.ts'

let allowed: ModelServer
let foreign: ModelServer

beforeAll(async () => {
  allowed = await startModelServer()
  foreign = await startModelServer()
})
afterAll(async () => {
  await allowed.close()
  await foreign.close()
})

test('the allowed host is reached, in any spelling of its own name', async () => {
  const port = new URL(allowed.url).port
  expect((await guardedFetch(`127.0.0.1:${port}`)(`${allowed.url}/v1/models`)).status).toBe(200)
  expect((await guardedFetch(`LOCALHOST:${port}`)(`http://localhost:${port}/v1/models`)).status).toBe(200)
})

test('every other spelling of another host is refused before a byte is sent', async () => {
  const port = new URL(foreign.url).port
  const addresses = [
    `${foreign.url}/v1/models`,
    `http://${allowed.host}@127.0.0.1:${port}/v1/models`,
    `http://user:pass@${allowed.host}/v1/models`,
    `http://localhost:${new URL(allowed.url).port}/v1/models`,
    `http://0x7f000001:${port}/v1/models`,
    `https://${allowed.host.split(':')[0]}/v1/models`,
    'file:///etc/passwd',
    'data:application/json,{}',
  ]
  for (const address of addresses) {
    await expect(guardedFetch(allowed.host)(address), address).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
  }
  expect(foreign.requests).toEqual([])
})

test('an allowed host that is no host allows nothing', async () => {
  for (const host of ['', '*', 'a b', `${allowed.host}/v1`, `user@${allowed.host}`, 'http://127.0.0.1']) {
    await expect(guardedFetch(host)(`${allowed.url}/v1/models`), host).rejects.toMatchObject({
      code: 'HOST_NOT_ALLOWED',
    })
  }
})

test('redirects that go round in circles end', async () => {
  const circle = Array.from({ length: 10 }, () => ({ kind: 'redirect' as const, to: '/v1/embeddings' }))
  allowed.faults.push(...circle)
  const post = { method: 'POST', body: '{}' }
  await expect(guardedFetch(allowed.host)(`${allowed.url}/v1/embeddings`, post)).rejects.toMatchObject({
    code: 'HOST_NOT_ALLOWED',
  })
  allowed.faults.length = 0
})

test('link-local addresses and the metadata of clouds are refused, also where they are allowed', async () => {
  const hosts = [
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[::ffff:169.254.169.254]',
    'metadata.google.internal',
  ]
  for (const host of [...hosts, '0xa9fea9fe', 'METADATA.google.internal.', '[64:ff9b::a9fe:a9fe]'])
    await expect(guardedFetch(host)(`http://${host}/latest`), host).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' })
})

test('a name that leads there is refused when it is looked up, and others are not', async () => {
  const names: Record<string, string[]> = {
    'evil.example': ['169.254.169.254'],
    'both.example': ['203.0.113.5', 'fd00:ec2::254'],
    'lan.example': ['192.168.1.7', '127.0.0.1', 'fd12:3456::1'],
  }
  const look = (name: string, all: boolean) =>
    new Promise((resolve) => {
      const lookup = guardedLookup((asked, options, found) => {
        const addresses = names[asked] ?? []
        if (options.all)
          found(
            null,
            addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          )
        else found(null, addresses[0] ?? '', 4)
      })
      lookup(name, { all }, (error, address) => resolve(error ?? address))
    })
  for (const all of [true, false]) expect(await look('evil.example', all)).toMatchObject({ code: 'HOST_NOT_ALLOWED' })
  expect(await look('both.example', true)).toMatchObject({ code: 'HOST_NOT_ALLOWED' })
  expect(await look('lan.example', true)).toHaveLength(3)
  expect(await look('lan.example', false)).toBe('192.168.1.7')
})
