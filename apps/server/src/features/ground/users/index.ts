/**
 * Users: the local owner, their API keys and the logins of their browsers.
 * Tables: user, api_key, login, login_link. Events: user.changed, key.*, login.started, login.ended.
 * Invariant: a secret is never stored, only its SHA-256; a login link works once.
 */
import { users as api } from '@cairn/api/users'
import { iso } from '../../../kernel/clock.ts'
import { type Feature, handle } from '../../../kernel/feature.ts'
import { answer } from '../../../kernel/gate/call.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Principal } from '../../../kernel/scope.ts'
import { makeUsers } from './service.ts'

export function makeUsersFeature(kernel: Kernel, defaultWorkspace: (person: string) => Promise<string>) {
  const users = makeUsers(kernel, defaultWorkspace)

  async function recordLogin(person: string, id: string): Promise<void> {
    const principal: Principal = { kind: 'person', person, agent: null, credential: id, scopes: ['*'] }
    const scope = kernel.scope({ workspace: await defaultWorkspace(person), principal })
    await scope.write(async (tx) => tx.event({ type: 'login.started', subject: id }))
  }

  const cookie = (value: string, seconds: number) =>
    `${kernel.cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${kernel.secureCookies ? '; Secure' : ''}`

  const feature: Feature = {
    name: 'users',
    tables: ['user', 'api_key', 'login', 'login_link'],
    operations: handle(api, {
      me: (call) => users.me(call),
      update: async (call) => {
        await call.write((tx) => users.rename(tx, call.input.name))
        return users.me(call)
      },
      keys: (call) => users.keys(call, call.input),
      createKey: (call) => call.write((tx) => users.createKey(tx, call.input)),
      rotateKey: (call) => call.write((tx) => users.rotateKey(tx, call.input.id)),
      removeKey: (call) => call.write((tx) => users.removeKey(tx, call.input.id)),
      createLink: async (call) => {
        const { code, expires_at } = await call.write((tx) => users.createLink(tx))
        const to = call.input.to ? `&to=${encodeURIComponent(call.input.to)}` : ''
        return { url: `${kernel.publicUrl()}/login?code=${code}${to}`, expires_at: iso(expires_at) }
      },
      login: async (call) => {
        const { token, person, id } = await users.login(call.input.code, call.header('user-agent') ?? '')
        await recordLogin(person, id)
        return answer.redirect(call.input.to ?? '/', cookie(token, users.loginLives / 1000))
      },
      logout: (call) => call.write((tx) => users.removeLogins(tx, call.principal.credential ?? '')),
      logins: (call) => users.logins(call),
      removeLogins: (call) => call.write((tx) => users.removeLogins(tx, call.input.id)),
    }),
  }
  return { ...users, feature }
}
