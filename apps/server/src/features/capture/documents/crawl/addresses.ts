/** Which of the addresses on a page a crawl takes up. Pure. */
import { masked } from '../../../../kernel/masking.ts'
import { siteOf } from '../../../../kernel/sites.ts'
import { readUrl } from '../keep.ts'
import type { Plan } from './rows.ts'

const longest = 2_000
/** Nothing to read at the end of these. */
const other =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|css|m?js|json|map|wasm|woff2?|ttf|mp[34]|webm|og[gv]|wav|mov|avi|zip|gz|tgz|xz|bz2|7z|rar|exe|dmg|deb|rpm|iso|jar|docx?|xlsx?|pptx?)$/i

/** The address as a crawl knows it; null when it holds a secret (which is never kept, so never asked) or is none. */
export function crawlUrl(text: string): string | null {
  const url = readUrl(text)
  return url === null || url.length > longest || url.includes(masked) ? null : url
}

export const siteOfUrl = (url: string) => siteOf(new URL(url).host)

/** Is a link worth an entry in the list? */
export function isWanted(url: string, depth: number, plan: Plan, sites: ReadonlySet<string>): boolean {
  if (depth > plan.depth) return false
  const { pathname } = new URL(url)
  if (other.test(pathname) || goesRound(pathname)) return false
  return !plan.same_site || sites.has(siteOfUrl(url))
}

/** `/a/b/a/b/a/b/…`: relative links that lead into themselves. */
function goesRound(path: string): boolean {
  const counts = new Map<string, number>()
  for (const part of path.split('/')) {
    const seen = (counts.get(part) ?? 0) + 1
    if (part !== '' && seen > 3) return true
    counts.set(part, seen)
  }
  return false
}
