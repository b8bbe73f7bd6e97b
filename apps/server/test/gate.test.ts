import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn } from './harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const problem = async (response: Response) =>
  (await response.json()) as { code: string; errors?: { path: string }[]; request_id: string }

/** Follows a one-time link as a browser would, and answers its cookie. */
async function logIn(): Promise<string> {
  const link = await cairn.core.loginLink()
  const response = await fetch(link, { redirect: 'manual' })
  expect(response.status).toBe(302)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] as string
}

describe('logging in', () => {
  it('exchanges a link for an HttpOnly, SameSite=Strict cookie, once', async () => {
    const link = await cairn.core.loginLink()
    const first = await fetch(link, { redirect: 'manual' })
    expect(first.headers.get('location')).toBe('/')
    expect(first.headers.get('set-cookie')).toMatch(
      /^cairn_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d+$/,
    )
    const second = await fetch(link, { redirect: 'manual' })
    expect([second.status, (await problem(second)).code]).toEqual([401, 'LOGIN_LINK_USED'])
  })

  it('never redirects elsewhere', async () => {
    for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const response = await fetch(`${await cairn.core.loginLink()}&to=${encodeURIComponent(to)}`, {
        redirect: 'manual',
      })
      expect(response.status, to).toBe(422)
    }
  })

  it('lets the cookie read from anywhere on this origin, and write only from our own pages', async () => {
    const cookie = await logIn()
    const get = (headers: Record<string, string>) =>
      fetch(`${cairn.url}/api/users/me`, { headers: { cookie, ...headers } })
    expect((await get({})).status).toBe(200)
    expect((await get({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await problem(await get({ 'sec-fetch-site': 'cross-site' }))).code).toBe('ORIGIN_NOT_ALLOWED')
    expect((await problem(await get({ 'sec-fetch-site': 'same-site' }))).code).toBe('ORIGIN_NOT_ALLOWED')

    const post = (headers: Record<string, string>) =>
      fetch(`${cairn.url}/api/memory`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ key: 'k', value: 'v' }),
      })
    expect((await problem(await post({}))).code).toBe('ORIGIN_NOT_ALLOWED')
    const otherPort = cairn.url.replace(/\d+$/, '1')
    expect((await problem(await post({ origin: otherPort }))).code).toBe('ORIGIN_NOT_ALLOWED')
    expect((await problem(await post({ origin: 'null' }))).code).toBe('ORIGIN_NOT_ALLOWED')
    expect((await post({ origin: cairn.url })).status).toBe(201)
  })

  it('ends with logout, at once', async () => {
    const cookie = await logIn()
    const headers = { cookie, origin: cairn.url }
    expect((await fetch(`${cairn.url}/api/users/me`, { headers })).status).toBe(200)
    expect((await fetch(`${cairn.url}/api/auth/logout`, { method: 'POST', headers })).status).toBe(200)
    expect((await fetch(`${cairn.url}/api/users/me`, { headers })).status).toBe(401)
  })
})

describe('keys', () => {
  it('work until they are revoked, and never show their secret again', async () => {
    const made = await cairn.api.users.createKey({ name: 'script', scopes: ['memories:read'] })
    const client = cairn.client(made.secret)
    expect((await client.memories.list()).items).toBeInstanceOf(Array)
    await expect(client.memories.create({ key: 'a', value: 'b' })).rejects.toMatchObject({
      problem: { code: 'ACCESS_DENIED' },
    })
    const { items } = await cairn.api.users.keys()
    expect(JSON.stringify(items)).not.toContain(made.secret)
    expect(items.find(({ id }) => id === made.id)?.last_used_at).not.toBeNull()
    await cairn.api.users.removeKey({ id: made.id })
    await expect(client.memories.list()).rejects.toMatchObject({ problem: { code: 'UNAUTHENTICATED' } })
  })

  it('end when they expire, and the old secret of a rotated one ends at once', async () => {
    const past = new Date(Date.now() - 1_000).toISOString()
    const expired = await cairn.api.users.createKey({ name: 'old', expires_at: past })
    await expect(cairn.client(expired.secret).users.me()).rejects.toMatchObject({
      problem: { code: 'UNAUTHENTICATED' },
    })
    const made = await cairn.api.users.createKey({ name: 'rotated' })
    await cairn.client(made.secret).users.me()
    const next = await cairn.api.users.rotateKey({ id: made.id })
    await expect(cairn.client(made.secret).users.me()).rejects.toMatchObject({ problem: { code: 'UNAUTHENTICATED' } })
    expect((await cairn.client(next.secret).users.me()).workspace).toBe(cairn.core.workspace)
  })

  it('are not believed again by a call that was under way while they were revoked', async () => {
    for (let round = 0; round < 20; round += 1) {
      const made = await cairn.api.users.createKey({ name: 'short-lived' })
      const client = cairn.client(made.secret)
      const underWay = Array.from({ length: 8 }, () => client.users.me().catch(() => null))
      await cairn.api.users.removeKey({ id: made.id })
      await Promise.all(underWay)
      await expect(client.users.me()).rejects.toMatchObject({ problem: { code: 'UNAUTHENTICATED' } })
    }
  })

  it('of another person cannot be seen, rotated or revoked', async () => {
    const made = await cairn.api.users.createKey({ name: 'mine' })
    const { api } = await cairn.stranger()
    expect((await api.users.keys()).items.map(({ id }) => id)).not.toContain(made.id)
    await expect(api.users.rotateKey({ id: made.id })).rejects.toMatchObject({ problem: { code: 'KEY_NOT_FOUND' } })
    await expect(api.users.removeKey({ id: made.id })).rejects.toMatchObject({ problem: { code: 'KEY_NOT_FOUND' } })
  })
})

describe('bad input', () => {
  const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
    cairn.fetch('/api/memory', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

  it('names every field and its reason, and changes nothing', async () => {
    const before = (await cairn.api.memories.list({ limit: 200 })).items.length
    const response = await post(JSON.stringify({ id: 'x', key: 1, scope: 'galaxy', nope: true }))
    const { code, errors = [] } = await problem(response)
    expect([response.status, code]).toEqual([422, 'INVALID_INPUT'])
    expect(errors).toEqual([{ path: '/nope', message: 'is not known here' }])
    const typed = await problem(await post(JSON.stringify({ id: 'x', key: 1, scope: 'galaxy' })))
    expect(typed.errors?.map(({ path }) => path).sort()).toEqual(['/id', '/key', '/scope', '/value'])
    expect((await cairn.api.memories.list({ limit: 200 })).items.length).toBe(before)
  })

  it('does not turn a number in a body into text, or text into a number', async () => {
    expect((await post(JSON.stringify({ key: 'k', value: 5 }))).status).toBe(422)
    expect((await cairn.fetch('/api/memory?limit=5')).status).toBe(200)
    for (const limit of ['0', '-1', '201', '1e2', '5.5', 'NaN', '', '99999999999999999999', '0x10']) {
      expect((await cairn.fetch(`/api/memory?limit=${limit}`)).status, limit).toBe(422)
    }
  })

  it('refuses a cursor that is not of this list', async () => {
    for (const cursor of [
      'x',
      'W10',
      Buffer.from('[1,2,3]').toString('base64url'),
      Buffer.from('[null,1]').toString('base64url'),
    ]) {
      expect((await cairn.fetch(`/api/memory?cursor=${cursor}`)).status, cursor).toBe(422)
    }
  })

  it('refuses bodies that are too large, quickly, and other media types', async () => {
    const large = await post(JSON.stringify({ key: 'k', value: 'x'.repeat(2_000_000) }))
    expect([large.status, (await problem(large)).code]).toEqual([413, 'BODY_TOO_LARGE'])
    const other = await post('key=k', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([other.status, (await problem(other)).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('refuses NUL in text, which PostgreSQL could not hold', async () => {
    expect((await post(JSON.stringify({ key: 'a\u0000b', value: 'v' }))).status).toBe(422)
  })

  it('answers what nobody serves with a problem', async () => {
    const missing = await cairn.fetch('/api/nothing')
    expect([missing.status, (await problem(missing)).code]).toEqual([404, 'ROUTE_NOT_FOUND'])
    const method = await cairn.fetch('/api/users/me', { method: 'PUT' })
    expect([method.status, (await problem(method)).code]).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(method.headers.get('allow')).toBe('GET, HEAD, PATCH')
    const read = await cairn.fetch('/api/search')
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('keeps the request id of the caller when it is one, and answers with it', async () => {
    const given = await cairn.fetch('/api/nothing', { headers: { 'x-request-id': 'abc-123' } })
    expect([given.headers.get('x-request-id'), (await problem(given)).request_id]).toEqual(['abc-123', 'abc-123'])
    const odd = await cairn.fetch('/api/nothing', { headers: { 'x-request-id': 'a b<script>' } })
    expect((await problem(odd)).request_id).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('what every answer carries', () => {
  it('tells the limits and forbids framing, sniffing and foreign code', async () => {
    const { headers } = await cairn.fetch('/api/users/me')
    expect(Number(headers.get('ratelimit-remaining'))).toBeGreaterThan(0)
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('serves OpenAPI 3.1 and a readable reference', async () => {
    const document = (await (await fetch(`${cairn.url}/api/openapi.json`)).json()) as { openapi: string }
    expect(document.openapi).toBe('3.1.0')
    const reference = await fetch(`${cairn.url}/docs`)
    expect([reference.url, reference.status, reference.headers.get('content-type')]).toEqual([
      `${cairn.url}/docs/`,
      200,
      expect.stringContaining('text/html'),
    ])
    expect(reference.headers.get('content-security-policy')).toContain("connect-src 'self'")
    const script = await fetch(`${cairn.url}/docs/js/scalar.js`)
    expect(await reference.text()).toContain('src="js/scalar.js"')
    expect([script.status, script.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')])
    expect((await script.text()).length).toBeGreaterThan(1_000_000)
  })

  it('takes apart uploads only where an operation asks for one', async () => {
    const form = new FormData()
    form.append('key', 'k')
    const response = await cairn.fetch('/api/memory', { method: 'POST', body: form })
    expect([response.status, (await problem(response)).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('limits requests per address', async () => {
    await using limited = await startCairn({ environment: { CAIRN_RATE_PER_ADDRESS: '5' } })
    const statuses: number[] = []
    for (let at = 0; at < 7; at += 1) statuses.push((await limited.fetch('/api/users/me')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
    const refused = await limited.fetch('/api/users/me')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})
