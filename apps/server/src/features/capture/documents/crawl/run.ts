/**
 * One crawl: takes the most promising address whose host may be asked now, fetches it, reads it, writes what came of it
 * with the links that it found, until the budget or the addresses are used up. All it knows is in tables, so that a
 * process that was killed leaves nothing to be done twice but what was on its way.
 */
import { setTimeout } from 'node:timers/promises'
import { sha256 } from '../../../../kernel/ids.ts'
import type { Clock } from '../../../../kernel/clock.ts'
import type { Blobs } from '../../../../kernel/blobs/blobs.ts'
import type { EgressLog } from '../../../../kernel/egress/egress.ts'
import type { Departed, Outgoing } from '../../../../kernel/egress/outgoing.ts'
import type { JobContext } from '../../../../kernel/jobs/definition.ts'
import { CairnError } from '@cairn/api/errors'
import type { Originals } from '../originals.ts'
import type { Content, Link } from '../reading/content.ts'
import type { Reader } from '../reading/reader.ts'
import { termsIn } from '../reading/relevance.ts'
import type { DocumentRow } from '../rows.ts'
import { documentByFetch, versionOf } from '../store.ts'
import { siteOfUrl } from './addresses.ts'
import { makeHosts, type Rules } from './hosts.ts'
import { makePace, type Pace } from './pace.ts'
import type { PageRow, Plan } from './rows.ts'
import { crawlById, frontierOf, nextPages, seedUrls, waitingHosts } from './store.ts'
import { makeWriter, type Outcome } from './writer.ts'

export type CrawlParts = {
  clock: Clock
  blobs: Blobs
  outgoing: Outgoing
  egress: EgressLog
  reader: Reader
  originals: Originals
  /** Told of the pace of a crawl while it runs. */
  paces: Map<string, Pace>
}

/** Pages on their way at once, over all hosts. */
const atOnce = 8
/** Addresses, or hosts, that are looked at when the next one is chosen. */
const lookedAt = 16
const largestPage = 10_485_760
const largestMap = 10_485_760
const mostMaps = 10
const mostHops = 5
/** A host that asks to be left alone without saying how long, and the longest that it can say. Milliseconds. */
const usualHold = 5_000
const longestHold = 60_000

type None = { ticket: null; received: 0; logged: ''; status: null; fetched: false }
const none: None = { ticket: null, received: 0, logged: '', status: null, fetched: false }

export async function runCrawl(context: JobContext<unknown>, plan: Plan, parts: CrawlParts): Promise<void> {
  const { scope, id, signal } = context
  const { clock, outgoing, egress, reader } = parts
  const looksFor = [...termsIn(plan.query)]
  const { last } = await frontierOf(scope, id)
  const sites = new Set((await seedUrls(scope, id)).map(siteOfUrl))
  const hosts = makeHosts({ outgoing, egress, clock }, scope, id, plan)
  const row = await crawlById(scope, id)
  const person = row?.person ?? null
  const writer = makeWriter({ egress, scope, crawl: id, person, plan, sites, last })
  const pace = makePace(clock)
  const going = new Map<string, Promise<void>>()
  const mapped = new Map<string, Promise<void>>()
  let fetched = row?.fetched ?? 0
  const broken: { error: unknown }[] = []
  /** Wakes the loop below: a host is free for its next page before the last one is read and written. */
  let stir: () => void = () => undefined

  /** The best address whose host may be asked now: among the best of all, else among the best of each host. */
  async function next(): Promise<PageRow | null> {
    if (fetched + going.size >= plan.pages || going.size >= atOnce) return null
    const resting = new Set(hosts.resting())
    const isFree = (page: PageRow) => !going.has(page.url_key) && !resting.has(page.host)
    const most = going.size + (resting.size > 0 ? lookedAt : 1)
    const best = (await nextPages(scope, id, most)).find(isFree)
    if (best || resting.size === 0) return best ?? null
    const free = (await waitingHosts(scope, id)).filter((host) => !resting.has(host)).slice(0, lookedAt)
    const heads = await Promise.all(free.map((host) => nextPages(scope, id, going.size + 1, host)))
    const [first] = heads
      .flat()
      .filter(isFree)
      .sort((a, b) => b.promise - a.promise || a.number - b.number)
    return first ?? null
  }

  function begin(page: PageRow): void {
    hosts.enter(page.host)
    let entered = true
    const leave = () => {
      if (!entered) return
      entered = false
      hosts.leave(page.host)
      stir()
    }
    const visited = visit(page, leave)
      .then(async (outcome) => {
        await written(outcome)
        if (!outcome.fetched) return
        fetched += 1
        pace.count()
      })
      .catch((error: unknown) => {
        broken.push({ error })
      })
      .finally(() => {
        leave()
        going.delete(page.url_key)
      })
    going.set(page.url_key, visited)
  }

  /** With what was read its original is kept. */
  async function written(outcome: Outcome & { given?: Uint8Array }): Promise<void> {
    const { incoming, given } = outcome
    if (!incoming || !given) return writer.write(outcome)
    await parts.originals.keeping(scope, incoming.content, given, (blob) =>
      writer.write({ ...outcome, incoming: { ...incoming, blob } }),
    )
  }

  /** What comes of an address. `leave` tells that its host is free for another. */
  async function visit(page: PageRow, leave: () => void): Promise<Outcome & { given?: Uint8Array }> {
    const { origin } = new URL(page.url)
    const rules = await hosts.rules(origin)
    await mapsOf(origin, rules)
    if (!rules.allows(page.url)) return { ...none, page, state: 'skipped', outcome: rules.reason }
    if (page.hops > mostHops) return { ...none, page, state: 'skipped', outcome: 'redirects' }
    const known = await documentByFetch(scope, page.url_key)
    const answer = await outgoing.get(scope, {
      ...{ url: page.url, purpose: 'crawl', maxBytes: largestPage, timeout: plan.timeout_seconds * 1_000 },
      headers: conditions(known),
    })
    leave()
    const { ticket, received } = answer
    if (answer.failure !== null) {
      const state = answer.failure === 'not_allowed' || answer.failure === 'too_large' ? 'skipped' : 'failed'
      const fetched = answer.failure !== 'not_allowed'
      return { page, ticket, received, logged: answer.failure, state, outcome: answer.failure, status: null, fetched }
    }
    const base = { page, ticket, received, logged: 'ok', status: answer.status, fetched: true }
    return settle(base, answer, known)
  }

  async function settle(
    base: Pick<Outcome, 'page' | 'ticket' | 'received' | 'logged' | 'status' | 'fetched'>,
    answer: Extract<Departed, { failure: null }>,
    known: DocumentRow | undefined,
  ): Promise<Outcome & { given?: Uint8Array }> {
    const { page } = base
    const { status, headers } = answer
    if (status === 304 && known)
      return { ...base, state: 'done', outcome: 'unchanged', unchanged: known, links: await linksOf(page, known) }
    const target = status >= 300 && status < 400 ? URL.parse(headers.location ?? '', page.url) : null
    if (target) return { ...base, state: 'done', outcome: 'redirect', redirect: target.href }
    if ((status === 429 || status === 503) && page.hops < mostHops) {
      hosts.hold(page.host, holdOf(headers['retry-after']))
      return { ...base, fetched: false, state: 'waiting', outcome: 'busy' }
    }
    if (status !== 200) return { ...base, state: 'failed', outcome: 'status' }
    const content = await read(page, answer)
    if (content === null) return { ...base, state: 'skipped', outcome: 'format' }
    const incoming = {
      ...{ source: 'crawl' as const, content, given: sha256(answer.body), blob: null, url: page.url, fileName: null },
      ...{ etag: headers.etag?.slice(0, 500) ?? null, lastModified: headers['last-modified']?.slice(0, 100) ?? null },
    }
    return { ...base, state: 'done', outcome: null, incoming, given: answer.body, links: content.links }
  }

  async function read(page: PageRow, { headers, body }: Extract<Departed, { failure: null }>): Promise<Content | null> {
    const name = new URL(page.url).pathname.split('/').at(-1) || null
    try {
      return await reader.read(
        { bytes: body, type: headers['content-type'] ?? '', name, url: page.url, looksFor },
        signal,
      )
    } catch (error) {
      if (error instanceof CairnError && error.code === 'DOCUMENT_NOT_READABLE') return null
      throw error
    }
  }

  /** The ways on from a page that is as it was, out of the original that is kept. */
  async function linksOf(page: PageRow, known: DocumentRow): Promise<Link[]> {
    const version = await versionOf(scope, known.id, known.version)
    const original = version?.blob ? await parts.blobs.read(scope.workspace, version.blob) : null
    if (!original || page.depth >= plan.depth) return []
    const bytes = Buffer.concat(await original.toArray())
    const reading = { bytes, type: '', format: known.format, name: null, url: page.url, looksFor, linksOnly: true }
    return (await reader.read(reading, signal)).links
  }

  /** Takes in the addresses of a site's maps, once per crawl, for the sites where it began. */
  function mapsOf(origin: string, rules: Rules): Promise<void> {
    if (!plan.sitemaps || plan.depth === 0 || rules.mapped || !sites.has(siteOfUrl(origin))) return Promise.resolve()
    const taking = mapped.get(origin) ?? takeMaps(origin, rules)
    mapped.set(origin, taking)
    return taking
  }

  async function takeMaps(origin: string, rules: Rules): Promise<void> {
    const todo = rules.sitemaps.length > 0 ? [...rules.sitemaps] : [`${origin}/sitemap.xml`]
    const links: Link[] = []
    for (let asked = 0; asked < mostMaps && todo.length > 0; asked++) {
      const url = todo.shift() as string
      const answer = await hosts.ask(url, largestMap)
      if (answer.failure !== null || answer.status !== 200) continue
      const map = await reader.readMap(answer.body, looksFor, signal)
      links.push(...map.links)
      todo.push(...map.maps.slice(0, mostMaps))
    }
    await writer.addMapped(origin, rules.text, links)
  }

  parts.paces.set(id, pace)
  try {
    for (;;) {
      signal.throwIfAborted()
      const [first] = broken
      if (first) throw first.error
      const page = await next()
      if (page) {
        begin(page)
        continue
      }
      const pause = fetched + going.size < plan.pages && going.size < atOnce ? hosts.pause() : null
      if (going.size === 0 && pause === null) break
      const stirred = new Promise<void>((resolve) => {
        stir = resolve
      })
      await Promise.race([...going.values(), stirred, ...(pause === null ? [] : [wait(pause, signal)])])
      const message = `${pace.perSecond().toFixed(1)} pages/s`
      context.progress({ phase: 'crawling', done: fetched, total: plan.pages, message })
    }
  } finally {
    await Promise.allSettled(going.values())
    parts.paces.delete(id)
  }
}

function conditions(known: DocumentRow | undefined): Record<string, string> {
  if (!known) return {}
  return {
    ...(known.etag !== null && { 'if-none-match': known.etag }),
    ...(known.last_modified !== null && { 'if-modified-since': known.last_modified }),
  }
}

const holdOf = (after: string | undefined) =>
  Math.min(/^\d{1,6}$/.test(after ?? '') ? Number(after) * 1_000 : usualHold, longestHold)

/** Ends early, without a word, when the job does. */
const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  setTimeout(Math.ceil(milliseconds), undefined, { signal }).catch(() => undefined)
