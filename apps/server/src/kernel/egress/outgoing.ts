/**
 * The way out for pages that a user or an agent names: never to this machine or its network unless the host is allowed by
 * name, which is looked at when the connection is made; logged before it is made; bounded in time and bytes. Redirects
 * are answers like any other: whoever follows one comes here again.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { CairnError, fail } from '@cairn/api/errors'
import { Agent, request } from 'undici'
import type { Scope } from '../scope.ts'
import { isNeverAsked, isPublic } from './addresses.ts'
import type { EgressLog, Ticket } from './egress.ts'

export type Wanted = {
  url: string
  /** As the log shows it: `crawl`. */
  purpose: string
  headers?: Record<string, string>
  /** Bytes, after they were unpacked. */
  maxBytes: number
  /** Milliseconds in all. */
  timeout: number
}
/** Why there is no answer. */
export type Failure = 'not_allowed' | 'timeout' | 'too_large' | 'unreachable' | 'broken'
export type Departed = { ticket: Ticket; received: number } & (
  | { failure: Failure }
  | { failure: null; status: number; headers: Record<string, string>; body: Buffer }
)

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void

export type Outgoing = ReturnType<typeof makeOutgoing>

/** `allowed`: hosts, or hosts with a port, in private networks that may be asked all the same. */
export function makeOutgoing({
  egress,
  allowed,
  agent: name,
}: {
  egress: EgressLog
  allowed: readonly string[]
  agent: string
}) {
  const named = new Set(allowed.map((one) => one.toLowerCase()))
  const isNamed = (url: URL) => named.has(url.hostname) || named.has(url.host)
  const open = (permits: (address: string) => boolean) =>
    new Agent({
      connections: 8,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      connect: { timeout: 15_000, lookup: guarded(permits) as never },
    })
  const everywhere = open(isPublic)
  const inside = open((address) => !isNeverAsked(address))

  /** Names are looked at when they are looked up, for the connection itself; addresses in a URL are not looked up. */
  function permits(url: URL): boolean {
    const host = url.hostname.replace(/^\[|\]$|\.$/g, '')
    if (isNeverAsked(host)) return false
    return isIP(host) === 0 || isNamed(url) || isPublic(host)
  }

  return {
    /** Refuses an address that is private to all appearance, before anything else is done. ADDRESS_NOT_ALLOWED. */
    check(address: string): void {
      const url = new URL(address)
      if (!permits(url) || (url.hostname === 'localhost' && !isNamed(url)))
        throw fail('ADDRESS_NOT_ALLOWED', { host: url.host })
    },

    /** GET of one address. Never throws for what the other side does; throws when the caller has gone. */
    async get(scope: Scope, wanted: Wanted): Promise<Departed> {
      const url = new URL(wanted.url)
      const ticket = await egress.record(scope, { purpose: wanted.purpose, host: url.host, bytes: 0 })
      if (!permits(url)) return { ticket, received: 0, failure: 'not_allowed' }
      const meter = { received: 0 }
      const tooLong = AbortSignal.timeout(wanted.timeout)
      try {
        const signal = AbortSignal.any([scope.signal, tooLong])
        const answer = await request(url, {
          ...{ dispatcher: isNamed(url) ? inside : everywhere, signal, method: 'GET' },
          headers: { 'user-agent': name, 'accept-encoding': 'gzip, br', ...wanted.headers },
        })
        const headers = plain(answer.headers)
        const body =
          answer.statusCode === 200 ? await read(answer.body, headers, wanted.maxBytes, meter) : Buffer.alloc(0)
        // Nobody reads on in an answer that says no.
        if (answer.statusCode !== 200) answer.body.on('error', () => undefined).destroy()
        return { ticket, received: meter.received, failure: null, status: answer.statusCode, headers, body }
      } catch (error) {
        if (scope.signal.aborted) throw error
        return { ticket, received: meter.received, failure: tooLong.aborted ? 'timeout' : failureOf(error) }
      }
    },

    async close(): Promise<void> {
      await Promise.all([everywhere.destroy(), inside.destroy()])
    },
  }
}

/** Looks a name up for a connection; one of its addresses that is not permitted refuses them all. */
const guarded =
  (permits: (address: string) => boolean) =>
  (name: string, options: LookupOptions, found: Found): void =>
    lookup(name, options, ((error: Error | null, address: string | LookupAddress[], family?: number) => {
      const addresses = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address)
      const refused = !error && (isNeverAsked(name.toLowerCase()) || !addresses.every(permits))
      if (refused) return found(fail('ADDRESS_NOT_ALLOWED', { host: name }), [])
      found(error, address, family)
    }) as never)

const plain = (headers: Record<string, string | string[] | undefined>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? (value[0] ?? '') : value]],
    ),
  )

class TooLarge extends Error {}

async function read(
  raw: Readable,
  { 'content-encoding': encoding, 'content-length': length }: Record<string, string>,
  maxBytes: number,
  meter: { received: number },
): Promise<Buffer> {
  if (Number(length) > maxBytes) {
    raw.on('error', () => undefined).destroy()
    throw new TooLarge()
  }
  raw.on('data', (piece: Buffer) => (meter.received += piece.length))
  const unpack = unpackerOf(encoding)
  const unpacked = unpack ? raw.pipe(unpack) : raw
  if (unpack) raw.on('error', (error: Error) => unpack.destroy(error))
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of unpacked) {
      bytes += (piece as Buffer).length
      if (bytes > maxBytes) throw new TooLarge()
      pieces.push(piece as Buffer)
    }
  } finally {
    raw.destroy()
  }
  return Buffer.concat(pieces)
}

function unpackerOf(encoding: string | undefined) {
  const named = encoding?.trim().toLowerCase() ?? ''
  if (named === 'gzip' || named === 'x-gzip') return createGunzip()
  if (named === 'br') return createBrotliDecompress()
  if (named === 'deflate') return createInflate()
  if (named === '' || named === 'identity') return null
  throw new Error(`an encoding that was not asked for: ${named.slice(0, 40)}`)
}

function failureOf(error: unknown): Failure {
  if (error instanceof TooLarge) return 'too_large'
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (one instanceof CairnError && one.code === 'ADDRESS_NOT_ALLOWED') return 'not_allowed'
    const code = (one as { code?: string }).code ?? ''
    if (/^(?:ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|UND_ERR_(?:CONNECT|SOCKET))/.test(code)) return 'unreachable'
    if (/TIMEOUT/.test(code)) return 'timeout'
  }
  return 'broken'
}
