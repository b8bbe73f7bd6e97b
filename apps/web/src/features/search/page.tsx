/** Search: as you type, over everything, with why each passage was found and a look at it beside the list. */
import type { Hit } from '@cairn/api/search'
import SearchIcon from 'lucide-solid/icons/search'
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js'
import { go, nameTab } from '../../lib/layout.ts'
import type { Place } from '../../lib/places.ts'
import { placeUrl, sourcePlace } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import { narrow } from '../../shell/narrow.ts'
import { focusMain } from '../../shell/regions.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { Safe } from '../../ui/safe.tsx'
import { askAbout } from '../chat/state.ts'
import { Filters, sinceTime } from './parts/filters.tsx'
import { HitRow } from './parts/hit-row.tsx'
import { Preview } from './parts/preview.tsx'

type SearchPlace = Extract<Place, { kind: 'search' }>

export default function SearchPage(props: ViewOf<'search'>) {
  let input: HTMLInputElement | undefined
  const [typed, setTyped] = createSignal(props.place.q)
  const [at, setAt] = createSignal(0)
  // The address follows a moment after the last key; another address (a link, going back) fills the field.
  createEffect(
    on(
      () => props.place.q,
      (q) => q !== typed().trim() && setTyped(q),
      { defer: true },
    ),
  )
  createEffect(
    on(
      typed,
      (text) => {
        const timer = setTimeout(() => text.trim() !== props.place.q && change({ q: text.trim() }), 90)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  const change = (by: Partial<SearchPlace>) => go({ ...props.place, ...by }, { replace: true })
  const asked = createMemo(() => {
    const { q, kinds, since } = props.place
    if (!q) return null
    const from = sinceTime(since)
    return { query: q, limit: 50, ...(kinds.length > 0 && { kinds }), ...(from && { from }) }
  })
  const result = useRead('search', 'query', asked, { keep: true })
  const hits = () => (asked() ? (result.data?.hits ?? []) : [])
  const current = () => hits()[Math.min(at(), hits().length - 1)]
  createEffect(
    on(
      () => props.place,
      () => setAt(0),
    ),
  )
  createEffect(() => nameTab(props.tabKey, props.place.q ? `Search: ${props.place.q}` : 'Search'))
  const open = (hit: Hit | undefined) => {
    if (!hit) return
    go(sourcePlace(hit.source, hit.place))
    focusMain()
  }
  const press = (event: KeyboardEvent) => {
    const last = hits().length - 1
    if (event.key === 'ArrowDown') setAt(Math.min(last, at() + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at() - 1))
    else if (event.key === 'PageDown') setAt(Math.min(last, at() + 8))
    else if (event.key === 'PageUp') setAt(Math.max(0, at() - 8))
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) askAbout(typed().trim())
    else if (event.key === 'Enter') open(current())
    else if (event.key === 'Escape' && typed()) setTyped('')
    else return
    event.preventDefault()
    queueMicrotask(() => document.getElementById(`hit-${at()}`)?.scrollIntoView({ block: 'nearest' }))
  }
  return (
    <>
      <h1 class="sr-only">Search</h1>
      <div class="shrink-0 border-b border-line px-4 pt-3 pb-2">
        <div class="flex h-10 items-center gap-3 rounded-lg bg-inset px-3 ring-1 ring-edge ring-inset focus-within:ring-2 focus-within:ring-accent">
          <SearchIcon size={17} class="shrink-0 text-faint" />
          <input
            ref={input}
            data-autofocus
            type="text"
            role="combobox"
            aria-expanded={hits().length > 0}
            aria-controls="hits"
            aria-activedescendant={current() ? `hit-${at()}` : undefined}
            aria-label="Search everything"
            autocomplete="off"
            spellcheck={false}
            placeholder="Search files, pages, bookmarks, threads, commits, memories and tasks"
            class="h-full min-w-0 flex-1 bg-transparent text-base outline-none"
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={press}
          />
          <Show when={result.data && asked()}>
            <span class="shrink-0 text-xs text-faint max-sm:hidden">
              {Math.max(1, Math.round(result.data?.took_ms ?? 0))} ms
            </span>
          </Show>
        </div>
        <Filters place={props.place} onChange={change} />
      </div>
      <Show when={asked()} fallback={<Start />}>
        <Show when={!result.isPending} fallback={<Waiting lines={8} />}>
          <Show
            when={!result.isError}
            fallback={<Failure error={result.error} onRetry={() => void result.refetch()} />}
          >
            <Notes corrected={result.data?.corrected ?? []} />
            <Show when={hits().length > 0} fallback={<Nothing place={props.place} onChange={change} />}>
              <div class="flex min-h-0 flex-1" classList={{ 'opacity-60': result.isPlaceholderData }}>
                <div
                  id="hits"
                  role="listbox"
                  aria-label="Results"
                  class="min-h-0 min-w-0 flex-1 overflow-y-auto p-2 lg:max-w-[46%] lg:border-r lg:border-line"
                >
                  <For each={hits()}>
                    {(hit, index) => (
                      <HitRow
                        hit={hit}
                        id={`hit-${index()}`}
                        selected={index() === at()}
                        onSelect={() => (narrow() ? open(hit) : setAt(index()))}
                        onOpen={() => open(hit)}
                      />
                    )}
                  </For>
                </div>
                <div class="hidden min-w-0 flex-1 lg:flex">
                  <Show when={current()}>
                    {(hit) => <Preview hit={hit()} url={placeUrl(sourcePlace(hit().source, hit().place))} />}
                  </Show>
                </div>
              </div>
            </Show>
          </Show>
        </Show>
      </Show>
    </>
  )
}

function Start() {
  return (
    <Empty icon={<SearchIcon size={28} />} title="Search everything you have">
      Words, identifiers and parts of them; typing errors are forgiven. Arrow keys walk, Enter opens, Ctrl+Enter asks
      instead.
    </Empty>
  )
}

function Notes(props: { corrected: readonly { from: string; to: string }[] }) {
  return (
    <Show when={props.corrected.length > 0}>
      <p class="shrink-0 border-b border-line bg-side px-4 py-1.5 text-xs text-dim">
        <For each={props.corrected}>
          {(word) => (
            <span class="mr-3">
              Nobody wrote <Safe text={word.from} class="line-through" />; looked for{' '}
              <Safe text={word.to} class="font-medium text-ink" />.
            </span>
          )}
        </For>
      </p>
    </Show>
  )
}

function Nothing(props: { place: SearchPlace; onChange: (by: Partial<SearchPlace>) => void }) {
  const narrowed = () => props.place.kinds.length > 0 || props.place.since !== ''
  return (
    <Empty
      title={
        <>
          Nothing found for “<Safe text={props.place.q} />”
        </>
      }
      action={
        <>
          <Show when={narrowed()}>
            <Button look="primary" onClick={() => props.onChange({ kinds: [], since: '' })}>
              Search without filters
            </Button>
          </Show>
          <Button look={narrowed() ? 'plain' : 'primary'} onClick={() => askAbout(props.place.q)}>
            Ask it instead
          </Button>
        </>
      }
    >
      Fewer or other words may help. What is still being indexed cannot be found yet.
    </Empty>
  )
}
