/** What a bookmark says, made fit to be kept: addresses of any kind, titles, tags. Pure; also called in a worker thread. */
import { maskText } from '../../../kernel/masking.ts'
import { longestAddress, readAddress } from '../browser/address.ts'
import { soundTitle } from '../browser/visit.ts'

export type Kept = { url: string; site: string | null }
export type Unkept = 'address' | 'too_long'

/**
 * Reads an address, masked as history masks it. What is no web page (`javascript:`, `file:`, `chrome:`) is kept as the
 * text that it is, without a site.
 */
export function readBookmarkAddress(text: string, read: typeof readAddress = readAddress): Kept | Unkept {
  const given = text.trim()
  const address = read(given)
  if (typeof address !== 'string') return { url: address.url, site: address.site }
  if (address !== 'scheme') return address
  const url = maskText(given.replaceAll('\0', '').toWellFormed())
  return url.length > longestAddress ? 'too_long' : { url, site: null }
}

/** In one line, without secrets, at most 1,000 characters; empty when nothing is left. */
export const readTitle = (title: string | undefined) => soundTitle(title) ?? ''

export const tagColumn = (tags: readonly string[]) =>
  JSON.stringify([...new Set(tags.map((tag) => tag.toWellFormed().toLowerCase()))].sort())
