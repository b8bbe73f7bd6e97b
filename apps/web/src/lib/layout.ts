/** Where everything stands in the workbench: the address, the open tabs, the panels. Kept per workspace. */
import { createRoot, createSignal } from 'solid-js'
import { plain } from './escape.ts'
import { type Place, parsePlace, placeKey, placeUrl } from './places.ts'
import { readStored, write } from './stored.ts'
import {
  changeTab,
  closeOthers,
  closeTab,
  moveTab,
  neighbourTab,
  noTabs,
  openTab,
  reopenTab,
  restoreTabs,
  type Tabs,
  turnTab,
} from './tabs.ts'

export type SidePanel = 'files' | 'threads' | 'sites'
export type Panels = {
  side: SidePanel
  sideOpen: boolean
  sideWidth: number
  askOpen: boolean
  askWidth: number
  /** The thread that the ask panel shows; null is a new question. */
  askThread: string | null
  bottomOpen: boolean
}
const defaults: Panels = {
  side: 'files',
  sideOpen: true,
  sideWidth: 264,
  askOpen: false,
  askWidth: 400,
  askThread: null,
  bottomOpen: false,
}

/** One browser may know several workspaces: each keeps its own layout, beside the one that was open last. */
let workspace = 'default'
const nameOf = (part: string) => `cairn.${part}.${workspace}`

const here = () => location.pathname + location.search + location.hash

const [tabs, setTabsSignal] = createRoot(() => createSignal<Tabs>(noTabs))
const [address, setAddress] = createRoot(() => createSignal(here()))
const [panels, setPanelsSignal] = createRoot(() => createSignal<Panels>(defaults))
/** The tab that something was opened in last, said each time: what is open there already may have been scrolled away. */
const [followed, setFollowed] = createRoot(() => createSignal<string | null>(null, { equals: false }))
export { address, followed, panels, tabs }

export const place = () => parsePlace(address())
export function setPanels(change: Partial<Panels>): void {
  setPanelsSignal({ ...panels(), ...change })
  write(nameOf('panels'), panels())
}

function setTabs(next: Tabs): void {
  setTabsSignal(next)
  write(nameOf('tabs'), { open: next.open, active: next.active })
}

/** Restores the tabs of a workspace and opens the address of this page among them. */
export function enterWorkspace(id: string): void {
  workspace = id
  const kept = readStored(nameOf('panels'), defaults, restorePanels)
  // On a phone panels lie over the page: it starts uncovered.
  setPanelsSignal(matchMedia('(width < 48rem)').matches ? { ...kept, sideOpen: false, askOpen: false } : kept)
  const before = readStored(nameOf('tabs'), noTabs, restoreTabs)
  setTabs(
    openTab(
      before,
      here(),
      before.open.some((tab) => tab.key === placeKey(parsePlace(here()))),
    ),
  )
}

export type GoOptions = {
  /** In a tab that stays; else the next place opened in passing takes it over. */
  keep?: boolean
  /** Without a step in the browser's history: filters, lines, corrections. */
  replace?: boolean
}

/** Goes to a place. Everything that opens something comes through here. */
export function go(to: Place | string, options: GoOptions = {}): void {
  const url = typeof to === 'string' ? to : placeUrl(to)
  if (url !== address()) {
    if (options.replace) history.replaceState(null, '', url)
    else history.pushState(null, '', url)
    setAddress(url)
  }
  setTabs(openTab(tabs(), url, options.keep))
  if (!options.replace) setFollowed(placeKey(parsePlace(url)))
}

/** Gives a tab another address where it stands; the page follows when it is on show. */
export function turn(key: string, to: Place): void {
  const url = placeUrl(to)
  const next = turnTab(tabs(), key, url)
  if (tabs().active === key && next.active !== key) {
    history.replaceState(null, '', url)
    setAddress(url)
  }
  setTabs(next)
}

addEventListener('popstate', () => {
  setAddress(here())
  setTabs(openTab(tabs(), here()))
})

/** Follows links within the workbench without loading the page anew; modified clicks stay the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = (event.target as Element | null)?.closest?.('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  const path = link.pathname
  if (path.startsWith('/api/') || path === '/docs' || path.startsWith('/docs/')) return
  event.preventDefault()
  go(link.pathname + link.search + link.hash, { keep: event.detail > 1 })
}

/** After the tabs changed by themselves, the address follows the active one. */
function settle(next: Tabs): void {
  setTabs(next)
  const active = next.open.find((tab) => tab.key === next.active)
  const url = active?.url ?? '/'
  if (!active) return go('/')
  if (url === address()) return
  history.pushState(null, '', url)
  setAddress(url)
}

export const close = (key: string) => settle(closeTab(tabs(), key))
export const closeAllBut = (key: string) => settle(closeOthers(tabs(), key))
export const reopen = () => settle(reopenTab(tabs()))
export const showTab = (key: string) => settle({ ...tabs(), active: key })
export const showNeighbour = (by: number) => {
  const tab = neighbourTab(tabs(), by)
  if (tab) showTab(tab.key)
}
export const move = (key: string, to: number) => setTabs(moveTab(tabs(), key, to))
export const keepTab = (key: string) => setTabs(changeTab(tabs(), key, { passing: false }))

/** Names a tab once its view knows better than the address. */
export function nameTab(key: string, title: string): void {
  const tab = tabs().open.find((one) => one.key === key)
  if (tab && title && tab.title !== title) setTabs(changeTab(tabs(), key, { title }))
}
export const activeTab = () => tabs().open.find((tab) => tab.key === tabs().active)
export const pageTitle = () => {
  const tab = activeTab()
  return tab ? `${plain(tab.title)} · Cairn` : 'Cairn'
}

export const clampSide = (width: number) => Math.round(Math.max(180, Math.min(560, width)))
export const clampAsk = (width: number) => Math.round(Math.max(300, Math.min(760, width)))

function restorePanels(value: unknown): Panels {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<Panels>
  const pick = <K extends keyof Panels>(name: K): Panels[K] =>
    typeof given[name] === typeof defaults[name] ? (given[name] as Panels[K]) : defaults[name]
  return {
    side: ['files', 'threads', 'sites'].includes(pick('side')) ? pick('side') : 'files',
    sideOpen: pick('sideOpen'),
    sideWidth: clampSide(pick('sideWidth')),
    askOpen: pick('askOpen'),
    askWidth: clampAsk(pick('askWidth')),
    askThread: typeof given.askThread === 'string' ? given.askThread : null,
    bottomOpen: pick('bottomOpen'),
  }
}
