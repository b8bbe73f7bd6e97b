/** What is open. Tabs that were looked at lately stay alive, so that coming back finds everything as it was. */
import { type Component, createEffect, createMemo, createSignal, ErrorBoundary, For, on, Show } from 'solid-js'
import { lazily } from '../ui/lazily.tsx'
import { Dynamic } from 'solid-js/web'
import { HomePage } from '../features/overview/page.tsx'
import { tabs } from '../lib/layout.ts'
import { type Place, type PlaceKind, parsePlace } from '../lib/places.ts'
import { Failure } from '../ui/empty.tsx'
import { panelId } from './tab-strip.tsx'
import type { ViewProps } from './view.ts'

const views: Record<PlaceKind, Component<ViewProps<never>>> = {
  home: HomePage,
  thread: lazily(() => import('../features/chat/page.tsx')),
  search: lazily(() => import('../features/search/page.tsx')),
  files: lazily(() => import('../features/files/overview.tsx')),
  file: lazily(() => import('../features/files/page.tsx')),
  history: lazily(() => import('../features/browser/page.tsx')),
  graph: lazily(() => import('../features/browser/graph.tsx')),
  bookmarks: lazily(() => import('../features/bookmarks/page.tsx')),
  documents: lazily(() => import('../features/documents/page.tsx')),
  document: lazily(() => import('../features/documents/document.tsx')),
  tabs: lazily(() => import('../features/tabs/page.tsx')),
  memories: lazily(() => import('../features/memories/page.tsx')),
  tasks: lazily(() => import('../features/tasks/page.tsx')),
  task: lazily(() => import('../features/tasks/task.tsx')),
  jobs: lazily(() => import('../features/jobs/page.tsx')),
  job: lazily(() => import('../features/jobs/job.tsx')),
  repos: lazily(() => import('../features/repos/page.tsx')),
  repo: lazily(() => import('../features/repos/repo.tsx')),
  settings: lazily(() => import('../features/settings/page.tsx')),
  source: lazily(() => import('../features/search/source.tsx')),
  unknown: lazily(() => import('./unknown.tsx')),
}

const alive = 12

/** Fetches the views that are small, so that going there shows them at once. */
export function preloadViews(): void {
  for (const kind of ['thread', 'search', 'history', 'memories', 'repos', 'jobs'] as const)
    (views[kind] as { preload?: () => void }).preload?.()
}

export function EditorArea() {
  const [recent, setRecent] = createSignal<readonly string[]>([])
  createEffect(
    on(
      () => tabs().active,
      (active) => active && setRecent((keys) => [active, ...keys.filter((key) => key !== active)].slice(0, alive)),
    ),
  )
  const shown = createMemo(() => {
    const keys = new Set(recent())
    return tabs()
      .open.filter((tab) => keys.has(tab.key))
      .map((tab) => tab.key)
      .sort()
  })
  return (
    <div data-region="main" class="relative min-h-0 flex-1 bg-canvas">
      <For each={shown()}>{(key) => <Panel tabKey={key} />}</For>
    </div>
  )
}

function Panel(props: { tabKey: string }) {
  const active = () => tabs().active === props.tabKey
  const url = createMemo((before: string) => tabs().open.find((tab) => tab.key === props.tabKey)?.url ?? before, '/')
  const place = createMemo<Place>(() => parsePlace(url()))
  return (
    <div
      role="tabpanel"
      id={panelId(props.tabKey)}
      aria-labelledby={`tab-${encodeURIComponent(props.tabKey)}`}
      inert={!active()}
      class="absolute inset-0 flex flex-col"
      classList={{ 'invisible [content-visibility:hidden]': !active() }}
    >
      <ErrorBoundary
        fallback={(error, reset) => {
          reportError(error)
          return <Failure error={error} onRetry={reset} />
        }}
      >
        <Show when={place().kind} keyed>
          {(kind) => (
            <Dynamic
              component={views[kind] as Component<ViewProps>}
              place={place()}
              tabKey={props.tabKey}
              active={active()}
            />
          )}
        </Show>
      </ErrorBoundary>
    </div>
  )
}
