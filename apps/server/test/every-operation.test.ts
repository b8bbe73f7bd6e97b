import { randomUUID } from 'node:crypto'
import type { Operation } from '@cairn/api/operation'
import { allOperations } from '@cairn/api/table'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn } from './harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const protectedOnes = allOperations.filter(({ reach }) => reach !== 'public')
const plain = (operation: Operation) => !operation.reply.includes('socket')
const pathOf = (operation: Operation) => operation.path.replace(/\{\w+\}/g, randomUUID())

function call(operation: Operation, headers: Record<string, string>, body?: string) {
  const hasBody = operation.method !== 'GET' && operation.method !== 'DELETE'
  return fetch(cairn.url + pathOf(operation), {
    method: operation.method,
    headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
    ...(hasBody && { body: body ?? '{}' }),
    redirect: 'manual',
  })
}
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code

describe('every operation', () => {
  it('is served', () => {
    expect(cairn.core.operations.map(({ id }) => id).sort()).toEqual(allOperations.map(({ id }) => id).sort())
  })

  it.each(protectedOnes.map((one) => [one.id, one] as const))('%s asks who is calling', async (_, operation) => {
    const nobody = await call(operation, {})
    expect(nobody.status).toBe(401)
    expect(await codeOf(nobody)).toBe('UNAUTHENTICATED')
    expect(nobody.headers.get('content-type')).toContain('application/problem+json')
    expect((await call(operation, { authorization: 'Bearer wrong-key-wrong-key-wrong-key' })).status).toBe(401)
  })

  it.each(allOperations.map((one) => [one.id, one] as const))(
    '%s refuses a foreign Host and a foreign Origin',
    async (_, operation) => {
      const { status, code } = await rawCall(operation, { host: 'evil.example' })
      expect([status, code]).toEqual([403, 'HOST_NOT_ALLOWED'])
      const origin = await call(operation, { authorization: `Bearer ${cairn.key}`, origin: 'http://evil.example' })
      expect([origin.status, await codeOf(origin)]).toEqual([403, 'ORIGIN_NOT_ALLOWED'])
    },
  )

  it.each(allOperations.filter(({ reach }) => reach === 'workspace').map((one) => [one.id, one] as const))(
    '%s hides the workspaces of others',
    async (_, operation) => {
      const stranger = await strangerOnce()
      const response = await call(operation, {
        authorization: `Bearer ${cairn.key}`,
        'x-cairn-workspace': stranger.workspace,
      })
      expect([response.status, await codeOf(response)]).toEqual([404, 'WORKSPACE_NOT_FOUND'])
    },
  )

  it.each(protectedOnes.map((one) => [one.id, one] as const))('%s demands its permission', async (_, operation) => {
    const key = await keyOnce()
    const response = await call(operation, { authorization: `Bearer ${key}` })
    expect([response.status, await codeOf(response)]).toEqual([403, 'ACCESS_DENIED'])
  })

  it.each(allOperations.filter(plain).map((one) => [one.id, one] as const))(
    '%s refuses unknown fields',
    async (_, operation) => {
      if (operation.input !== 'json') return
      const authorization = `Bearer ${cairn.key}`
      const target = `${cairn.url}${pathOf(operation)}?no_such_field=1`
      const response = await fetch(target, { method: operation.method, headers: { authorization }, redirect: 'manual' })
      expect([response.status, await codeOf(response)]).toEqual([422, 'INVALID_INPUT'])
    },
  )

  it.each(
    allOperations
      .filter((one) => plain(one) && one.input === 'json' && !['GET', 'DELETE'].includes(one.method))
      .map((one) => [one.id, one] as const),
  )('%s answers bad bodies with a problem, never a 500', async (_, operation) => {
    const authorization = `Bearer ${cairn.key}`
    for (const body of [
      '{',
      '[]',
      '"text"',
      '{"\\u0000":1}',
      '{"__proto__":{"a":1}}',
      '\ud800',
      '{"id":{"$ne":1},"limit":1e999}',
    ]) {
      const response = await call(operation, { authorization }, body)
      expect([400, 403, 404, 409, 422], `${body} → ${response.status}`).toContain(response.status)
      await response.arrayBuffer()
    }
    const broken = await fetch(cairn.url + pathOf(operation), {
      method: operation.method,
      headers: { authorization, 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    })
    expect([broken.status, await codeOf(broken)]).toEqual([400, 'BROKEN_JSON'])
  })
})

let stranger: Awaited<ReturnType<Cairn['stranger']>> | undefined
const strangerOnce = async () => (stranger ??= await cairn.stranger())

let powerless: string | undefined
/** A key that may do nothing that exists. */
async function keyOnce(): Promise<string> {
  powerless ??= (await cairn.api.users.createKey({ name: 'powerless', scopes: ['nothing:read'] })).secret
  return powerless
}

/** `fetch` does not let a Host be chosen. */
async function rawCall(
  operation: Operation,
  headers: Record<string, string>,
): Promise<{ status: number; code: string }> {
  const { request } = await import('node:http')
  const { hostname, port } = new URL(cairn.url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: pathOf(operation), method: operation.method, headers }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => (text += piece.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, code: (JSON.parse(text) as { code: string }).code }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}
