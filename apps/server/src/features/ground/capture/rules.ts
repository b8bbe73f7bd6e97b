/** What may be taken in at a moment, as the rows of this feature say it. */
import { namesOf } from '../../../kernel/sites.ts'
import type { PauseRow, TextRow } from './store.ts'

export type CaptureRules = {
  /** Why nothing of this site is kept, in words for a person; null when it is. */
  pausedFor(site: string): string | null
  /** The same for a registered folder. */
  pausedIn(root: string): string | null
  /** Is the text of this site's pages kept? The closest rule decides. */
  keepsText(site: string): boolean
}

export const isOn = (row: Pick<PauseRow, 'until'>, now: number) => row.until === null || row.until > now

export function rulesFrom(pauses: readonly PauseRow[], texts: readonly TextRow[], now: number): CaptureRules {
  const on = pauses.filter((row) => isOn(row, now))
  const all = on.some(({ target }) => target === 'all') ? 'anything' : null
  const refs = (target: string) => new Set(on.filter((row) => row.target === target).map(({ ref }) => ref))
  const sites = refs('site')
  const roots = refs('root')
  const kept = new Map(texts.map((row) => [row.site, row.kept === 1]))
  return {
    pausedFor: (site) => all ?? (sites.size > 0 ? namesOf(site).find((name) => sites.has(name)) : null) ?? null,
    pausedIn: (root) => all ?? (roots.has(root) ? 'this folder' : null),
    keepsText(site) {
      const name = kept.size > 0 ? namesOf(site).find((one) => kept.has(one)) : undefined
      return kept.get(name ?? '') ?? true
    },
  }
}

/** Most sites that something is said of, for each of the two. */
export const mostRules = 1_000
