/** Rules of the browser memory. */
import type { Day, Neighbours, NewVisit, PageText, RemovalMode, Site, Visit, WebGraph } from '@cairn/api/browser'
import { fail } from '@cairn/api/errors'
import { type Clock, iso } from '../../../kernel/clock.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import type { Passages } from '../../../kernel/passages/passages.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { readSite } from '../../../kernel/sites.ts'
import { checkZone } from '../../../kernel/zones.ts'
import type { Capture } from '../../ground/capture/index.ts'
import { isPageId, readAddress } from './address.ts'
import type { GraphQuestion } from './graph.ts'
import type { Around, NeighbourQuestion } from './neighbours.ts'
import { type Kept, keepVisits } from './keep.ts'
import type * as look from './look.ts'
import { removalJob } from './jobs.ts'
import { type Removed, removeVisits } from './remove.ts'
import type { VisitRow } from './rows.ts'
import * as store from './store.ts'
import { deleteTexts, textOf } from './text-store.ts'
import { ahead, type SoundVisits, soundVisits } from './visit.ts'

export type BrowserParts = {
  clock: Clock
  jobs: Pick<Jobs, 'result'>
  passages: Pick<Passages, 'fitting'>
  workspaces: { isPersonal(scope: Pick<Scope, 'workspace' | 'db'>): Promise<boolean> }
  capture: Pick<Capture, 'rules'>
  /** Which of these tabs are not to be read? */
  silent(scope: Pick<Scope, 'workspace' | 'db'>, tabs: readonly string[]): Promise<string[]>
}
type Filter = { limit?: number; cursor?: string; q?: string; site?: string; from?: string; to?: string }
type VisitsFilter = { limit?: number; cursor?: string; url?: string; tab_id?: string; from?: string; to?: string }
type Removal = { domain?: string; older_than_days?: number; from?: string; to?: string; tab_id?: string; all?: boolean }

const day = 86_400_000
/** Visits that are kept on the core's loop; more go to a worker thread. */
const few = 20
/** Pages that a search by words looks at. */
const candidates = 300
const lookModule = new URL('./look.ts', import.meta.url)
const graphModule = new URL('./graph.ts', import.meta.url)
const neighboursModule = new URL('./neighbours.ts', import.meta.url)
const keepModule = new URL('./keep.ts', import.meta.url)

export function makeBrowserService({ clock, jobs, passages, workspaces, capture, silent }: BrowserParts) {
  /** What a browser sees is one person's: shared workspaces do not take it. */
  async function assertPersonal(scope: Scope): Promise<void> {
    if (!(await workspaces.isPersonal(scope))) throw fail('WORKSPACE_NOT_PERSONAL')
  }

  /** Checks visits, masks them and leaves out what is paused. INVALID_INPUT, WORKSPACE_NOT_PERSONAL. */
  async function admit(scope: Scope, given: readonly NewVisit[], pathOf: (at: number) => string): Promise<SoundVisits> {
    await assertPersonal(scope)
    const rules = await capture.rules(scope)
    const read = new Set(given.flatMap(({ text, tab_id }) => (text && tab_id ? tab_id : [])))
    const quiet = read.size > 0 ? await silent(scope, [...read]) : []
    return soundVisits(given, clock.now(), pathOf, { ...rules, silent: new Set(quiet) })
  }

  /** The same for one visit; CAPTURE_PAUSED when it is left out. */
  async function admitOne(scope: Scope, input: NewVisit): Promise<SoundVisits> {
    const sound = await admit(scope, [input], () => '')
    if (sound.why !== null) throw fail('CAPTURE_PAUSED', { what: sound.why })
    return sound
  }

  /** Keeps one visit, or answers the one that is kept. INVALID_INPUT, WORKSPACE_NOT_PERSONAL, CAPTURE_PAUSED. */
  async function createVisit(scope: Scope, input: NewVisit): Promise<Visit> {
    const sound = await admitOne(scope, input)
    const [row] = await scope.write(async (tx) => {
      await keepVisits(tx, sound)
      return store.visitsByIds(
        tx,
        sound.visits.map(([id]) => id),
      )
    })
    return toVisit(row as VisitRow)
  }

  /** Keeps one visit or a batch, whole or not at all. INVALID_INPUT with the path of each fault. */
  async function createVisits(scope: Scope, input: Partial<NewVisit> & { visits?: NewVisit[] }): Promise<Kept> {
    const { visits, ...one } = input
    const refuse = (path: string, message: string) => fail('INVALID_INPUT', {}, [{ path, message }])
    if (visits === undefined && one.url === undefined) throw refuse('/visits', 'is required, or url for a single visit')
    if (visits !== undefined && Object.keys(one).length > 0)
      throw refuse(`/${Object.keys(one)[0]}`, 'belongs to a single visit; put it inside visits')
    const sound = await (visits
      ? admit(scope, visits, (at) => `/visits/${at}`)
      : admit(scope, [one as NewVisit], () => ''))
    if (sound.given > few) return scope.apart.write(keepModule, 'keepVisits', sound)
    return scope.write((tx: Tx) => keepVisits(tx, sound))
  }

  /** Visits, newest first. With words or the beginning of a site each page once. */
  async function listHistory(scope: Scope, input: Filter) {
    const limit = pageSize(input.limit)
    const [before] = decodeCursor(input.cursor, [''] as [string]) ?? []
    const site = input.site === undefined ? undefined : readSite(input.site, '/site')
    const filter = { before, site, limit: limit + 1, ...periodOf(input) }
    const q = input.q?.trim()
    const rows = q ? await search(scope, q, filter) : await listed(scope, filter)
    return toPage(rows, limit, ({ id }) => [id], toVisit)
  }

  async function search(scope: Scope, q: string, filter: store.VisitFilter): Promise<VisitRow[]> {
    const { sources, guessed } = await passages.fitting(scope, { query: q, kinds: ['visit'], limit: candidates })
    // Those that hold most of the words; all of them where there are such.
    const most = Math.max(0, ...sources.map(({ terms }) => terms.length))
    const pages = new Set(sources.filter(({ terms }) => terms.length === most).map(({ id }) => id))
    const beginning = /^[\p{L}\d][\p{L}\d.:-]+$/u.test(q) ? q.toLowerCase().replace(/^www\./, '') : null
    const { limit, before, site, from, to } = filter
    const question: look.Search = {
      ...{ limit, before, site, from, to, beginning },
      ...{ pages: [...pages], guessed },
    }
    return scope.apart.read<VisitRow[]>(lookModule, 'searchVisits', question)
  }

  /** A site's visits may lie far apart among many others: that is for a worker. */
  const listed = (scope: Scope, filter: store.VisitFilter): Promise<VisitRow[]> =>
    filter.site === undefined && filter.page === undefined
      ? store.visits(scope, filter)
      : scope.apart.read(lookModule, 'listVisits', filter)

  /** Visits of an address or of a tab, newest first. */
  async function listVisits(scope: Scope, input: VisitsFilter) {
    const limit = pageSize(input.limit)
    const [before] = decodeCursor(input.cursor, [''] as [string]) ?? []
    if (input.url !== undefined && input.tab_id !== undefined)
      throw fail('INVALID_INPUT', {}, [{ path: '/tab_id', message: 'cannot be given together with url' }])
    const address = input.url === undefined ? undefined : readAddress(input.url)
    if (typeof address === 'string')
      throw fail('INVALID_INPUT', {}, [{ path: '/url', message: 'is not an address of a page' }])
    const filter = { before, page: address?.page, tab: input.tab_id, limit: limit + 1, ...periodOf(input) }
    return toPage(await listed(scope, filter), limit, ({ id }) => [id], toVisit)
  }

  /** Removes by exactly one mode, as a job; what went is null when that goes on for longer. INVALID_INPUT, JOB_FAILED. */
  async function removeHistory(scope: Scope, input: Removal) {
    const mode = modeOf(input)
    const which = await doomedBy(scope, mode, input)
    const job_id = await scope.write((tx) => tx.enqueue({ ...removalJob, input: { mode, which } }))
    return { mode, job_id, removed: await jobs.result<Removed>(scope, job_id) }
  }

  async function doomedBy(scope: Scope, mode: RemovalMode, input: Removal): Promise<store.Doomed[]> {
    if (mode === 'all') return [{}]
    if (mode === 'tab') return [{ tab: input.tab_id as string }]
    if (mode === 'period') return [periodOf(input)]
    if (mode === 'age') return [{ to: clock.now() - (input.older_than_days as number) * day }]
    const asked = input.domain as string
    const domain = readSite(asked, '/domain')
    // `www.` in front means that site, not all of its domain.
    const alone = /^(https?:\/\/)?www\./i.test(asked)
    const sites = alone ? [domain] : await store.sitesOfDomain(scope, domain)
    return sites.map((site) => ({ site }))
  }

  /** Removes one visit, or all visits of a page. VISIT_NOT_FOUND. */
  async function removeVisit(scope: Scope, id: string) {
    const removed = await removeVisits(scope, 'visit', [isPageId(id) ? { page: id } : { visit: id }])
    if (removed.visits === 0) throw fail('VISIT_NOT_FOUND')
    return { removed }
  }

  /** The visit that a tab made last. */
  const newestOfTab = async (from: Pick<Scope, 'workspace' | 'db'>, tab: string): Promise<VisitRow | undefined> =>
    (await store.visits(from, { tab, limit: 1 }))[0]

  /** What a page said, or SOURCE_NOT_FOUND. */
  async function getText(scope: Scope, id: string): Promise<PageText> {
    const [row, [page]] = [await textOf(scope, id), await store.pagesByIds(scope, [id])]
    if (!row || !page) throw fail('SOURCE_NOT_FOUND', { kind: 'text of a page' })
    return {
      ...{ page_id: id, visit_id: row.visit_id, url: page.url, title: page.title, text: row.text },
      ...{ truncated: row.truncated === 1, read_at: iso(row.read_at) },
    }
  }

  /** Forgets what a page said, or SOURCE_NOT_FOUND. */
  async function removeText(tx: Tx, id: string) {
    const gone = await deleteTexts(tx, [id])
    if (gone.length === 0) throw fail('SOURCE_NOT_FOUND', { kind: 'text of a page' })
    await tx.reindex('visit', gone)
    tx.event({ type: 'pages.forgotten', subject: id, data: { pages: 1 } })
    return { removed: { texts: 1 } }
  }

  /** Sites by visits, and how many there are. */
  async function listSites(scope: Scope, input: { limit?: number; domain?: string; from?: string; to?: string }) {
    const domain = input.domain === undefined ? undefined : readSite(input.domain, '/domain')
    const question: look.SitesQuestion = { limit: input.limit ?? 100, domain, ...periodOf(input) }
    const { sites, total } = await scope.apart.read<look.SitesAnswer>(lookModule, 'listSites', question)
    const items = sites.map(({ site, visits, first_seen, last_seen }): Site => {
      return { site, visits, first_seen: iso(first_seen), last_seen: iso(last_seen) }
    })
    return { items, total }
  }

  /** Sites and the links between them. */
  async function graph(
    scope: Scope,
    input: { limit?: number; site?: string; min_visits?: number; from?: string; to?: string },
  ): Promise<WebGraph> {
    const site = input.site === undefined ? undefined : readSite(input.site, '/site')
    const { limit = 200, min_visits: least = 1 } = input
    const question: GraphQuestion = { ...periodOf(input), site, least, limit }
    return scope.apart.read(graphModule, 'readGraph', question)
  }

  /** What led to a site or a page, and what one went to from it. SOURCE_NOT_FOUND for a page that is none. */
  async function neighbours(
    scope: Scope,
    input: { site?: string; page_id?: string; limit?: number; from?: string; to?: string },
  ): Promise<Neighbours> {
    const { limit = 200, page_id: id } = input
    if ((input.site === undefined) === (id === undefined))
      throw fail('INVALID_INPUT', {}, [{ path: '', message: 'takes exactly one of site and page_id' }])
    const [page] = id === undefined ? [] : await store.pagesByIds(scope, [id])
    if (id !== undefined && !page) throw fail('SOURCE_NOT_FOUND', { kind: 'page' })
    const site = page?.site ?? readSite(input.site as string, '/site')
    const subject = page ? { site, page: page.id, url: page.url } : { site }
    const question: NeighbourQuestion = { ...periodOf(input), limit, subject }
    const around = await scope.apart.read<Around>(neighboursModule, 'readNeighbours', question)
    return { site, page_id: page?.id ?? null, url: page?.url ?? null, title: page?.title ?? null, ...around }
  }

  /** Days that have visits, newest first, and where to go on. */
  async function listDays(scope: Scope, input: { limit?: number; to?: string; time_zone?: string; site?: string }) {
    const { time_zone: zone = 'UTC' } = input
    checkZone(zone, '/time_zone')
    const question: look.DaysQuestion = {
      to: timeOf(input.to, '/to') ?? clock.now() + ahead,
      limit: input.limit ?? 31,
      zone,
      site: input.site === undefined ? undefined : readSite(input.site, '/site'),
    }
    const { days, earlier } = await scope.apart.read<look.DaysAnswer>(lookModule, 'listDays', question)
    const items = days.map(({ day: number, ...counts }): Day => ({ day: iso(number * day).slice(0, 10), ...counts }))
    return { items, earlier: earlier === null ? null : iso(earlier) }
  }

  return {
    ...{ assertPersonal, admitOne, createVisit, createVisits, listHistory, listVisits, removeHistory, removeVisit },
    ...{ newestOfTab, getText, removeText, listSites, graph, neighbours, listDays },
  }
}

function modeOf(input: Removal): RemovalMode {
  const given: RemovalMode[] = []
  if (input.domain !== undefined) given.push('domain')
  if (input.older_than_days !== undefined) given.push('age')
  if (input.from !== undefined || input.to !== undefined) given.push('period')
  if (input.tab_id !== undefined) given.push('tab')
  if (input.all) given.push('all')
  const [mode] = given
  if (mode && given.length === 1) return mode
  const message = 'takes exactly one of domain, older_than_days, from and to, tab_id, all=true'
  throw fail('INVALID_INPUT', {}, [{ path: '', message }])
}

const periodOf = (input: { from?: string; to?: string }) => ({
  from: timeOf(input.from, '/from'),
  to: timeOf(input.to, '/to'),
})

function timeOf(text: string | undefined, path: string): number | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (Number.isFinite(time)) return Math.max(time, 0)
  throw fail('INVALID_INPUT', {}, [{ path, message: 'is not a time' }])
}

export const toVisit = (row: VisitRow): Visit => ({
  ...{ id: row.id, page_id: row.page_id, url: row.url, title: row.title, site: row.site },
  ...{ visited_at: iso(row.visited_at), referrer: row.referrer, duration_ms: row.duration_ms },
  ...{ source: row.source, tab_id: row.tab_id, status_code: row.status_code, content_type: row.content_type },
})
