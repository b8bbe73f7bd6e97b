/** What came of pages, written in the order of their coming, as many in one transaction as have come meanwhile. */
import type { EgressLog, Ticket } from '../../../../kernel/egress/egress.ts'
import type { Scope, Tx } from '../../../../kernel/scope.ts'
import { type Incoming, keep, keptAgain } from '../keep.ts'
import type { Link } from '../reading/content.ts'
import { type DocumentRow, urlKey } from '../rows.ts'
import { updateDocument } from '../store.ts'
import { crawlUrl, isWanted, siteOfUrl } from './addresses.ts'
import type { PageRow, Plan, Tally } from './rows.ts'
import * as store from './store.ts'

const atOnce = 16
/** Addresses that a crawl knows at most, for each page that it may fetch, and beside those. */
const knownPerPage = 20
const knownBeside = 2_000

export type Outcome = {
  page: PageRow
  /** Null when nothing was asked. */
  ticket: Ticket | null
  received: number
  /** What the log of requests says. */
  logged: string
  state: 'done' | 'skipped' | 'failed' | 'waiting'
  outcome: string | null
  status: number | null
  fetched: boolean
  /** What was read, to be kept as a document. */
  incoming?: Incoming
  /** The document that this page still is. */
  unchanged?: DocumentRow
  links?: Link[]
  redirect?: string
}
export type Writer = ReturnType<typeof makeWriter>

type Parts = { egress: EgressLog; scope: Scope; crawl: string; person: string | null } & {
  plan: Plan
  sites: Set<string>
  last: number
}

export function makeWriter({ egress, scope, crawl, person, plan, sites, last }: Parts) {
  const most = plan.pages * knownPerPage + knownBeside
  let number = last
  let waiting: { outcome: Outcome; done: () => void; failed: (error: unknown) => void }[] = []
  let writing = false

  async function drain(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, atOnce)
      waiting = waiting.slice(atOnce)
      try {
        await scope.write(async (tx) => {
          for (const { outcome } of batch) await writeOne(tx, outcome)
        })
        for (const { done } of batch) done()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    writing = false
  }

  async function writeOne(tx: Tx, given: Outcome): Promise<void> {
    const { page, ticket, received, logged, status } = given
    if (ticket) await egress.settleIn(tx, ticket, { bytes: received, outcome: logged })
    // A crawl that was erased meanwhile keeps nothing.
    if (!(await store.holdCrawl(tx, crawl))) return
    const tally: Partial<Tally> = { bytes: received, ...(given.fetched && { fetched: 1 }) }
    const change: Partial<PageRow> = { state: given.state, outcome: given.outcome, status }
    if (given.fetched) change.fetched_at = tx.now
    if (given.state === 'waiting') change.hops = page.hops + 1
    if (given.state === 'failed' || given.state === 'skipped') tally[given.state] = 1
    if (given.incoming) Object.assign(change, await keepPage(tx, page, given.incoming, tally))
    if (given.unchanged !== undefined) {
      const { id, version } = given.unchanged
      change.document_id = id
      tally.unchanged = 1
      if (await updateDocument(tx, id, version, { checked_at: tx.now })) await keptAgain(tx, given.unchanged, person)
    }
    await store.updatePage(tx, crawl, page.url_key, change)
    await addLinks(tx, given)
    await store.addToCrawl(tx, crawl, tally)
  }

  async function keepPage(tx: Tx, page: PageRow, incoming: Incoming, tally: Partial<Tally>): Promise<Partial<PageRow>> {
    const { hash, relevance } = incoming.content
    const found = { content_hash: hash, relevance: Math.round(relevance * 1_000) }
    const twin = await store.pageByContent(tx, crawl, hash)
    if (twin && twin.url_key !== page.url_key) {
      tally.duplicates = 1
      return { ...found, outcome: 'duplicate', document_id: twin.document_id }
    }
    const { row, outcome } = await keep(tx, { ...incoming, person })
    tally[outcome] = 1
    return { ...found, outcome, document_id: row.id }
  }

  async function addLinks(tx: Tx, { page, links = [], redirect }: Outcome): Promise<void> {
    const pages: store.PageFields[] = []
    const add = (url: string, depth: number, hops: number, promise: number) => {
      number += 1
      pages.push([urlKey(url), number, url, new URL(url).host, page.url, depth, hops, promise])
    }
    const target = redirect === undefined ? null : crawlUrl(redirect)
    // Where a seed leads on to, the crawl is at home as well.
    if (target !== null && page.depth === 0) sites.add(siteOfUrl(target))
    if (target !== null && isWanted(target, page.depth, plan, sites)) add(target, page.depth, page.hops + 1, 1_000)
    for (const { url: given, promise } of links) {
      if (number >= most) break
      const url = crawlUrl(given)
      if (url !== null && isWanted(url, page.depth + 1, plan, sites))
        add(url, page.depth + 1, 0, Math.round(promise * 1_000))
    }
    if (pages.length > 0) await store.addPages(tx, crawl, unique(pages))
  }

  return {
    /** Resolves when it is committed. */
    write: (outcome: Outcome): Promise<void> =>
      new Promise((done, failed) => {
        waiting.push({ outcome, done, failed })
        if (!writing) void drain()
      }),
    /** Addresses out of a site's map. */
    async addMapped(origin: string, robots: string, links: readonly Link[]): Promise<void> {
      const known = new Map<string, Link>()
      for (const link of links) {
        const url = crawlUrl(link.url)
        if (url !== null && new URL(url).origin === origin && isWanted(url, 1, plan, sites)) known.set(url, link)
      }
      const pages = [...known]
        .slice(0, Math.max(most - number, 0))
        .map(
          ([url, { promise }], at): store.PageFields => [
            ...([urlKey(url), number + at + 1, url, new URL(url).host, null] as const),
            ...([1, 0, Math.round(promise * 1_000)] as const),
          ],
        )
      number += pages.length
      await scope.write(async (tx) => {
        if (!(await store.holdCrawl(tx, crawl))) return
        await store.putHost(tx, { workspace: tx.workspace, crawl_id: crawl, origin, robots, mapped: 1 })
        for (let from = 0; from < pages.length; from += 500)
          await store.addPages(tx, crawl, pages.slice(from, from + 500))
      })
    },
  }
}

/** One statement may meet an address once. */
function unique(pages: readonly store.PageFields[]): store.PageFields[] {
  const best = new Map<string, store.PageFields>()
  for (const page of pages) if ((best.get(page[0])?.[7] ?? -1) < page[7]) best.set(page[0], page)
  return [...best.values()]
}
