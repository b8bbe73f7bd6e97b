import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cairn, startCairn } from '../../../../test/harness.ts'

let cairn: Cairn
beforeAll(async () => {
  cairn = await startCairn()
})
afterAll(() => cairn.stop())

const withScopes = async (...scopes: string[]) =>
  cairn.client((await cairn.api.users.createKey({ name: 'limited', scopes })).secret)
const denied = { problem: { code: 'ACCESS_DENIED', status: 403 } }

describe('a key that may make keys', () => {
  it('makes none that may do more than itself', async () => {
    const keeper = await withScopes('users:*', 'memories:*', 'jobs:read')
    for (const scope of ['*', '*:read', '*:danger', 'threads:read', 'jobs:*', 'jobs:write'])
      await expect(
        keeper.users.createKey({ name: 'more', scopes: ['users:read', scope] }),
        scope,
      ).rejects.toMatchObject(denied)
    for (const scope of ['users:*', 'users:danger', 'memories:*', 'memories:write', 'jobs:read'])
      expect((await keeper.users.createKey({ name: 'less', scopes: [scope] })).scopes).toEqual([scope])
    expect((await keeper.users.createKey({ name: 'same' })).scopes).toEqual(['users:*', 'memories:*', 'jobs:read'])
  })

  it('does not take over a stronger key by giving it a new secret', async () => {
    const strong = await cairn.api.users.createKey({ name: 'strong' })
    const keeper = await withScopes('*:read', '*:danger')
    await expect(keeper.users.rotateKey({ id: strong.id })).rejects.toMatchObject(denied)
    expect((await cairn.client(strong.secret).users.me()).workspace).toBe(cairn.core.workspace)
    const weak = await cairn.api.users.createKey({ name: 'weak', scopes: ['threads:danger'] })
    expect((await keeper.users.rotateKey({ id: weak.id })).secret).not.toBe(weak.secret)
  })

  it('makes none that lives longer than itself', async () => {
    const [soon, later] = [1, 2].map((days) => new Date(Date.now() + days * 86_400_000).toISOString())
    const brief = await cairn.api.users.createKey({ name: 'brief', expires_at: soon as string })
    const keeper = cairn.client(brief.secret)
    const field = { problem: { code: 'INVALID_INPUT', status: 422, errors: [{ path: '/expires_at' }] } }
    for (const expires_at of [later as string, null])
      await expect(keeper.users.createKey({ name: 'longer', expires_at }), String(expires_at)).rejects.toMatchObject(
        field,
      )
    expect(await keeper.users.createKey({ name: 'unsaid' })).toMatchObject({ expires_at: soon })
    expect(await keeper.users.createKey({ name: 'same', expires_at: soon as string })).toMatchObject({
      expires_at: soon,
    })
    for (const name of ['later', 'never']) {
      const { id } = await cairn.api.users.createKey({ name, ...(name === 'later' && { expires_at: later as string }) })
      await expect(keeper.users.rotateKey({ id }), name).rejects.toMatchObject(denied)
    }
    await expect(keeper.users.createLink({})).rejects.toMatchObject(denied)
    expect((await keeper.users.rotateKey({ id: brief.id })).expires_at).toBe(soon)
  })

  it('opens no browser, whose login may do everything', async () => {
    await expect((await withScopes('users:*')).users.createLink({})).rejects.toMatchObject(denied)
    expect((await (await withScopes('*')).users.createLink({})).url).toMatch(/\/login\?code=/)
  })
})
