import type { Visit } from '@cairn/api/browser'
import { createVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js'
import { dayStart, shortDate } from '../../../lib/format.ts'
import { go } from '../../../lib/layout.ts'
import type { Place } from '../../../lib/places.ts'
import { usePages } from '../../../lib/queries.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { walkList } from '../../../ui/arrows.ts'
import { Button } from '../../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../../ui/empty.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { VisitRow } from './visit-row.tsx'

/** Pages whose title or address fits the words, each by its latest visit. */
export function Found(props: { place: Extract<Place, { kind: 'history' }>; onRemove: (visit: Visit) => void }) {
  let scroller: HTMLDivElement | undefined
  const [words, setWords] = createSignal(props.place.q)
  createEffect(
    on(
      () => props.place.q,
      (q) => {
        const timer = setTimeout(() => setWords(q), 80)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  const pages = usePages('browser', 'listHistory', () => {
    const { site, from, to } = props.place
    const start = dayStart(from)
    const end = dayStart(to, 1)
    return words().trim()
      ? { q: words().trim(), limit: 100, ...(site && { site }), ...(start && { from: start }), ...(end && { to: end }) }
      : null
  })
  const visits = () => pages.items().filter((visit) => !isLeaving(visit.id))
  const virtual = createVirtualizer({
    get count() {
      return visits().length
    },
    getScrollElement: () => scroller ?? null,
    estimateSize: () => 30,
    overscan: 12,
  })
  createEffect(() => {
    const [first, last] = [virtual.getVirtualItems()[0], virtual.getVirtualItems().at(-1)]
    if (first && last) pages.see([first.index, last.index + 1])
    if (last && last.index > visits().length - 30) pages.more()
  })
  return (
    <div
      ref={scroller}
      class="min-h-0 flex-1 overflow-y-auto px-2 py-1"
      onKeyDown={walkList}
      classList={{ 'opacity-60': pages.query.isPlaceholderData }}
    >
      <Show when={!pages.query.isPending} fallback={<Waiting />}>
        <Show when={!pages.query.isError} fallback={<Failure error={pages.query.error} />}>
          <Show when={visits().length > 0} fallback={<Nothing words={props.place.q} />}>
            <div class="relative" style={{ height: `${virtual.getTotalSize()}px` }}>
              <For each={virtual.getVirtualItems()}>
                {(item) => (
                  <div class="absolute inset-x-0 top-0 h-7.5" style={{ transform: `translateY(${item.start}px)` }}>
                    <Show when={visits()[item.index]}>
                      {(visit) => (
                        <VisitRow
                          visit={visit()}
                          same={false}
                          dated={shortDate(Date.parse(visit().visited_at), Date.now())}
                          onRemove={() => props.onRemove(visit())}
                        />
                      )}
                    </Show>
                  </div>
                )}
              </For>
            </div>
          </Show>
        </Show>
      </Show>
    </div>
  )
}

function Nothing(props: { words: string }) {
  return (
    <Empty
      title={
        <>
          No page fits “<Safe text={props.words} />”
        </>
      }
      action={
        <Button
          look="primary"
          onClick={() => go({ kind: 'search', q: props.words, kinds: [], since: '' }, { keep: true })}
        >
          Search everything
        </Button>
      }
    >
      Titles and addresses are looked through here. Search looks everywhere and forgives typing errors.
    </Empty>
  )
}
