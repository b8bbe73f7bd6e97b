/**
 * A place is anything that can be open in the workbench. Its address says all of it: reload or share the address and
 * you are where you were.
 */
export type Lines = { start: number; end: number }
export type Place =
  | { kind: 'home' }
  /** A conversation; `thread` null is a new one. `message` is the turn to show. */
  | { kind: 'thread'; thread: string | null; message: string | null }
  | { kind: 'search'; q: string; kinds: string[]; since: string }
  | { kind: 'files' }
  /** `uri` is the root's name and the path below it: `cairn/src/main.ts`. */
  | { kind: 'file'; uri: string; lines: Lines | null }
  | { kind: 'history'; q: string; site: string; from: string; to: string }
  /** What is around a site or a page (by its id), or every site; `q` filters what is shown. */
  | { kind: 'graph'; site: string; page: string; q: string }
  /** `folder` is an id, `top` for those outside of folders, or empty for all. */
  | { kind: 'bookmarks'; folder: string; q: string; tag: string }
  | { kind: 'documents'; q: string }
  /** `lines` are those of its Markdown. */
  | { kind: 'document'; id: string; lines: Lines | null }
  /** The open tabs of the browser. */
  | { kind: 'tabs'; q: string }
  | { kind: 'memories'; q: string }
  /** The board; `lanes` is what it is cut into: `project`, `assignee`, or nothing. */
  | { kind: 'tasks'; q: string; project: string; assignee: string; lanes: string }
  | { kind: 'task'; id: string }
  | { kind: 'jobs'; status: string; type: string; q: string }
  | { kind: 'job'; id: string }
  | { kind: 'repos' }
  /** A registered repository; `ref` is the branch whose log is shown, empty for what is checked out. */
  | { kind: 'repo'; id: string; part: RepoPart; ref: string }
  | { kind: 'settings'; section: string }
  /** Any other thing that can be found and cited: a visit, a commit, a memory. */
  | { kind: 'source'; source: string; id: string; lines: Lines | null }
  | { kind: 'unknown'; path: string }

export type PlaceKind = Place['kind']

export type RepoPart = 'status' | 'log' | 'branches'

/** Reads an address (path, query and fragment) as a place. Never throws: what is no place is `unknown`. */
export function parsePlace(address: string): Place {
  const url = new URL(address, 'http://cairn.invalid')
  const [first = '', ...rest] = url.pathname.slice(1).split('/').map(decode)
  const query = (name: string) => url.searchParams.get(name) ?? ''
  const unknown: Place = { kind: 'unknown', path: decode(url.pathname) }
  const only = <P extends Place>(place: P) => (rest.length === 0 ? place : unknown)
  switch (first) {
    case '':
      return only({ kind: 'home' })
    case 'ask':
      if (rest.length > 1) return unknown
      return { kind: 'thread', thread: rest[0] || null, message: decode(url.hash.slice(1)) || null }
    case 'search':
      return only({ kind: 'search', q: query('q'), kinds: url.searchParams.getAll('kind'), since: query('since') })
    case 'files':
      if (rest.join('') === '') return { kind: 'files' }
      return { kind: 'file', uri: rest.join('/'), lines: parseLines(url.hash) }
    case 'history':
      return only({ kind: 'history', q: query('q'), site: query('site'), from: query('from'), to: query('to') })
    case 'graph':
      return only({ kind: 'graph', site: query('site'), page: query('page'), q: query('q') })
    case 'bookmarks':
      return only({ kind: 'bookmarks', folder: query('folder'), q: query('q'), tag: query('tag') })
    case 'documents':
      if (rest.length === 1 && rest[0]) return { kind: 'document', id: rest[0], lines: parseLines(url.hash) }
      return only({ kind: 'documents', q: query('q') })
    case 'tabs':
      return only({ kind: 'tabs', q: query('q') })
    case 'memories':
      return only({ kind: 'memories', q: query('q') })
    case 'tasks':
      if (rest.length === 1 && rest[0]) return { kind: 'task', id: rest[0] }
      return only({
        kind: 'tasks',
        q: query('q'),
        project: query('project'),
        assignee: query('assignee'),
        lanes: query('lanes'),
      })
    case 'jobs':
      if (rest.length === 1 && rest[0]) return { kind: 'job', id: rest[0] }
      return only({ kind: 'jobs', status: query('status'), type: query('type'), q: query('q') })
    case 'repos': {
      if (rest.length === 0) return { kind: 'repos' }
      const [id, part = 'status', ...more] = rest
      if (!id || !isRepoPart(part) || more.length > 0) return unknown
      return { kind: 'repo', id, part, ref: part === 'log' ? query('ref') : '' }
    }
    case 'settings':
      return rest.length > 1 ? unknown : { kind: 'settings', section: rest[0] || 'models' }
    case 'source':
      if (rest.length !== 2 || !rest[0] || !rest[1]) return unknown
      // What has a page of its own is read there.
      if (rest[0] === 'document') return { kind: 'document', id: rest[1], lines: parseLines(url.hash) }
      if (rest[0] === 'task') return { kind: 'task', id: rest[1] }
      return { kind: 'source', source: rest[0], id: rest[1], lines: parseLines(url.hash) }
    default:
      return unknown
  }
}

/** The address of a place; `parsePlace` reads it back. */
export function placeUrl(place: Place): string {
  switch (place.kind) {
    case 'home':
      return '/'
    case 'thread':
      if (!place.thread) return '/ask'
      return `/ask/${encode(place.thread)}${place.message ? `#${encode(place.message)}` : ''}`
    case 'search':
      return `/search${queryOf([
        ['q', place.q],
        ...place.kinds.map((kind): [string, string] => ['kind', kind]),
        ['since', place.since],
      ])}`
    case 'files':
      return '/files'
    case 'file':
      return `/files/${place.uri.split('/').map(encode).join('/')}${linesHash(place.lines)}`
    case 'history':
      return `/history${queryOf([
        ['q', place.q],
        ['site', place.site],
        ['from', place.from],
        ['to', place.to],
      ])}`
    case 'graph':
      return `/graph${queryOf([
        ['site', place.site],
        ['page', place.page],
        ['q', place.q],
      ])}`
    case 'bookmarks':
      return `/bookmarks${queryOf([
        ['folder', place.folder],
        ['q', place.q],
        ['tag', place.tag],
      ])}`
    case 'documents':
      return `/documents${queryOf([['q', place.q]])}`
    case 'document':
      return `/documents/${encode(place.id)}${linesHash(place.lines)}`
    case 'tabs':
      return `/tabs${queryOf([['q', place.q]])}`
    case 'memories':
      return `/memories${queryOf([['q', place.q]])}`
    case 'tasks':
      return `/tasks${queryOf([
        ['q', place.q],
        ['project', place.project],
        ['assignee', place.assignee],
        ['lanes', place.lanes],
      ])}`
    case 'task':
      return `/tasks/${encode(place.id)}`
    case 'jobs':
      return `/jobs${queryOf([
        ['status', place.status],
        ['type', place.type],
        ['q', place.q],
      ])}`
    case 'job':
      return `/jobs/${encode(place.id)}`
    case 'repos':
      return '/repos'
    case 'repo':
      return `/repos/${encode(place.id)}${place.part === 'status' ? '' : `/${place.part}`}${queryOf([['ref', place.ref]])}`
    case 'settings':
      return `/settings/${encode(place.section)}`
    case 'source':
      return `/source/${encode(place.source)}/${encode(place.id)}${linesHash(place.lines)}`
    case 'unknown':
      return place.path.split('/').map(encode).join('/')
  }
}

/** Which tab shows a place: the same file at another line, the same page with another filter share one. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'thread':
      return `thread:${place.thread ?? 'new'}`
    case 'file':
      return `file:${place.uri}`
    case 'job':
      return `job:${place.id}`
    case 'document':
      return `document:${place.id}`
    case 'repo':
      return `repo:${place.id}`
    case 'task':
      return `task:${place.id}`
    case 'source':
      return `source:${place.source}:${place.id}`
    case 'unknown':
      return `unknown:${place.path}`
    default:
      return place.kind
  }
}

const titles: Partial<Record<PlaceKind, string>> = {
  home: 'Home',
  search: 'Search',
  files: 'Files',
  history: 'History',
  graph: 'Web graph',
  bookmarks: 'Bookmarks',
  documents: 'Documents',
  tabs: 'Tabs',
  memories: 'Memories',
  tasks: 'Tasks',
  jobs: 'Jobs',
  repos: 'Repositories',
  settings: 'Settings',
  unknown: 'Nothing here',
}

/** What a tab says before its view knows better. */
export function placeTitle(place: Place): string {
  if (place.kind === 'thread') return place.thread ? 'Thread' : 'New question'
  if (place.kind === 'file') return baseName(place.uri)
  if (place.kind === 'job') return 'Job'
  if (place.kind === 'repo') return 'Repository'
  if (place.kind === 'task') return 'Task'
  if (place.kind === 'document') return 'Document'
  if (place.kind === 'source') return place.source.charAt(0).toUpperCase() + place.source.slice(1)
  return titles[place.kind] ?? 'Cairn'
}

/** What a hit or a citation points at, as a place that opens there. */
export function sourcePlace(
  source: { kind: string; id: string; uri: string },
  at: { start_line: number; end_line: number } | null,
): Place {
  const lines = at && at.start_line > 0 ? { start: at.start_line, end: Math.max(at.start_line, at.end_line) } : null
  if (source.kind === 'file') return { kind: 'file', uri: source.uri, lines }
  if (source.kind === 'document') return { kind: 'document', id: source.id, lines }
  if (source.kind === 'task') return { kind: 'task', id: source.id }
  const thread = source.kind === 'message' ? /^thread:([0-9a-f-]{36})/.exec(source.uri)?.[1] : undefined
  if (thread) return { kind: 'thread', thread, message: source.id }
  return { kind: 'source', source: source.kind, id: source.id, lines }
}

const isRepoPart = (part: string): part is RepoPart => ['status', 'log', 'branches'].includes(part)

export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1) || path
export const folderName = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

/** `#L12` or `#L12-L20`. */
function parseLines(hash: string): Lines | null {
  const [, from, to] = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash) ?? []
  if (!from) return null
  const start = Math.max(1, Number(from))
  return { start, end: Math.max(start, Number(to ?? from)) }
}

function linesHash(lines: Lines | null): string {
  if (!lines) return ''
  return lines.end > lines.start ? `#L${lines.start}-L${lines.end}` : `#L${lines.start}`
}

function queryOf(pairs: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== '').map(([name, value]) => [name, value]))
  return query.size > 0 ? `?${query}` : ''
}

const encode = (text: string) => encodeURIComponent(text.toWellFormed())

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
