/** The open tabs as plain data; every change is a new value. */
import { parsePlace, placeKey, placeTitle } from './places.ts'

export type Tab = {
  key: string
  /** The address that the tab shows now. */
  url: string
  title: string
  /** Opened in passing: the next one opened in passing takes its place. */
  passing: boolean
}
export type Tabs = { open: Tab[]; active: string | null; closed: Tab[] }

export const noTabs: Tabs = { open: [], active: null, closed: [] }

const passingKinds = new Set(['file', 'source', 'job', 'task', 'thread', 'repo', 'files'])

/** Shows an address: in the tab that holds it, else in place of the passing tab, else in a new tab beside the active one. */
export function openTab(tabs: Tabs, url: string, keep = false): Tabs {
  const place = parsePlace(url)
  const key = placeKey(place)
  const there = tabs.open.find((tab) => tab.key === key)
  if (there) {
    const open = tabs.open.map((tab) => (tab === there ? { ...tab, url, passing: tab.passing && !keep } : tab))
    return { ...tabs, open, active: key }
  }
  const tab: Tab = { key, url, title: placeTitle(place), passing: !keep && passingKinds.has(place.kind) }
  const replaced = tab.passing ? tabs.open.findIndex((one) => one.passing) : -1
  if (replaced >= 0) return { ...tabs, open: tabs.open.with(replaced, tab), active: key }
  const after = tabs.open.findIndex((one) => one.key === tabs.active)
  return { ...tabs, open: tabs.open.toSpliced(after < 0 ? tabs.open.length : after + 1, 0, tab), active: key }
}

/** Gives a tab another place without moving it: a new question that has become a thread. */
export function turnTab(tabs: Tabs, key: string, url: string): Tabs {
  const place = parsePlace(url)
  const next = placeKey(place)
  if (!tabs.open.some((tab) => tab.key === key) || tabs.open.some((tab) => tab.key === next)) return tabs
  const turned: Tab = { key: next, url, title: placeTitle(place), passing: false }
  const open = tabs.open.map((tab) => (tab.key === key ? turned : tab))
  return { ...tabs, open, active: tabs.active === key ? next : tabs.active }
}

/** Closes a tab; its right neighbour, else its left one, becomes active. */
export function closeTab(tabs: Tabs, key: string): Tabs {
  const at = tabs.open.findIndex((tab) => tab.key === key)
  const gone = tabs.open[at]
  if (!gone) return tabs
  const open = tabs.open.toSpliced(at, 1)
  const active = tabs.active === key ? ((open[at] ?? open[at - 1])?.key ?? null) : tabs.active
  return { open, active, closed: [gone, ...tabs.closed].slice(0, 20) }
}

export function closeOthers(tabs: Tabs, key: string): Tabs {
  const gone = tabs.open.filter((tab) => tab.key !== key)
  return {
    open: tabs.open.filter((tab) => tab.key === key),
    active: key,
    closed: [...gone, ...tabs.closed].slice(0, 20),
  }
}

/** Brings back the tab that was closed last. */
export function reopenTab(tabs: Tabs): Tabs {
  const [last, ...closed] = tabs.closed
  return last ? openTab({ ...tabs, closed }, last.url, true) : tabs
}

/** The tab `by` places to the right of the active one, going around. */
export function neighbourTab(tabs: Tabs, by: number): Tab | undefined {
  const at = tabs.open.findIndex((tab) => tab.key === tabs.active)
  if (at < 0) return tabs.open[0]
  return tabs.open[(at + by + tabs.open.length) % tabs.open.length]
}

export function moveTab(tabs: Tabs, key: string, to: number): Tabs {
  const at = tabs.open.findIndex((tab) => tab.key === key)
  const tab = tabs.open[at]
  if (!tab) return tabs
  const rest = tabs.open.toSpliced(at, 1)
  return { ...tabs, open: rest.toSpliced(Math.max(0, Math.min(to, rest.length)), 0, tab) }
}

/** Changes what a tab says, or makes it stay. */
export const changeTab = (tabs: Tabs, key: string, change: Partial<Pick<Tab, 'title' | 'passing'>>): Tabs => ({
  ...tabs,
  open: tabs.open.map((tab) => (tab.key === key ? { ...tab, ...change } : tab)),
})

/** Tabs as they were stored, checked; anything odd is left out. */
export function restoreTabs(stored: unknown): Tabs {
  if (typeof stored !== 'object' || stored === null || !('open' in stored) || !Array.isArray(stored.open)) return noTabs
  const open = stored.open.filter(isTab).slice(0, 100)
  const keys = new Set<string>()
  const unique = open.filter(
    (tab) => placeKey(parsePlace(tab.url)) === tab.key && !keys.has(tab.key) && keys.add(tab.key),
  )
  const active =
    'active' in stored && unique.some((tab) => tab.key === stored.active) ? (stored.active as string) : null
  return { open: unique, active, closed: [] }
}

const isTab = (value: unknown): value is Tab => {
  const tab = value as Partial<Tab> | null
  return (
    typeof tab?.key === 'string' &&
    typeof tab.url === 'string' &&
    typeof tab.title === 'string' &&
    typeof tab.passing === 'boolean'
  )
}
