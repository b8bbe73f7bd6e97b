/** Who is asking, as the users feature tells it, and whether that lets them do a thing. */
import type { Operation, Role } from '@cairn/api/operation'
import type { Principal } from '../scope.ts'

export type Credential = { kind: 'key' | 'cookie'; value: string }
export type Identity = { principal: Principal; workspace: string; via: Credential['kind'] }
export type Membership = { workspace: string; role: Role }

const strength: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 }

export const atLeast = (role: Role, least: Role) => strength[role] >= strength[least]

/** True when the scopes hold the operation's permission: `*`, `*:read`, `memories:*` or `memories:read`. */
export function permits(
  scopes: readonly string[],
  operation: Pick<Operation, 'feature' | 'effect' | 'permission'>,
): boolean {
  const wanted = ['*', `*:${operation.effect}`, `${operation.feature}:*`, operation.permission]
  return scopes.some((scope) => wanted.includes(scope))
}

/** True when these scopes allow everything that `wanted` allows: nobody hands on what they do not have. */
export function covers(scopes: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((one) => {
    const [feature = '', effect = ''] = one.split(':')
    const wider = one.includes('*') ? [] : [`*:${effect}`, `${feature}:*`]
    return ['*', one, ...wider].some((scope) => scopes.includes(scope))
  })
}

/** Reads `Authorization: Bearer …`, `X-API-Key`, or our cookie; a key wins over a cookie. */
export function credentialOf(header: (name: string) => string | undefined, cookieName: string): Credential | null {
  const bearer = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1]
  const key = bearer ?? header('x-api-key')
  if (key) return { kind: 'key', value: key }
  const cookie = cookieValue(header('cookie') ?? '', cookieName)
  return cookie ? { kind: 'cookie', value: cookie } : null
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}
