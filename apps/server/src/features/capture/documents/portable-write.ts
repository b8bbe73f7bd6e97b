/** What documents see to when they come in from a bundle. Called in a worker thread. */
import type { Row } from '../../../kernel/portable/line.ts'
import { siteOf } from '../../../kernel/sites.ts'
import { readUrl } from './keep.ts'
import { type Identity, standing } from './portable-store.ts'
import { urlKey } from './rows.ts'
import type { Reader } from './store.ts'

/** Its address decides where it belongs, whatever the bundle says of that. */
export function soundDocument(row: Row): Row | string {
  if (row.url === null) return { ...row, url_key: null, fetch_key: null, canonical_url: null, site: null }
  const url = readUrl(row.url as string)
  if (url === null) return 'its address is no web page'
  const site = siteOf(new URL(url).host)
  const own = row.canonical_url === null ? null : readUrl(row.canonical_url as string)
  const canonical_url = own !== null && siteOf(new URL(own).host) === site ? own : null
  return { ...row, url, site, canonical_url, url_key: urlKey(canonical_url ?? url), fetch_key: urlKey(url) }
}

/** Documents that stand here under another id. */
export async function standingDocuments(from: Reader, rows: readonly Row[]): Promise<Map<string, string>> {
  const known = await standing(from, rows as unknown as Identity[])
  return new Map([...known].filter(([given, own]) => given !== own))
}
