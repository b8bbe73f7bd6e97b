/** Keeps visits with their pages and sites in one transaction; also called in a worker thread, for a batch. */
import type { Tx, WriteApart } from '../../../kernel/scope.ts'
import { type Address, domainKey } from './address.ts'
import type { SoundVisits } from './visit.ts'
import { putTexts } from './text-store.ts'
import {
  addToPages,
  addToSites,
  holdBuckets,
  insertVisits,
  type PageFields,
  type SiteFields,
  type VisitFields,
} from './write-store.ts'

export type Kept = { created: number; duplicates: number; left_out?: number }
/** What new visits add to their page or site. */
type Addition = { title: string | null; visits: number; first: number; last: number }

/**
 * Keeps what is not kept yet and counts it, then what the pages said. One event of each, `visits.created` and `pages.read`,
 * unless nothing was new.
 */
export const keepVisits: WriteApart<SoundVisits, Kept> = async (tx, sound) => {
  const kept = await keepNew(tx, sound)
  const read = sound.texts.length > 0 ? await putTexts(tx, sound.texts) : []
  if (read.length > 0) {
    await tx.reindex('visit', read)
    tx.event({
      type: 'pages.read',
      subject: read.length === 1 ? (read[0] as string) : 'history',
      data: { pages: read.length },
    })
  }
  return kept
}

const keepNew: WriteApart<SoundVisits, Kept> = async (tx, { given, leftOut, visits, pages }) => {
  if (visits.length === 0) return { created: 0, duplicates: 0, left_out: leftOut }
  await holdBuckets(
    tx,
    visits.map(([, , bucket]) => bucket),
  )
  const created = await insertVisits(tx, JSON.stringify(visits))
  const kept = {
    created: created.size,
    duplicates: given - leftOut - created.size,
    ...(leftOut > 0 && { left_out: leftOut }),
  }
  const [first] = created
  if (first === undefined) return kept
  const fresh = created.size === visits.length ? visits : visits.filter(([id]) => created.has(id))
  await countIn(tx, fresh, pages)
  const tabs = new Set(fresh.flatMap(([, , , , , , , , tab]) => tab ?? []))
  if (tabs.size > 0) await tx.enqueue({ type: 'tabs.follow', input: { tabs: [...tabs] } })
  tx.event({ type: 'visits.created', subject: created.size === 1 ? first : 'history', data: kept })
  return kept
}

/** Adds new visits, oldest first, to their pages and sites. */
async function countIn(
  tx: Omit<Tx, 'after'>,
  visits: readonly VisitFields[],
  addresses: ReadonlyMap<string, Address>,
): Promise<void> {
  const additions = new Map<string, Addition>()
  for (const [, page, , time, , , , title] of visits) {
    const known = additions.get(page)
    if (!known) additions.set(page, { title, visits: 1, first: time, last: time })
    else Object.assign(known, { title: title ?? known.title, visits: known.visits + 1, last: time })
  }
  const ids = [...additions.keys()].sort()
  const unseen = await addToPages(
    tx,
    ids.map((id): PageFields => {
      const { title, visits, first, last } = additions.get(id) as Addition
      const { url, site } = addresses.get(id) as Address
      return [id, url, site, title, visits, first, last]
    }),
  )
  const sites = new Map<string, SiteFields>()
  for (const id of ids) {
    const { visits, first, last } = additions.get(id) as Addition
    const { site, bucket } = addresses.get(id) as Address
    const [, domain, , visited, pages, from, to] = sites.get(site) ?? [site, domainKey(site), bucket, 0, 0, first, last]
    const seen = pages + (unseen.has(id) ? 1 : 0)
    sites.set(site, [site, domain, bucket, visited + visits, seen, Math.min(from, first), Math.max(to, last)])
  }
  await addToSites(
    tx,
    [...sites.values()].sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  await tx.reindex('visit', ids)
}
