/** The owner, their keys and their logins. */
import { operation, operations } from './operation.ts'
import {
  Id,
  list,
  Nothing,
  nullable,
  optional,
  page,
  paging,
  Removed,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

export const User = shape({ id: Id, name: text(200), workspace: Id, created_at: Time })
export type User = Static<typeof User>

/** Permissions of a key: `*`, `*:read`, `memories:*` or `memories:read`. */
export const Scopes = list(Type.String({ pattern: '^(\\*|[a-z_-]+)(:(\\*|read|write|danger))?$', maxLength: 60 }), {
  minItems: 1,
  maxItems: 50,
})
export const Key = shape({
  id: Id,
  name: text(100),
  /** The first characters, to tell keys apart. */
  prefix: text(20),
  scopes: Scopes,
  created_at: Time,
  last_used_at: nullable(Time),
  expires_at: nullable(Time),
})
export type Key = Static<typeof Key>
/** A key with its secret, shown this once. */
export const NewKey = shape({ ...Key.properties, secret: text(200) })

export const Login = shape({
  id: Id,
  agent: text(300),
  created_at: Time,
  last_used_at: Time,
  expires_at: Time,
  current: Type.Boolean(),
})

const people = { reach: 'installation', callers: ['people'], role: 'owner' } as const

export const users = operations('users', {
  me: operation({
    method: 'GET',
    path: '/api/users/me',
    summary: 'Who am I?',
    effect: 'read',
    reach: 'installation',
    output: User,
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/users/me',
    summary: 'Change my name',
    effect: 'write',
    ...people,
    body: { name: text(200, 1) },
    output: User,
  }),
  keys: operation({
    method: 'GET',
    path: '/api/auth/keys',
    summary: 'List API keys',
    effect: 'read',
    ...people,
    query: paging,
    output: page(Key),
  }),
  createKey: operation({
    method: 'POST',
    path: '/api/auth/keys',
    summary: 'Make an API key; its secret is shown once',
    effect: 'danger',
    ...people,
    body: { name: text(100, 1), scopes: optional(Scopes), expires_at: optional(nullable(Time)) },
    output: NewKey,
    status: 201,
  }),
  rotateKey: operation({
    method: 'POST',
    path: '/api/auth/keys/{id}/rotate',
    summary: 'Give a key a new secret; the old one ends at once',
    effect: 'danger',
    ...people,
    params: { id: Id },
    output: NewKey,
    errors: ['KEY_NOT_FOUND'],
  }),
  removeKey: operation({
    method: 'DELETE',
    path: '/api/auth/keys/{id}',
    summary: 'Revoke a key',
    effect: 'danger',
    ...people,
    params: { id: Id },
    output: Removed,
    errors: ['KEY_NOT_FOUND'],
  }),
  createLink: operation({
    method: 'POST',
    path: '/api/auth/link',
    summary: 'Make a one-time link that logs a browser in',
    description: 'The link works once, within five minutes.',
    effect: 'danger',
    ...people,
    body: { to: optional(Type.String({ pattern: '^/(?!/)[^\\\\\\s]*$', maxLength: 2_000 })) },
    output: shape({ url: text(3_000), expires_at: Time }),
    status: 201,
  }),
  login: operation({
    method: 'GET',
    path: '/login',
    summary: 'Exchange a one-time link for a login cookie',
    effect: 'write',
    reach: 'public',
    callers: ['people'],
    query: { code: text(200, 20), to: optional(Type.String({ pattern: '^/(?!/)[^\\\\\\s]*$', maxLength: 2_000 })) },
    output: Nothing,
    status: 302,
    reply: ['redirect'],
    errors: ['LOGIN_LINK_USED'],
  }),
  logout: operation({
    method: 'POST',
    path: '/api/auth/logout',
    summary: 'End this login',
    effect: 'write',
    ...people,
    role: 'viewer',
    output: Removed,
  }),
  logins: operation({
    method: 'GET',
    path: '/api/auth/sessions',
    summary: 'List logins of browsers',
    effect: 'read',
    ...people,
    output: shape({ items: list(Login) }),
  }),
  removeLogins: operation({
    method: 'DELETE',
    path: '/api/auth/sessions',
    summary: 'End one login, or all but this one',
    effect: 'danger',
    ...people,
    query: { id: optional(Id) },
    output: Removed,
  }),
})
