/** Rules of tabs. */
import { setImmediate as turn } from 'node:timers/promises'
import { fail } from '@cairn/api/errors'
import { mostTabs, type ShadowMode, type Tab } from '@cairn/api/tabs'
import { newId } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Capture } from '../../ground/capture/index.ts'
import type { Threads } from '../../remember/threads/index.ts'
import { type Address, addressReader } from '../browser/address.ts'
import type { Browser } from '../browser/index.ts'
import { keepVisits } from '../browser/keep.ts'
import { type SoundVisits, soundTitle } from '../browser/visit.ts'
import { module, type Put } from './bulk.ts'
import { type TabRow, toTab } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type Shown = {
  url?: string | null
  title?: string | null
  visited_at?: string
  text?: string | null
  shadow_mode?: ShadowMode
}
type NewTab = Shown & { id?: string; thread_id?: string | null; incognito?: boolean }
type OpenTab = { id: string; url?: string | null; title?: string | null; last_visited_at?: string | null }
type ListInput = { limit?: number; cursor?: string; q?: string; thread_id?: string }
/** What a tab shows, ready to be stored, and the visit that comes with it. */
type Snapshot = { fields: Partial<TabRow>; sound: SoundVisits | null }

export type TabParts = {
  capture: Pick<Capture, 'rules'>
  threads: Pick<Threads, 'create' | 'exists'>
  browser: Pick<Browser, 'admitOne' | 'assertPersonal' | 'newestOfTab'>
}
export type TabService = ReturnType<typeof makeTabService>

const atOnce = 1_000

export function makeTabService({ capture, threads, browser }: TabParts) {
  /**
   * Notes an open tab. Same id and page returns the row; another page is CONFLICT. CAPTURE_PAUSED, INVALID_INPUT,
   * TABS_FULL, WORKSPACE_NOT_PERSONAL.
   */
  async function create(scope: Scope, { incognito, thread_id = null, ...input }: NewTab): Promise<Tab> {
    await browser.assertPersonal(scope)
    if (incognito) throw fail('CAPTURE_PAUSED', { what: 'private windows' })
    const id = input.id ?? newId()
    const { fields, sound } = await snapshotOf(scope, id, input, input.shadow_mode ?? 'visited_only')
    return scope.write(async (tx) => {
      if (thread_id !== null && !(await threads.exists(tx, thread_id)))
        throw refuse('/thread_id', 'is not a thread here')
      if ((await store.countTabs(tx)) >= mostTabs && !(await store.tabById(tx, id)))
        throw fail('TABS_FULL', { most: mostTabs })
      const row: TabRow = { ...blank(tx, id), thread_id, ...fields }
      if (!(await store.insertTab(tx, row))) return sameTab(tx, row)
      if (sound) await keepVisits(tx, sound)
      tx.event({ type: 'tab.created', subject: id, data: { bound: thread_id !== null } })
      return toTab(row)
    })
  }

  async function sameTab(tx: Tx, row: TabRow): Promise<Tab> {
    const stored = await store.tabById(tx, row.id)
    const same = (['current_url', 'current_title', 'thread_id', 'shadow_mode'] as const).every(
      (field) => stored?.[field] === row[field],
    )
    if (!stored || !same) throw fail('CONFLICT')
    return toTab(stored)
  }

  /** Reads what a tab shows. What is no page of the web (`about:blank`) shows nothing. */
  async function snapshotOf(scope: Scope, id: string, input: Shown, mode: ShadowMode): Promise<Snapshot> {
    const { url, title, visited_at, text, shadow_mode } = input
    const given: Partial<TabRow> = {
      ...(shadow_mode !== undefined && { shadow_mode }),
      ...(title !== undefined && { current_title: soundTitle(title) }),
    }
    if (visited_at === undefined) {
      if (text) throw refuse('/text', 'is taken together with visited_at')
      if (url === undefined) return { fields: given, sound: null }
      const address = url === null ? null : addressOf(addressReader(), url, '/url')
      const paused = address && (await capture.rules(scope)).pausedFor(address.site)
      if (paused) throw fail('CAPTURE_PAUSED', { what: paused })
      const bare = address === null ? { current_title: null } : {}
      return { fields: { ...given, ...bare, current_url: address?.url ?? null, current_history_id: null }, sound: null }
    }
    if (!url) throw refuse('/url', 'is needed together with visited_at')
    const visit = { url, visited_at, tab_id: id, title: title ?? null, ...(mode !== 'off' && { text: text ?? null }) }
    const sound = await browser.admitOne(scope, visit)
    const [kept] = sound.visits
    if (!kept) throw new Error('A visit that is admitted is there.')
    const [visited, page, , time] = kept
    const shown = {
      current_history_id: visited,
      current_url: sound.pages.get(page)?.url ?? null,
      last_visited_at: time,
    }
    return { fields: { ...given, ...shown }, sound }
  }

  /** One tab, or TAB_NOT_FOUND. */
  const get = async (from: Reader, id: string): Promise<Tab> => toTab(await found(from, id))

  async function found(from: Reader, id: string): Promise<TabRow> {
    const row = await store.tabById(from, id)
    if (!row) throw fail('TAB_NOT_FOUND')
    return row
  }

  /** The last changed first. With words every tab has to be looked at: that is for a worker. */
  async function list(scope: Scope, input: ListInput) {
    const limit = pageSize(input.limit)
    const after = decodeCursor(input.cursor, [0, ''] as [number, string])
    const filter: store.TabFilter = { limit: limit + 1, after, q: input.q?.trim(), thread_id: input.thread_id }
    const rows = await (filter.q
      ? scope.apart.read<TabRow[]>(module, 'listTabs', filter)
      : store.tabPage(scope, filter))
    return toPage(rows, limit, (row) => [row.updated_at, row.id], toTab)
  }

  /** Notes what a tab shows now. CAPTURE_PAUSED, INVALID_INPUT, PRECONDITION_FAILED, TAB_NOT_FOUND. */
  async function update(scope: Scope, id: string, input: Shown, seen: number | null): Promise<Tab> {
    const before = await found(scope, id)
    const { fields, sound } = await snapshotOf(scope, id, input, input.shadow_mode ?? before.shadow_mode)
    return scope.write(async (tx) => {
      const row = await found(tx, id)
      if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
      if (sound) await keepVisits(tx, sound)
      return toTab(await change(tx, row, forward(tx, row, fields), seen))
    })
  }

  /** A visit that comes late moves no tab back, and a page that is still the same keeps its visit. */
  function forward(tx: Tx, row: TabRow, fields: Partial<TabRow>): Partial<TabRow> {
    const { current_url, current_title, current_history_id, last_visited_at, ...rest } = fields
    if (last_visited_at && last_visited_at < (row.last_visited_at ?? 0)) return rest
    const moved = current_url !== undefined && current_url !== row.current_url
    if (moved) return { current_title: null, last_visited_at: tx.now, ...fields }
    const { current_history_id: _, ...same } = fields
    return last_visited_at === undefined ? same : fields
  }

  /** Writes what is another now. One event, unless nothing is. */
  async function change(tx: Tx, row: TabRow, patch: Partial<TabRow>, seen: number | null = null): Promise<TabRow> {
    const fields = (Object.keys(patch) as (keyof TabRow)[]).filter((field) => patch[field] !== row[field])
    if (fields.length === 0) return row
    const changed = await store.updateTab(tx, row.id, seen, { ...patch, updated_at: tx.now })
    if (!changed) throw fail(seen === null ? 'TAB_NOT_FOUND' : 'PRECONDITION_FAILED')
    tx.event({ type: 'tab.changed', subject: row.id, data: { fields } })
    return changed
  }

  /** Moves a tab on to its newest visit; answers whether it moved. */
  const follow = (scope: Scope, id: string) =>
    scope.write(async (tx) => {
      const row = await store.tabById(tx, id)
      const visit = row && (await browser.newestOfTab(tx, id))
      if (!row || !visit) return false
      const newer = visit.visited_at > (row.last_visited_at ?? 0)
      if (!newer && (row.current_history_id !== null || visit.url !== row.current_url)) return false
      const fields = { current_history_id: visit.id, current_url: visit.url, current_title: visit.title }
      await change(tx, row, newer ? { ...fields, last_visited_at: visit.visited_at } : fields)
      return true
    })

  /** Closes a tab. PRECONDITION_FAILED, TAB_NOT_FOUND. */
  async function remove(tx: Tx, id: string, seen: number | null) {
    const row = await found(tx, id)
    if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
    await store.deleteTab(tx, id)
    tx.event({ type: 'tab.closed', subject: id })
    return { removed: { tabs: 1 } }
  }

  /** Brings the tabs to exactly these, in small transactions. CAPTURE_PAUSED when everything is. */
  async function replace(scope: Scope, open: readonly OpenTab[]) {
    await browser.assertPersonal(scope)
    const rules = await capture.rules(scope)
    const everything = rules.pausedFor('')
    if (everything) throw fail('CAPTURE_PAUSED', { what: everything })
    const read = addressReader()
    const rows = new Map<string, store.TabFields>()
    const kept = new Set<string>()
    for (const [at, { id, url, title, last_visited_at }] of open.entries()) {
      if (at % atOnce === atOnce - 1) await turn()
      if (kept.has(id)) throw refuse(`/tabs/${at}/id`, 'is named twice')
      kept.add(id)
      const address = url ? addressOf(read, url, `/tabs/${at}/url`) : null
      if (address && rules.pausedFor(address.site)) continue
      const visited = last_visited_at ? Date.parse(last_visited_at) : null
      rows.set(id, [id, address?.url ?? null, address ? soundTitle(title) : null, visited])
    }
    const sorted = [...rows.values()].sort(([a], [b]) => (a < b ? -1 : 1))
    const done = { created: 0, changed: 0 }
    for (let at = 0; at < sorted.length; at += atOnce) {
      const put = await scope.apart.write<Put>(module, 'putTabs', sorted.slice(at, at + atOnce))
      done.created += put.created
      done.changed += put.changed
    }
    const closed = await scope.apart.write<number>(module, 'closeOthers', [...kept])
    return { ...done, closed, left_out: kept.size - rows.size }
  }

  /** Binds a tab to a thread or to none; without a word to the one that it has, or a new one. TAB_NOT_FOUND, THREAD_NOT_FOUND. */
  async function bind(tx: Tx, id: string, thread: string | null | undefined): Promise<Tab> {
    const row = await found(tx, id)
    if (thread === undefined && row.thread_id !== null) return toTab(row)
    if (thread && !(await threads.exists(tx, thread))) throw fail('THREAD_NOT_FOUND')
    const title = row.current_title ?? ''
    const thread_id =
      thread === undefined ? (await threads.create(tx, { title: title.slice(0, 500), origin: 'tab' })).id : thread
    return toTab(await change(tx, row, { thread_id }))
  }

  /** A thread goes: no tab names it any longer. Answers how many did. */
  async function detach(tx: Tx, thread: string): Promise<number> {
    const tabs = await store.clearThread(tx, thread, tx.now)
    if (tabs > 0) tx.event({ type: 'tabs.changed', subject: thread, data: { changed: tabs, fields: ['thread_id'] } })
    return tabs
  }

  /** The thread of a tab; null where it has none. TAB_NOT_FOUND. */
  const threadOf = async (from: Reader, id: string) => (await found(from, id)).thread_id

  const silent = async (from: Reader, ids: readonly string[]) => (await store.silentTabs(from, ids)).map(({ id }) => id)

  return { create, get, list, update, follow, remove, replace, bind, detach, threadOf, silent }
}

const refuse = (path: string, message: string) => fail('INVALID_INPUT', {}, [{ path, message }])

/** The address of a page; null for what is none of the web. INVALID_INPUT for what is no address at all. */
function addressOf(read: ReturnType<typeof addressReader>, url: string, path: string): Address | null {
  const address = read(url)
  if (address === 'scheme') return null
  if (typeof address === 'string') throw refuse(path, address === 'too_long' ? 'is too long' : 'is not an address')
  return address
}

const blank = (tx: Tx, id: string): TabRow => ({
  ...{ workspace: tx.workspace, id, shadow_mode: 'visited_only', thread_id: null },
  ...{ current_history_id: null, current_url: null, current_title: null, last_visited_at: null },
  ...{ version: 1, created_at: tx.now, updated_at: tx.now },
})
