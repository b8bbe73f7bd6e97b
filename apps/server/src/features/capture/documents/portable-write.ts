/** What documents see to when they come in from a bundle. Called in a worker thread. */
import type { Row } from '../../../kernel/portable/line.ts'
import type { Sorted } from '../../../kernel/portable/table.ts'
import type { WriteApart } from '../../../kernel/scope.ts'
import { siteOf } from '../../../kernel/sites.ts'
import { readUrl } from './keep.ts'
import { urlKey } from './rows.ts'

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

/** A document is found by its newest text, which came after it. */
export const indexAgain: WriteApart<Sorted, void> = async (tx, { fresh, newer }) => {
  const rows = [...fresh, ...newer.map(({ given }) => given)]
  await tx.reindex('document', [...new Set(rows.map((row) => String(row.document_id)))])
}
