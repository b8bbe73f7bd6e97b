/** The only way out: requests go to the one host that the core allowed, also after a redirect. */
import { fail } from '@cairn/api/errors'
import { guardedLookup, isForbidden } from './forbidden.ts'

export type Fetch = typeof globalThis.fetch

const MAX_REDIRECTS = 3
const CONNECT_LIMIT = 10_000

/** Host with port as in `allow_host`: in lower case, the scheme's own port left out. */
const hostOf = (url: URL) => url.host.toLowerCase()

const normalHost = (allowed: string, protocol: string): string | null => {
  try {
    const url = new URL(`${protocol}//${allowed}`)
    const bare =
      url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
    return bare ? hostOf(url) : null
  } catch {
    return null
  }
}

const check = (url: URL, allowed: string) => {
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  if (isForbidden(url.hostname)) throw fail('HOST_NOT_ALLOWED')
  if (!isWeb || url.username !== '' || url.password !== '' || hostOf(url) !== normalHost(allowed, url.protocol)) {
    throw fail('HOST_NOT_ALLOWED')
  }
}

let transport: Promise<Fetch> | undefined

/** Undici's own fetch, loaded with the first request: its time limits can be left to the caller. */
const open = async (): Promise<Fetch> => {
  const { Agent, fetch } = await import('undici')
  const connect = { timeout: CONNECT_LIMIT, lookup: guardedLookup() as never }
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect })
  return ((url: URL, init: RequestInit) => fetch(url, { ...(init as object), dispatcher })) as unknown as Fetch
}

/**
 * A `fetch` that reaches `allowed` (`host[:port]`) and nothing else. It follows a redirect only within that host,
 * only where method and body stay as they are, and never from https to http.
 * Rejects with HOST_NOT_ALLOWED before anything is sent.
 */
export const guardedFetch = (allowed: string): Fetch => {
  return async (input, init = {}) => {
    let url = new URL(input instanceof Request ? input.url : input)
    check(url, allowed)
    transport ??= open()
    const send = await transport
    for (let hops = 0; ; hops += 1) {
      const response = await send(url, { ...init, redirect: 'manual' })
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null) return response
      await response.body?.cancel()
      const next = new URL(location, url)
      check(next, allowed)
      const keepsMethod = response.status === 307 || response.status === 308 || (init.method ?? 'GET') === 'GET'
      const isDowngrade = url.protocol === 'https:' && next.protocol !== 'https:'
      if (hops >= MAX_REDIRECTS || !keepsMethod || isDowngrade) throw fail('HOST_NOT_ALLOWED')
      url = next
    }
  }
}
