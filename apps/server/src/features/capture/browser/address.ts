/**
 * Addresses of pages, and the ids made from them. A page's id is made from its address and a visit's from its page and
 * its time, so that the same visit has the same id wherever and however often it comes from, and ids sort as times do.
 */
import { sha256 } from '../../../kernel/ids.ts'
import { maskAddress } from '../../../kernel/masking.ts'
import { siteOf } from '../../../kernel/sites.ts'

/** Most characters of an address that is kept. */
export const longestAddress = 16_384
/** Number of parts that the index over visits is kept in. */
export const buckets = 64

export type Address = { url: string; site: string; page: string; bucket: number }
export type Refusal = 'scheme' | 'address' | 'too_long'

/**
 * Reads an address: masked, as browsers write it, with its site and the id of its page; or why it is not kept
 * (`scheme`: not http or https; `address`: none at all; `too_long`).
 */
export function readAddress(text: string, keyOf = siteKey): Address | Refusal {
  if (text.length > longestAddress) return 'too_long'
  const url = URL.parse(text)
  if (url === null) return 'address'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'scheme'
  const masked = maskAddress(url.href)
  // What stands outside ASCII grows when it is written as browsers do.
  if (masked.length > longestAddress) return 'too_long'
  const site = siteOf(url.host)
  const page = pageId(keyOf(site), masked)
  return { url: masked, site, page, bucket: bucketOf(page) }
}

/** The same for many: addresses and sites that come again soon are not read again. */
export function addressReader(): (text: string) => Address | Refusal {
  // What is remembered longer outlives the young heap, and costs more than to read it again.
  const addresses = recent<Address | Refusal>(500)
  const keys = recent<string>(2_000)
  const keyOf = (site: string) => keys(site, siteKey)
  const read = (text: string) => readAddress(text, keyOf)
  return (text) => addresses(text, read)
}

/** Remembers up to `size` answers, then begins anew. */
function recent<T>(size: number) {
  const known = new Map<string, T>()
  return (name: string, make: (name: string) => T): T => {
    const found = known.get(name)
    if (found !== undefined) return found
    if (known.size >= size) known.clear()
    const made = make(name)
    known.set(name, made)
    return made
  }
}

/** UUIDv8 (RFC 9562): 48 bits of the site's SHA-256, then 72 of the address's. */
function pageId(key: string, url: string): string {
  const hash = sha256(url)
  return `${key}-8${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`
}

/** Ids of pages are of version 8, those of visits of version 7. */
export const isPageId = (id: string) => id[14] === '8'

/** What the ids of all pages of a site begin with. */
export function siteKey(site: string): string {
  const hash = sha256(site)
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}`
}
/** After the ids of all pages of a site: `.` sorts behind `-`. */
export const siteEnd = (site: string) => `${siteKey(site)}.`

export const bucketOf = (page: string) => Number.parseInt(page.slice(0, 2), 16) >> 2

/** First id of a bucket's pages, and what sorts behind its last. */
export function bucketRange(bucket: number): [string, string] {
  const key = (number: number) => (number >= 256 ? 'g' : number.toString(16).padStart(2, '0'))
  return [key(bucket * 4), key(bucket * 4 + 4)]
}

/** UUIDv7 (RFC 9562) whose random part is taken from the page: `time` in epoch milliseconds. */
export const visitId = (time: number, page: string) => `${timeKey(time)}-7${page.slice(15)}`

/** What ids of visits at this time begin with; sorts before all of them and behind those of the millisecond before. */
export function timeKey(time: number): string {
  const hex = Math.max(Math.floor(time), 0).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}`
}

/** Labels in reverse, each with a dot behind: what begins with `com.example.` is example.com or below it. */
export function domainKey(site: string): string {
  const host = site.replace(/:\d+$/, '')
  // Parts of an IP address are no labels.
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) return `${host}.`
  return `${host.split('.').reverse().join('.')}.`
}
