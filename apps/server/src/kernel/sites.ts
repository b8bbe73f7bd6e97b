/** Sites: hosts without `www.`, with their port where it is not the usual one. */
import { fail } from '@cairn/api/errors'

export const siteOf = (host: string) => (host.startsWith('www.') ? host.slice(4) : host)

/** A site or domain as a person writes it, or as an address; INVALID_INPUT at `path` when it is none. */
export function readSite(text: string, path: string): string {
  const address = /^https?:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (url && url.hostname !== '') return siteOf(url.host)
  throw fail('INVALID_INPUT', {}, [{ path, message: 'is not a site, such as example.com' }])
}

/** What a rule of a site or of anything above it may be written under, the closest first: `a.b.c:8080`, `a.b.c`, `b.c`, `c`. */
export function namesOf(site: string): string[] {
  const host = site.replace(/:\d+$/, '')
  const labels = /^[\d.]+$|^\[/.test(host) ? [host] : host.split('.')
  const above = labels.map((_, at) => labels.slice(at).join('.'))
  return host === site ? above : [site, ...above]
}
