/** The sections of the workbench, in the order of the rail. */
import Activity from 'lucide-solid/icons/activity'
import Bookmark from 'lucide-solid/icons/bookmark'
import BookOpen from 'lucide-solid/icons/book-open'
import Files from 'lucide-solid/icons/folder-tree'
import GitBranch from 'lucide-solid/icons/git-branch'
import History from 'lucide-solid/icons/rotate-ccw-clock'
import House from 'lucide-solid/icons/house'
import MessageSquare from 'lucide-solid/icons/message-circle'
import PanelsTopLeft from 'lucide-solid/icons/panels-top-left'
import Search from 'lucide-solid/icons/search'
import Settings from 'lucide-solid/icons/settings-2'
import Star from 'lucide-solid/icons/star'
import SquareKanban from 'lucide-solid/icons/square-kanban'
import type { JSX } from 'solid-js'
import { panels, setPanels, type SidePanel } from '../lib/layout.ts'
import type { Place, PlaceKind } from '../lib/places.ts'

export type Section = {
  id: string
  title: string
  icon: (size: number) => JSX.Element
  /** Where it leads; none for a section that is only a side panel. */
  place: Place | null
  panel: SidePanel | null
  /** Places that belong to it. */
  kinds: readonly PlaceKind[]
}

export const sections: readonly Section[] = [
  {
    id: 'home',
    title: 'Home',
    icon: (size) => <House size={size} />,
    place: { kind: 'home' },
    panel: null,
    kinds: ['home'],
  },
  {
    id: 'ask',
    title: 'Ask',
    icon: (size) => <MessageSquare size={size} />,
    place: { kind: 'thread', thread: null, message: null },
    panel: 'threads',
    kinds: ['thread'],
  },
  {
    id: 'search',
    title: 'Search',
    icon: (size) => <Search size={size} />,
    place: { kind: 'search', q: '', kinds: [], since: '' },
    panel: null,
    kinds: ['search'],
  },
  {
    id: 'files',
    title: 'Files',
    icon: (size) => <Files size={size} />,
    place: null,
    panel: 'files',
    kinds: ['files', 'file'],
  },
  {
    id: 'repos',
    title: 'Repositories',
    icon: (size) => <GitBranch size={size} />,
    place: { kind: 'repos' },
    panel: null,
    kinds: ['repos', 'repo'],
  },
  {
    id: 'history',
    title: 'History',
    icon: (size) => <History size={size} />,
    place: { kind: 'history', q: '', site: '', from: '', to: '' },
    panel: null,
    kinds: ['history', 'graph'],
  },
  {
    id: 'bookmarks',
    title: 'Bookmarks',
    icon: (size) => <Star size={size} />,
    place: { kind: 'bookmarks', folder: '', q: '', tag: '' },
    panel: null,
    kinds: ['bookmarks'],
  },
  {
    id: 'documents',
    title: 'Documents',
    icon: (size) => <BookOpen size={size} />,
    place: { kind: 'documents', q: '' },
    panel: null,
    kinds: ['documents', 'document'],
  },
  {
    id: 'tabs',
    title: 'Tabs',
    icon: (size) => <PanelsTopLeft size={size} />,
    place: { kind: 'tabs', q: '' },
    panel: null,
    kinds: ['tabs'],
  },
  {
    id: 'memories',
    title: 'Memories',
    icon: (size) => <Bookmark size={size} />,
    place: { kind: 'memories', q: '' },
    panel: null,
    kinds: ['memories'],
  },
  {
    id: 'tasks',
    title: 'Tasks',
    icon: (size) => <SquareKanban size={size} />,
    place: { kind: 'tasks', q: '', project: '', assignee: '', lanes: '' },
    panel: null,
    kinds: ['tasks', 'task'],
  },
  {
    id: 'jobs',
    title: 'Jobs',
    icon: (size) => <Activity size={size} />,
    place: { kind: 'jobs', status: '', type: '', q: '' },
    panel: null,
    kinds: ['jobs', 'job'],
  },
]

export const settingsSection: Section = {
  id: 'settings',
  title: 'Settings',
  icon: (size) => <Settings size={size} />,
  place: { kind: 'settings', section: 'models' },
  panel: null,
  kinds: ['settings'],
}

/** Shows a side panel, or hides it when it is the one on show. */
export function toggleSide(panel: SidePanel): void {
  const shown = panels().sideOpen && panels().side === panel
  setPanels({ side: panel, sideOpen: !shown })
}
