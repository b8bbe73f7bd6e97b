/** Go to anything, do anything. `>` leaves only commands, `#` only files. */
import { Dialog } from '@kobalte/core/dialog'
import fuzzysort from 'fuzzysort'
import ArrowRight from 'lucide-solid/icons/arrow-right'
import Search from 'lucide-solid/icons/search'
import Sparkles from 'lucide-solid/icons/sparkles'
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import { api } from '../lib/api.ts'
import { allCommands, canRun, type Command, rebound } from '../lib/commands.ts'
import { ago } from '../lib/format.ts'
import { keysOf } from '../lib/keys.ts'
import { go, showTab, tabs } from '../lib/layout.ts'
import { folderName, parsePlace } from '../lib/places.ts'
import { useRead } from '../lib/queries.ts'
import { askAbout } from '../features/chat/state.ts'
import { Kbd } from '../ui/kbd.tsx'
import { KindIcon, PlaceIcon } from '../ui/place-icon.tsx'
import { Marked, Safe } from '../ui/safe.tsx'
import { closePalette, paletteOpen, paletteShown, paletteStart } from './palette-state.ts'
import { focusMain } from './regions.ts'

type Row = {
  id: string
  group: string
  icon: () => JSX.Element
  label: () => JSX.Element
  side?: () => JSX.Element
  run: () => void
}

export default function Palette() {
  let input: HTMLInputElement | undefined
  const [typed, setTyped] = createSignal(paletteStart())
  const [at, setAt] = createSignal(0)
  const mode = () => (typed().startsWith('>') ? 'commands' : typed().startsWith('#') ? 'files' : 'all')
  const words = () => (mode() === 'all' ? typed() : typed().slice(1)).trim()
  const found = useFound(words, mode)
  const rows = createMemo<Row[]>(() => {
    if (mode() === 'commands') return commandRows(words(), 100)
    if (mode() === 'files') return fileRows(found().files)
    if (words() === '') return [...tabRows(), ...commandRows('', 60)]
    return [
      ...commandRows(words(), 6),
      ...fileRows(found().files),
      ...threadRows(found().threads),
      ...pageRows(found().pages),
      ...lastRows(words()),
    ]
  })
  createEffect(on([words, mode], () => setAt(0)))

  const choose = (row: Row | undefined) => {
    if (!row) return
    closePalette()
    row.run()
  }
  const press = (event: KeyboardEvent) => {
    const all = rows().length
    if (event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n')) setAt((at() + 1) % Math.max(1, all))
    else if (event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p')) setAt((at() - 1 + all) % Math.max(1, all))
    else if (event.key === 'PageDown') setAt(Math.min(all - 1, at() + 8))
    else if (event.key === 'PageUp') setAt(Math.max(0, at() - 8))
    else if (event.key === 'Enter') choose(rows()[at()])
    else return
    event.preventDefault()
    queueMicrotask(() => document.getElementById(`palette-${at()}`)?.scrollIntoView({ block: 'nearest' }))
  }
  /** Keys are the palette's as soon as it is seen, also while the focus is on its way or was taken by what closed last. */
  const take = (event: KeyboardEvent) => {
    if (event.target === input) return
    input?.focus()
    if (event.ctrlKey || event.metaKey || event.altKey || [...event.key].length !== 1) return press(event)
    setTyped((text) => text + event.key)
    event.preventDefault()
    event.stopPropagation()
  }
  onMount(() => {
    paletteShown()
    addEventListener('keydown', take, true)
  })
  onCleanup(() => removeEventListener('keydown', take, true))
  return (
    <Dialog open={paletteOpen()} onOpenChange={(open) => !open && closePalette()}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-veil" />
        <div class="pointer-events-none fixed inset-0 z-40 flex items-start justify-center p-3 pt-[10vh]">
          <Dialog.Content
            onOpenAutoFocus={(event) => {
              // Its own way would select what was typed meanwhile.
              event.preventDefault()
              input?.focus()
            }}
            class="pointer-events-auto flex max-h-[70vh] w-full max-w-2xl flex-col overflow-hidden rounded-xl bg-raised shadow-float"
          >
            <Dialog.Title class="sr-only">Go to anything</Dialog.Title>
            <div class="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
              <Search size={17} class="shrink-0 text-faint" />
              <input
                role="combobox"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant={rows().length > 0 ? `palette-${at()}` : undefined}
                aria-label="Go to anything"
                autocomplete="off"
                spellcheck={false}
                autofocus
                ref={input}
                placeholder="A file, a thread, a page, a command…"
                class="h-full min-w-0 flex-1 bg-transparent text-base text-ink outline-none"
                value={typed()}
                onInput={(event) => setTyped(event.currentTarget.value)}
                onKeyDown={press}
              />
              <span class="text-2xs whitespace-nowrap text-faint max-sm:hidden">
                <b class="font-mono">&gt;</b> commands <b class="ml-1 font-mono">#</b> files
              </span>
            </div>
            <div id="palette-list" role="listbox" aria-label="Results" class="min-h-0 overflow-y-auto p-1.5">
              <For each={rows()} fallback={<p class="px-3 py-6 text-center text-sm text-dim">Nothing by that name.</p>}>
                {(row, index) => (
                  <>
                    <Show when={rows()[index() - 1]?.group !== row.group}>
                      <div role="presentation" class="px-2.5 pt-2 pb-1 text-2xs font-semibold text-faint">
                        {row.group}
                      </div>
                    </Show>
                    <div
                      role="option"
                      id={`palette-${index()}`}
                      aria-selected={index() === at()}
                      class="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm"
                      classList={{ 'bg-selected': index() === at() }}
                      onPointerMove={() => setAt(index())}
                      onClick={() => choose(row)}
                    >
                      <span class="inline-flex w-4 shrink-0 justify-center text-faint">{row.icon()}</span>
                      <span class="min-w-0 flex-1 truncate">{row.label()}</span>
                      <span class="ml-3 shrink-0 text-xs text-faint">{row.side?.()}</span>
                    </div>
                  </>
                )}
              </For>
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}

type Found = {
  files: FoundFile[]
  threads: { id: string; title: string; updated_at: string }[]
  pages: { id: string; page_id: string; title: string | null; url: string; site: string }[]
}
type FoundFile = { uri: string; path: string; root: string; matches: number[] }

/** What the core finds by name, a moment after the last key. Answers that come too late are dropped. */
function useFound(words: () => string, mode: () => string) {
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  const [found, setFound] = createSignal<Found>({ files: [], threads: [], pages: [] })
  createEffect(
    on([words, mode], ([q, kind]) => {
      const stop = new AbortController()
      if (!q || kind === 'commands') return setFound({ files: [], threads: [], pages: [] })
      const timer = setTimeout(() => {
        const options = { signal: stop.signal }
        const names = new Map(roots.data?.items.map((root) => [root.id, root.name]))
        const files = api.files.find({ q: q.slice(0, 200), limit: kind === 'files' ? 50 : 8 }, options)
        const set = (part: Partial<Found>) => !stop.signal.aborted && setFound((all) => ({ ...all, ...part }))
        files.then(
          ({ items }) =>
            set({
              files: items.map((file) => {
                const root = names.get(file.root) ?? ''
                return { uri: `${root}/${file.path}`, path: file.path, root, matches: file.matches }
              }),
            }),
          () => set({ files: [] }),
        )
        if (kind !== 'all') return
        api.threads.list({ q, limit: 4 }, options).then(
          ({ items }) => set({ threads: items }),
          () => set({ threads: [] }),
        )
        api.browser.listHistory({ q, limit: 5 }, options).then(
          ({ items }) => set({ pages: items }),
          () => set({ pages: [] }),
        )
      }, 70)
      onCleanup(() => {
        clearTimeout(timer)
        stop.abort()
      })
    }),
  )
  return found
}

/** Positions as marks, neighbours in one. */
function toMarks(positions: readonly number[]): { start: number; end: number }[] {
  const marks: { start: number; end: number }[] = []
  for (const at of positions) {
    const last = marks.at(-1)
    if (last?.end === at) last.end = at + 1
    else marks.push({ start: at, end: at + 1 })
  }
  return marks
}

function commandRows(words: string, limit: number): Row[] {
  const usable = allCommands().filter((command) => canRun(command) && command.id !== 'palette.open')
  const row = (command: Command, marks: readonly number[]): Row => ({
    id: command.id,
    group: words ? 'Commands' : command.group,
    icon: () => command.icon?.() ?? <ArrowRight size={14} />,
    label: () => <Marked text={command.title} marks={toMarks(marks)} />,
    side: () => {
      const [key] = keysOf(command, rebound())
      return key ? <Kbd binding={key} /> : null
    },
    run: () => void command.run(),
  })
  if (!words) return usable.filter((command) => !/^tab\.\d$/.test(command.id)).map((command) => row(command, []))
  return fuzzysort
    .go(words, usable, { keys: ['title', 'words', 'group'], limit, threshold: 0.35 })
    .map((one) => row(one.obj, one[0]?.score ? [...one[0].indexes] : []))
}

const fileRows = (files: readonly FoundFile[]): Row[] =>
  files.map((file) => {
    const folder = folderName(file.path)
    const cut = folder ? folder.length + 1 : 0
    return {
      id: file.uri,
      group: 'Files',
      icon: () => <KindIcon kind="file" name={file.path} />,
      label: () => (
        <bdi>
          <Marked
            text={file.path.slice(cut)}
            marks={toMarks(file.matches.filter((at) => at >= cut).map((at) => at - cut))}
          />
        </bdi>
      ),
      side: () => (
        <Safe text={[file.root, folder].filter(Boolean).join('/')} class="block max-w-72 truncate [direction:ltr]" />
      ),
      run: () => {
        go({ kind: 'file', uri: file.uri, lines: null })
        focusMain()
      },
    }
  })

const threadRows = (threads: Found['threads']): Row[] =>
  threads.map((thread) => ({
    id: thread.id,
    group: 'Threads',
    icon: () => <KindIcon kind="thread" />,
    label: () => <Safe text={thread.title || 'Untitled'} />,
    side: () => ago(thread.updated_at, Date.now()),
    run: () => {
      go({ kind: 'thread', thread: thread.id, message: null })
      focusMain()
    },
  }))

const pageRows = (pages: Found['pages']): Row[] =>
  pages.map((page) => ({
    id: page.id,
    group: 'Pages',
    icon: () => <KindIcon kind="visit" />,
    label: () => <Safe text={page.title || page.url} />,
    side: () => <Safe text={page.site} />,
    run: () => {
      go({ kind: 'source', source: 'visit', id: page.page_id, lines: null })
      focusMain()
    },
  }))

const lastRows = (words: string): Row[] => [
  {
    id: 'search',
    group: 'Everything',
    icon: () => <Search size={14} />,
    label: () => (
      <>
        Search everything for “<Safe text={words} />”
      </>
    ),
    run: () => {
      go({ kind: 'search', q: words, kinds: [], since: '' }, { keep: true })
      focusMain()
    },
  },
  {
    id: 'ask',
    group: 'Everything',
    icon: () => <Sparkles size={14} />,
    label: () => (
      <>
        Ask “<Safe text={words} />”
      </>
    ),
    run: () => askAbout(words),
  },
]

const tabRows = (): Row[] =>
  tabs()
    .open.filter((tab) => tab.key !== tabs().active)
    .slice(0, 6)
    .map((tab) => ({
      id: tab.key,
      group: 'Open tabs',
      icon: () => <PlaceIcon place={parsePlace(tab.url)} />,
      label: () => <Safe text={tab.title} />,
      run: () => {
        showTab(tab.key)
        focusMain()
      },
    }))
