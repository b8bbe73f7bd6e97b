import { userInfo } from 'node:os'
import { fail } from '@cairn/api/errors'
import type { Key, User } from '@cairn/api/users'
import { iso, isoOrNull } from '../../../kernel/clock.ts'
import { type Credential, covers, type Identity } from '../../../kernel/gate/identity.ts'
import { newId, newSecret, sha256 } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Principal, Scope, Tx } from '../../../kernel/scope.ts'
import { type KeyRow, type LoginRow, store, type UserRow } from './store.ts'

const linkLives = 5 * 60_000
const loginLives = 30 * 86_400_000
/** How long a proved credential is believed without looking again; a revocation here forgets at once. */
const believedFor = 5_000
const touchEvery = 60_000

export type Users = ReturnType<typeof makeUsers>

/** `defaultWorkspace` answers the workspace where a person's calls go when they name none. */
export function makeUsers(kernel: Kernel, defaultWorkspace: (person: string) => Promise<string>) {
  const { database, clock } = kernel
  const believed = new Map<string, { identity: Identity; until: number; touched: number; expires: number }>()
  /** How often everything believed was forgotten: what was looked up before is not believed after. */
  let forgotten = 0
  let owner: UserRow | undefined
  let ownerKeyHash: string | null = null

  /** Makes the local owner at the first start; later starts find them. */
  async function ensureOwner(): Promise<UserRow> {
    const made = { id: newId(), name: personName(), created_at: clock.now() }
    owner ??= await database.transaction(async (db) => {
      const first = await store.firstUser(db)
      if (!first) await store.insertUser(db, made)
      return first ?? made
    })
    return owner
  }

  function setOwnerKey(key: string): void {
    ownerKeyHash = sha256(key)
  }

  async function identify(credential: Credential): Promise<Identity | null> {
    const hash = sha256(credential.value)
    const now = clock.now()
    const known = believed.get(hash)
    if (known && known.until > now && known.expires > now && known.identity.via === credential.kind)
      return known.identity
    const before = forgotten
    const found = credential.kind === 'key' ? await byKey(hash, now) : await byCookie(hash, now)
    if (!found) {
      believed.delete(hash)
      return null
    }
    if (believed.size > 1_000) believed.clear()
    if (before === forgotten) believed.set(hash, { ...found, until: now + believedFor, touched: known?.touched ?? 0 })
    return found.identity
  }

  function forget(): void {
    believed.clear()
    forgotten += 1
  }

  async function byKey(hash: string, now: number) {
    if (hash === ownerKeyHash && owner)
      return { identity: await identityOf(owner.id, 'owner', ['*'], 'key'), expires: Infinity }
    const row = await store.keyByHash(database.db, hash)
    if (!row || isOver(row, now)) return null
    if (now - (row.last_used_at ?? 0) > touchEvery) await database.transaction((db) => store.touchKey(db, row.id, now))
    const scopes = JSON.parse(row.scopes) as string[]
    return { identity: await identityOf(row.person, row.id, scopes, 'key'), expires: row.expires_at ?? Infinity }
  }

  async function byCookie(hash: string, now: number) {
    const row = await store.loginByHash(database.db, hash)
    if (!row || row.expires_at <= now) return null
    if (now - row.last_used_at > touchEvery) {
      await database.transaction((db) => store.touchLogin(db, row.id, now, now + loginLives))
    }
    return { identity: await identityOf(row.person, row.id, ['*'], 'cookie'), expires: row.expires_at }
  }

  async function identityOf(
    person: string,
    credential: string,
    scopes: string[],
    via: Credential['kind'],
  ): Promise<Identity> {
    const principal: Principal = {
      ...{ kind: 'person', person, agent: null, credential, scopes },
      ...(via === 'key' && { via }),
    }
    return { principal, workspace: await defaultWorkspace(person), via }
  }

  /**
   * What is left of a principal whose call was let in earlier: a key that is gone or over is CREDENTIAL_REVOKED, and it
   * gives no more than it has by now. A login that has ended leaves its person, the owner's key the owner.
   */
  async function standing(principal: Principal): Promise<Principal> {
    const { via, credential, person } = principal
    if (via !== 'key' || credential === null || credential === 'owner') return principal
    const row = await store.key(database.db, person, credential)
    if (!row || isOver(row, clock.now())) throw fail('CREDENTIAL_REVOKED')
    const scopes = JSON.parse(row.scopes) as string[]
    return { ...principal, scopes: principal.scopes.filter((one) => covers(scopes, [one])) }
  }

  async function me(scope: Scope): Promise<User> {
    const row = await store.user(scope.db, scope.principal.person)
    if (!row) throw fail('UNAUTHENTICATED')
    return { id: row.id, name: row.name, workspace: await defaultWorkspace(row.id), created_at: iso(row.created_at) }
  }

  async function rename(tx: Tx, name: string): Promise<void> {
    await store.renameUser(tx.db, tx.principal.person, name)
    tx.event({ type: 'user.changed', subject: tx.principal.person })
  }

  async function keys(scope: Scope, query: { limit?: number; cursor?: string }) {
    const limit = pageSize(query.limit)
    const before = decodeCursor(query.cursor, [0, ''] as const)
    const rows = await store.keys(scope.db, scope.principal.person, { limit: limit + 1, after: before })
    return toPage(rows, limit, (row) => [row.created_at, row.id], toKey)
  }

  /**
   * A key with the rights of whoever asks, or fewer, that ends with theirs or before; ACCESS_DENIED for more rights,
   * INVALID_INPUT for a later end.
   */
  async function createKey(tx: Tx, input: { name: string; scopes?: string[]; expires_at?: string | null }) {
    const scopes = input.scopes ?? [...tx.principal.scopes]
    checkRights(tx, scopes)
    const last = await endOf(tx)
    const expires_at = input.expires_at === undefined ? last : endIn(input.expires_at)
    if (isLater(expires_at, last)) {
      const message = `must not be later than ${iso(last as number)}, when the key ends that asks for this one`
      throw fail('INVALID_INPUT', {}, [{ path: '/expires_at', message }])
    }
    const secret = `cairn_${newSecret()}`
    const row: KeyRow = {
      id: newId(),
      person: tx.principal.person,
      name: input.name,
      prefix: secret.slice(0, 12),
      hash: sha256(secret),
      scopes: JSON.stringify(scopes),
      created_at: tx.now,
      last_used_at: null,
      expires_at,
    }
    await store.insertKey(tx.db, row)
    tx.event({ type: 'key.created', subject: row.id, data: { scopes } })
    return { ...toKey(row), secret }
  }

  async function rotateKey(tx: Tx, id: string) {
    const row = await store.key(tx.db, tx.principal.person, id)
    if (!row) throw fail('KEY_NOT_FOUND')
    checkRights(tx, JSON.parse(row.scopes) as string[])
    if (isLater(row.expires_at, await endOf(tx))) throw fail('ACCESS_DENIED', { permission: 'to outlive itself' })
    const secret = `cairn_${newSecret()}`
    await store.replaceSecret(tx.db, id, sha256(secret), secret.slice(0, 12))
    tx.event({ type: 'key.rotated', subject: id })
    tx.after(forget)
    return { ...toKey({ ...row, prefix: secret.slice(0, 12) }), secret }
  }

  async function removeKey(tx: Tx, id: string) {
    const removed = await store.removeKey(tx.db, tx.principal.person, id)
    if (removed === 0) throw fail('KEY_NOT_FOUND')
    tx.event({ type: 'key.removed', subject: id })
    tx.after(forget)
    return { removed: { keys: removed } }
  }

  /**
   * A one-time code for `/login`; only its hash is kept. ACCESS_DENIED for whoever has not all the rights of a login, or
   * has them until a time: a login has no end as long as it is used.
   */
  async function createLink(tx: Tx): Promise<{ code: string; expires_at: number }> {
    checkRights(tx, ['*'])
    if ((await endOf(tx)) !== null) throw fail('ACCESS_DENIED', { permission: 'to outlive itself' })
    const code = newSecret()
    const expires = tx.now + linkLives
    await store.dropLinks(tx.db, tx.now)
    await store.insertLink(tx.db, { hash: sha256(code), person: tx.principal.person, expires_at: expires })
    return { code, expires_at: expires }
  }

  /** Exchanges a code for a cookie's value and its person. Throws LOGIN_LINK_USED. */
  async function login(code: string, agent: string): Promise<{ token: string; person: string; id: string }> {
    const token = newSecret()
    const now = clock.now()
    const id = newId()
    const person = await database.transaction(async (db) => {
      const link = await store.takeLink(db, sha256(code))
      if (!link || link.expires_at <= now) throw fail('LOGIN_LINK_USED')
      const row: LoginRow = {
        id,
        person: link.person,
        hash: sha256(token),
        agent: agent.slice(0, 300),
        created_at: now,
        last_used_at: now,
        expires_at: now + loginLives,
      }
      await store.insertLogin(db, row)
      return link.person
    })
    return { token, person, id }
  }

  async function logins(scope: Scope) {
    const rows = await store.logins(scope.db, scope.principal.person, clock.now())
    return { items: rows.map((row) => toLogin(row, scope.principal.credential)) }
  }

  async function removeLogins(tx: Tx, id: string | undefined) {
    const { person, credential } = tx.principal
    const removed = await (id === undefined
      ? store.removeOtherLogins(tx.db, person, credential ?? '')
      : store.removeLogin(tx.db, person, id))
    if (removed > 0) tx.event({ type: 'login.ended', subject: id ?? person, data: { count: removed } })
    tx.after(forget)
    return { removed: { logins: removed } }
  }

  return {
    ensureOwner,
    setOwnerKey,
    identify,
    standing,
    me,
    rename,
    keys,
    createKey,
    rotateKey,
    removeKey,
    createLink,
    login,
    logins,
    removeLogins,
    loginLives,
  }
}

/** When the rights of whoever asks end: with their key, or never. */
async function endOf({ db, principal: { via, credential, person } }: Tx): Promise<number | null> {
  if (via !== 'key' || credential === null || credential === 'owner') return null
  const row = await store.key(db, person, credential)
  // It was there when the call came in.
  if (!row) throw fail('UNAUTHENTICATED')
  return row.expires_at
}

const endIn = (time: string | null) => (time === null ? null : Date.parse(time))
const isLater = (end: number | null, last: number | null) => last !== null && (end === null || end > last)

function checkRights({ principal }: Tx, wanted: readonly string[]): void {
  const missing = wanted.find((one) => !covers(principal.scopes, [one]))
  if (missing !== undefined) throw fail('ACCESS_DENIED', { permission: missing })
}

const isOver = ({ expires_at }: KeyRow, now: number) => expires_at !== null && expires_at <= now

const toKey = (row: KeyRow): Key => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: JSON.parse(row.scopes) as string[],
  created_at: iso(row.created_at),
  last_used_at: isoOrNull(row.last_used_at),
  expires_at: isoOrNull(row.expires_at),
})

const toLogin = (row: LoginRow, current: string | null) => ({
  id: row.id,
  agent: row.agent,
  created_at: iso(row.created_at),
  last_used_at: iso(row.last_used_at),
  expires_at: iso(row.expires_at),
  current: row.id === current,
})

/** The name of the account that runs Cairn; a container may have none. */
function personName(): string {
  try {
    return userInfo().username || 'owner'
  } catch {
    return 'owner'
  }
}
