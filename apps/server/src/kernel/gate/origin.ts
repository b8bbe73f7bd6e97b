/** Host and Origin: what stops DNS rebinding and requests that other sites make in the user's browser. */
import { fail } from '@cairn/api/errors'
import type { Operation } from '@cairn/api/operation'

export type Addresses = {
  /** `host:port` values that this server answers for, lower case. */
  hosts: ReadonlySet<string>
  /** Origins of our own pages, with scheme and port. */
  origins: ReadonlySet<string>
  /** Other origins that were allowed by name. */
  allowed: ReadonlySet<string>
}

export function addressesOf(port: number, host: string, publicUrl: string, allowed: readonly string[]): Addresses {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  if (!['0.0.0.0', '::', '::1', 'localhost', '127.0.0.1'].includes(host)) names.push(host)
  const hosts = new Set(names.map((name) => `${name}:${port}`))
  const origins = new Set([...hosts].map((one) => `http://${one}`))
  if (publicUrl) {
    const url = new URL(publicUrl)
    hosts.add(url.host)
    origins.add(url.origin)
  }
  return { hosts, origins, allowed: new Set(allowed) }
}

type Header = (name: string) => string | undefined

/** Refuses a request that names a host which is not ours (absolute form included: its host arrives here too). */
export function checkHost(addresses: Addresses, host: string | undefined, target: string): void {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1]
  for (const named of absolute === undefined ? [host] : [host, absolute]) {
    if (!named || !addresses.hosts.has(named.toLowerCase())) throw fail('HOST_NOT_ALLOWED')
  }
}

/**
 * Refuses foreign pages. Whoever shows an Origin must show one of ours or an allowed one. A cookie alone proves only
 * that it is the user's browser: with it, changes and sockets must come from our own pages.
 */
export function checkOrigin(addresses: Addresses, header: Header, operation: Operation, withCookie: boolean): void {
  const origin = header('origin')
  const ours = origin !== undefined && addresses.origins.has(origin)
  if (origin !== undefined && !ours && !addresses.allowed.has(origin)) throw fail('ORIGIN_NOT_ALLOWED')
  if (!withCookie) return
  const site = header('sec-fetch-site')
  const navigates = operation.reply.includes('redirect')
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) throw fail('ORIGIN_NOT_ALLOWED')
  const changes = operation.effect !== 'read' || operation.reply.includes('socket')
  if (changes && !ours && !navigates) throw fail('ORIGIN_NOT_ALLOWED')
}
