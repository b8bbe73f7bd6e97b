/** Commands of the frame itself. Features bring their own. */
import BookmarkPlus from 'lucide-solid/icons/bookmark-plus'
import Contrast from 'lucide-solid/icons/contrast'
import Download from 'lucide-solid/icons/download'
import FilePlus from 'lucide-solid/icons/folder-plus'
import GitBranchPlus from 'lucide-solid/icons/git-branch-plus'
import Import from 'lucide-solid/icons/import'
import ListPlus from 'lucide-solid/icons/list-plus'
import Eraser from 'lucide-solid/icons/eraser'
import EyeOff from 'lucide-solid/icons/eye-off'
import Keyboard from 'lucide-solid/icons/keyboard'
import FileUp from 'lucide-solid/icons/file-up'
import Star from 'lucide-solid/icons/star'
import Waypoints from 'lucide-solid/icons/waypoints'
import MessageCirclePlus from 'lucide-solid/icons/message-circle-plus'
import { type Command, useCommands } from '../lib/commands.ts'
import {
  activeTab,
  close,
  closeAllBut,
  go,
  keepTab,
  panels,
  reopen,
  setPanels,
  showNeighbour,
  showTab,
  tabs,
} from '../lib/layout.ts'
import { isDark, setTheme } from '../lib/theme.ts'
import { pauseAnHour, toggleCapture } from '../features/capture/state.ts'
import { chooseFiles, openCrawl } from '../features/documents/state.ts'
import { openAddFolder } from '../features/roots/state.ts'
import { openRegister } from '../features/repos/state.ts'
import { openErase } from '../features/privacy/state.ts'
import { openRemember } from '../features/memories/state.ts'
import { openNewTask } from '../features/tasks/state.ts'
import { openBookmarkImport, openNewBookmark, openNewFolder } from '../features/bookmarks/state.ts'
import { openChatsImport, openImport } from '../features/imports/state.ts'
import { setHelpOpen } from './help-state.ts'
import { openPalette } from './palette-state.ts'
import { narrow } from './narrow.ts'
import { openSection } from './rail.tsx'
import { focusMain, focusRegion, walkRegions } from './regions.ts'
import { sections, settingsSection, toggleSide } from './sections.tsx'

const sectionKeys: Record<string, readonly string[]> = {
  home: ['g h'],
  ask: ['g a'],
  search: ['g s', '/', '$mod+Shift+f'],
  files: ['g f'],
  repos: ['g r'],
  history: ['g y'],
  bookmarks: ['g b'],
  documents: ['g d'],
  tabs: ['g w'],
  memories: ['g m'],
  tasks: ['g t'],
  jobs: ['g j'],
  settings: ['g ,', '$mod+,'],
}

const goCommands: Command[] = [...sections, settingsSection].map((section) => ({
  id: `go.${section.id}`,
  title: section.place ? section.title : `${section.title} panel`,
  group: 'Go to',
  keys: sectionKeys[section.id],
  icon: () => section.icon(15),
  run: () => {
    if (!section.place && section.panel && panels().sideOpen && panels().side === section.panel)
      return focusRegion('side')
    openSection(section)
    if (section.place) focusMain()
    else focusRegion('side')
  },
}))

const settingsCommands: Command[] = (
  [
    ['models', 'Models and routes', 'provider ollama openai anthropic google llm ai'],
    ['keys', 'API keys', 'token secret'],
    ['folders', 'Folders', 'roots index directories'],
    ['privacy', 'Privacy and egress', 'forget delete cloud network capture pause text'],
    ['bundles', 'Export and import', 'bundle backup zip move download take out'],
    ['names', 'Names', 'owner workspace rename me'],
    ['shortcuts', 'Keyboard shortcuts', 'bindings rebind'],
    ['appearance', 'Appearance', 'theme dark light'],
  ] as const
).map(([section, title, words]) => ({
  id: `settings.${section}`,
  title: `Settings: ${title}`,
  group: 'Settings',
  words,
  icon: () => settingsSection.icon(15),
  run: () => {
    go({ kind: 'settings', section }, { keep: true })
    focusMain()
  },
}))

const withActive = (action: (key: string) => void) => () => {
  const tab = activeTab()
  if (tab) action(tab.key)
}

const viewCommands: Command[] = [
  { id: 'palette.open', title: 'Go to anything', group: 'Go to', keys: ['$mod+k'], run: () => openPalette() },
  {
    id: 'palette.commands',
    title: 'All commands',
    group: 'View',
    keys: ['$mod+Shift+p'],
    words: 'palette',
    run: () => openPalette('>'),
  },
  {
    id: 'palette.files',
    title: 'Go to file',
    group: 'Files',
    keys: ['$mod+p'],
    words: 'open',
    run: () => openPalette('#'),
  },
  {
    id: 'ask.new',
    title: 'New question',
    group: 'Ask',
    keys: ['n'],
    words: 'thread chat conversation',
    icon: () => <MessageCirclePlus size={15} />,
    run: () => {
      go({ kind: 'thread', thread: null, message: null })
      focusMain()
    },
  },
  {
    id: 'view.ask',
    title: 'Show or hide the ask panel',
    group: 'View',
    keys: ['$mod+i'],
    words: 'chat right',
    run: () => {
      if (narrow()) return go({ kind: 'thread', thread: null, message: null })
      setPanels({ askOpen: !panels().askOpen })
      if (panels().askOpen) focusRegion('ask')
      else focusMain()
    },
  },
  {
    id: 'view.side',
    title: 'Show or hide the side panel',
    group: 'View',
    keys: ['$mod+b'],
    words: 'left sidebar',
    run: () => setPanels({ sideOpen: !panels().sideOpen }),
  },
  { id: 'view.threads', title: 'Show or hide the list of threads', group: 'View', run: () => toggleSide('threads') },
  {
    id: 'view.bottom',
    title: 'Show or hide running jobs',
    group: 'View',
    keys: ['$mod+j'],
    words: 'panel bottom progress',
    run: () => setPanels({ bottomOpen: !panels().bottomOpen }),
  },
  {
    id: 'view.theme',
    title: 'Switch between light and dark',
    group: 'View',
    words: 'theme colours night',
    icon: () => <Contrast size={15} />,
    run: () => setTheme(isDark() ? 'light' : 'dark'),
  },
  {
    id: 'view.theme.system',
    title: 'Follow the light or dark of the system',
    group: 'View',
    words: 'theme',
    run: () => setTheme('system'),
  },
  {
    id: 'view.next',
    title: 'Go to the next part of the window',
    group: 'View',
    keys: ['F6'],
    run: () => walkRegions(1),
  },
  {
    id: 'view.previous',
    title: 'Go to the previous part of the window',
    group: 'View',
    keys: ['Shift+F6'],
    run: () => walkRegions(-1),
  },
  { id: 'view.editor', title: 'Go to the editor', group: 'View', keys: ['Escape'], run: focusMain },
  {
    id: 'tab.close',
    title: 'Close tab',
    group: 'View',
    keys: ['Alt+KeyW'],
    when: () => activeTab() !== undefined,
    run: withActive(close),
  },
  {
    id: 'tab.closeOthers',
    title: 'Close other tabs',
    group: 'View',
    when: () => tabs().open.length > 1,
    run: withActive(closeAllBut),
  },
  {
    id: 'tab.keep',
    title: 'Keep this tab',
    group: 'View',
    words: 'pin',
    when: () => activeTab()?.passing === true,
    run: withActive(keepTab),
  },
  {
    id: 'tab.reopen',
    title: 'Reopen closed tab',
    group: 'View',
    keys: ['Alt+Shift+KeyW'],
    when: () => tabs().closed.length > 0,
    run: reopen,
  },
  { id: 'tab.next', title: 'Next tab', group: 'View', keys: ['Alt+BracketRight'], run: () => showNeighbour(1) },
  { id: 'tab.previous', title: 'Previous tab', group: 'View', keys: ['Alt+BracketLeft'], run: () => showNeighbour(-1) },
  {
    id: 'privacy.erase',
    title: 'Erase for good…',
    group: 'View',
    words: 'privacy forget delete site thread tab days',
    icon: () => <Eraser size={15} />,
    run: () => openErase(),
  },
  {
    id: 'folder.add',
    title: 'Add a folder',
    group: 'Files',
    words: 'root index directory',
    icon: () => <FilePlus size={15} />,
    run: openAddFolder,
  },
  {
    id: 'repo.register',
    title: 'Register a repository',
    group: 'Files',
    words: 'git working copy repo add',
    icon: () => <GitBranchPlus size={15} />,
    run: openRegister,
  },
  {
    id: 'history.import',
    title: 'Import from a browser',
    group: 'History',
    words: 'chrome edge brave chromium firefox visits history bookmarks',
    icon: () => <Import size={15} />,
    run: () => openImport(),
  },
  {
    id: 'history.graph',
    title: 'Web graph',
    group: 'History',
    words: 'links sites neighbours came from went to way referrer',
    icon: () => <Waypoints size={15} />,
    run: () => {
      go({ kind: 'graph', site: '', page: '', q: '' })
      focusMain()
    },
  },
  {
    id: 'bookmark.add',
    title: 'New bookmark',
    group: 'Bookmarks',
    words: 'keep address page link favourite star add',
    icon: () => <Star size={15} />,
    run: () => openNewBookmark(),
  },
  {
    id: 'bookmark.folder',
    title: 'New folder of bookmarks',
    group: 'Bookmarks',
    words: 'add',
    icon: () => <FilePlus size={15} />,
    run: () => openNewFolder(),
  },
  {
    id: 'bookmark.import',
    title: 'Import bookmarks',
    group: 'Bookmarks',
    words: 'html netscape file chrome firefox safari favourites',
    icon: () => <Import size={15} />,
    run: openBookmarkImport,
  },
  {
    id: 'bookmark.export',
    title: 'Export bookmarks',
    group: 'Bookmarks',
    words: 'html netscape file download',
    icon: () => <Download size={15} />,
    run: () => location.assign('/api/export/bookmarks'),
  },
  {
    id: 'document.add',
    title: 'Add documents',
    group: 'Documents',
    words: 'upload file pdf html markdown text feed',
    icon: () => <FileUp size={15} />,
    run: () => chooseFiles(),
  },
  {
    id: 'document.fetch',
    title: 'Fetch pages',
    group: 'Documents',
    words: 'crawl refresh site download web document',
    icon: () => <Download size={15} />,
    run: openCrawl,
  },
  {
    id: 'threads.import',
    title: 'Import conversations',
    group: 'Ask',
    words: 'chatgpt claude chats export',
    icon: () => <Import size={15} />,
    run: openChatsImport,
  },
  {
    id: 'capture.toggle',
    title: 'Pause capture, or go on',
    group: 'History',
    words: 'private stop watching resume record',
    icon: () => <EyeOff size={15} />,
    run: () => void toggleCapture(),
  },
  {
    id: 'capture.hour',
    title: 'Pause capture for an hour',
    group: 'History',
    words: 'private stop watching',
    icon: () => <EyeOff size={15} />,
    run: () => void pauseAnHour(),
  },
  {
    id: 'memory.add',
    title: 'Remember something',
    group: 'Memories',
    words: 'new memory add note fact',
    icon: () => <BookmarkPlus size={15} />,
    run: () => openRemember(),
  },
  {
    id: 'task.add',
    title: 'New task',
    group: 'Tasks',
    keys: ['t'],
    words: 'todo to-do due remind add',
    icon: () => <ListPlus size={15} />,
    run: () => openNewTask(),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keys: ['[Shift]+?'],
    icon: () => <Keyboard size={15} />,
    run: () => setHelpOpen(true),
  },
  {
    id: 'help.reference',
    title: 'API reference',
    group: 'Help',
    words: 'docs openapi',
    run: () => window.open('/docs', '_blank', 'noopener'),
  },
]

const numbered: Command[] = Array.from({ length: 9 }, (_, at) => ({
  id: `tab.${at + 1}`,
  title: `Go to tab ${at + 1}`,
  group: 'View' as const,
  keys: [`Alt+Digit${at + 1}`],
  when: () => tabs().open.length > at,
  run: () => {
    const tab = tabs().open[at]
    if (tab) showTab(tab.key)
  },
}))

export function useCoreCommands(): void {
  const all = [...goCommands, ...viewCommands, ...settingsCommands, ...numbered]
  useCommands(() => all)
}
