import Activity from 'lucide-solid/icons/activity'
import Bookmark from 'lucide-solid/icons/bookmark'
import BookOpen from 'lucide-solid/icons/book-open'
import FileCode from 'lucide-solid/icons/file-code'
import FileText from 'lucide-solid/icons/file-text'
import Files from 'lucide-solid/icons/folder-tree'
import GitBranch from 'lucide-solid/icons/git-branch'
import GitCommit from 'lucide-solid/icons/git-commit-horizontal'
import Globe from 'lucide-solid/icons/globe'
import History from 'lucide-solid/icons/rotate-ccw-clock'
import House from 'lucide-solid/icons/house'
import MessageCircle from 'lucide-solid/icons/message-circle'
import PanelsTopLeft from 'lucide-solid/icons/panels-top-left'
import Waypoints from 'lucide-solid/icons/waypoints'
import Search from 'lucide-solid/icons/search'
import Settings from 'lucide-solid/icons/settings-2'
import SquareCheck from 'lucide-solid/icons/square-check'
import SquareKanban from 'lucide-solid/icons/square-kanban'
import Star from 'lucide-solid/icons/star'
import type { JSX } from 'solid-js'
import type { Place } from '../lib/places.ts'

const prose = /\.(md|mdx|markdown|txt|rst|adoc|log|csv)$/i

/** The picture of a place, in the colour of its kind of source. */
export function PlaceIcon(props: { place: Place; size?: number }) {
  return <>{pick(props.place, props.size ?? 14)}</>
}

function pick(place: Place, size: number): JSX.Element {
  switch (place.kind) {
    case 'home':
      return <House size={size} class="shrink-0 text-faint" />
    case 'thread':
      return <MessageCircle size={size} class="shrink-0 text-kind-message" />
    case 'search':
      return <Search size={size} class="shrink-0 text-faint" />
    case 'files':
      return <Files size={size} class="shrink-0 text-faint" />
    case 'file':
      return <KindIcon kind="file" name={place.uri} size={size} />
    case 'history':
      return <History size={size} class="shrink-0 text-faint" />
    case 'graph':
      return <Waypoints size={size} class="shrink-0 text-faint" />
    case 'bookmarks':
      return <Star size={size} class="shrink-0 text-faint" />
    case 'documents':
      return <BookOpen size={size} class="shrink-0 text-faint" />
    case 'document':
      return <KindIcon kind="document" size={size} />
    case 'tabs':
      return <PanelsTopLeft size={size} class="shrink-0 text-faint" />
    case 'memories':
      return <Bookmark size={size} class="shrink-0 text-faint" />
    case 'tasks':
      return <SquareKanban size={size} class="shrink-0 text-faint" />
    case 'task':
      return <KindIcon kind="task" size={size} />
    case 'jobs':
    case 'job':
      return <Activity size={size} class="shrink-0 text-faint" />
    case 'repos':
    case 'repo':
      return <GitBranch size={size} class="shrink-0 text-faint" />
    case 'settings':
      return <Settings size={size} class="shrink-0 text-faint" />
    case 'source':
      return <KindIcon kind={place.source} size={size} />
    default:
      return <FileText size={size} class="shrink-0 text-faint" />
  }
}

/** The picture of a kind of source: file, visit, message, commit, memory. */
export function KindIcon(props: { kind: string; name?: string; size?: number }) {
  const size = () => props.size ?? 14
  return (
    <>
      {(() => {
        switch (props.kind) {
          case 'file':
            return prose.test(props.name ?? '') ? (
              <FileText size={size()} class="shrink-0 text-kind-file" />
            ) : (
              <FileCode size={size()} class="shrink-0 text-kind-file" />
            )
          case 'visit':
          case 'page':
            return <Globe size={size()} class="shrink-0 text-kind-visit" />
          case 'bookmark':
            return <Star size={size()} class="shrink-0 text-kind-bookmark" />
          case 'document':
            return <BookOpen size={size()} class="shrink-0 text-kind-visit" />
          case 'message':
          case 'thread':
            return <MessageCircle size={size()} class="shrink-0 text-kind-message" />
          case 'commit':
            return <GitCommit size={size()} class="shrink-0 text-kind-commit" />
          case 'memory':
            return <Bookmark size={size()} class="shrink-0 text-kind-memory" />
          case 'task':
            return <SquareCheck size={size()} class="shrink-0 text-kind-task" />
          default:
            return <FileText size={size()} class="shrink-0 text-kind-other" />
        }
      })()}
    </>
  )
}

const kindNames: Record<string, [string, string]> = {
  file: ['File', 'Files'],
  visit: ['Page', 'Pages'],
  page: ['Page', 'Pages'],
  message: ['Message', 'Messages'],
  commit: ['Commit', 'Commits'],
  memory: ['Memory', 'Memories'],
  bookmark: ['Bookmark', 'Bookmarks'],
  document: ['Document', 'Documents'],
  task: ['Task', 'Tasks'],
}
/** What a kind of source is called: one, or many of them. */
export const kindName = (kind: string, many = false) =>
  kindNames[kind]?.[many ? 1 : 0] ?? kind.charAt(0).toUpperCase() + kind.slice(1)
export const kindColour = (kind: string) =>
  ['file', 'visit', 'message', 'commit', 'memory', 'task', 'bookmark'].includes(kind)
    ? `var(--color-kind-${kind})`
    : 'var(--color-kind-other)'
