import type { Bookmark, FolderInTree } from '@cairn/api/bookmarks'
import { createVirtualizer } from '@tanstack/solid-virtual'
import Star from 'lucide-solid/icons/star'
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { go } from '../../../lib/layout.ts'
import type { Place } from '../../../lib/places.ts'
import { readAgain, usePages } from '../../../lib/queries.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { walkList } from '../../../ui/arrows.ts'
import { Button } from '../../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../../ui/empty.tsx'
import { attempt } from '../../../ui/notices.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { openBookmark, openBookmarkImport, openNewBookmark, removeBookmark } from '../state.ts'
import { BookmarkRow } from './bookmark-row.tsx'

type ListProps = {
  place: Extract<Place, { kind: 'bookmarks' }>
  items: readonly FolderInTree[]
  /** There are no bookmarks at all. */
  empty: boolean
  onDragged: (bookmark: string | null) => void
  onTold: (text: string) => void
}

const rowHeight = 30

/** The bookmarks that are asked for. Only rows in sight exist. */
export function List(props: ListProps) {
  // Always there, also with nothing in it: rows in sight are told from its height.
  let scroller: HTMLDivElement | undefined
  const [words, setWords] = createSignal(props.place.q)
  createEffect(
    on(
      () => props.place.q,
      (q) => {
        const timer = setTimeout(() => setWords(q), 120)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  const pages = usePages('bookmarks', 'list', () => {
    const { folder, tag } = props.place
    const q = words().trim()
    return { limit: 200, ...(folder && { folder_id: folder }), ...(q && { q }), ...(tag && { tag }) }
  })
  const rows = createMemo(() => pages.items().filter((one) => !isLeaving(one.id)))
  const titles = createMemo(() => new Map(props.items.map(({ id, title }) => [id, title])))
  /** Its order is the folder's own: rows can be moved. */
  const ordered = () => props.place.folder !== '' && !props.place.q.trim() && !props.place.tag
  const virtual = createVirtualizer({
    get count() {
      return rows().length
    },
    getScrollElement: () => scroller ?? null,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  createEffect(() => {
    const [first, last] = [virtual.getVirtualItems()[0], virtual.getVirtualItems().at(-1)]
    if (first && last) pages.see([first.index, last.index + 1])
    if (last && last.index > rows().length - 60) pages.more()
  })
  createEffect(
    on(
      () => [props.place.folder, words(), props.place.tag],
      () => scroller?.scrollTo({ top: 0 }),
      { defer: true },
    ),
  )

  const move = async (bookmark: Bookmark, spot: { before: string } | { after: string }, word: string) => {
    if (!(await attempt(() => api.bookmarks.move({ id: bookmark.id, ...spot })))) return
    await readAgain('bookmarks')
    props.onTold(`${bookmark.title || bookmark.url} moved ${word}`)
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-bookmark="${bookmark.id}"]`)?.focus())
  }
  const step = (bookmark: Bookmark, by: 1 | -1) => {
    const other = rows()[rows().findIndex(({ id }) => id === bookmark.id) + by]
    if (other) void move(bookmark, by === 1 ? { after: other.id } : { before: other.id }, by === 1 ? 'down' : 'up')
  }
  const [carried, setCarried] = createSignal<string | null>(null)
  const carry = (id: string | null) => {
    setCarried(id)
    props.onDragged(id)
  }
  const drop = (onto: Bookmark, below: boolean) => {
    const bookmark = rows().find(({ id }) => id === carried())
    carry(null)
    if (bookmark && bookmark.id !== onto.id)
      void move(bookmark, below ? { after: onto.id } : { before: onto.id }, 'there')
  }

  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-bookmark]')
    const bookmark = rows().find(({ id }) => id === row?.dataset.bookmark)
    if (!bookmark || event.ctrlKey || event.metaKey || event.altKey) return walkList(event)
    const act = (action: () => void) => {
      event.preventDefault()
      action()
    }
    if (event.key === 'Delete') return act(() => removeBookmark(bookmark))
    if (event.key === 'F2') return act(() => openBookmark(bookmark))
    if (!event.shiftKey) return walkList(event)
    if (event.key === 'ArrowUp') return act(() => ordered() && step(bookmark, -1))
    if (event.key === 'ArrowDown') return act(() => ordered() && step(bookmark, 1))
  }

  return (
    <>
      <p id="bookmark-keys" class="sr-only">
        Arrow keys walk over the list, Shift with an arrow key moves a bookmark within its folder, F2 changes it, Delete
        removes it.
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the rows inside */}
      <div
        ref={scroller}
        class="min-h-0 flex-1 overflow-y-auto px-2 py-1"
        classList={{ 'opacity-60': pages.query.isPlaceholderData }}
        onKeyDown={onKeyDown}
      >
        <Show when={!pages.query.isError} fallback={<Failure error={pages.query.error} />}>
          <Show when={!pages.query.isPending} fallback={<Waiting />}>
            <Show when={rows().length > 0} fallback={<Nothing place={props.place} empty={props.empty} />}>
              <div class="relative" style={{ height: `${virtual.getTotalSize()}px` }}>
                <For each={virtual.getVirtualItems()}>
                  {(item) => (
                    <div class="absolute inset-x-0 top-0 h-7.5" style={{ transform: `translateY(${item.start}px)` }}>
                      <Show when={rows()[item.index]}>
                        {(bookmark) => (
                          <BookmarkRow
                            bookmark={bookmark()}
                            folder={ordered() ? null : (titles().get(bookmark().folder_id ?? '') ?? null)}
                            takes={ordered() && carried() !== null && carried() !== bookmark().id}
                            menu={[
                              { label: 'Change', keys: 'F2', run: () => openBookmark(bookmark()) },
                              {
                                label: 'Move up',
                                disabled: !ordered() || item.index === 0,
                                run: () => step(bookmark(), -1),
                              },
                              {
                                label: 'Move down',
                                disabled: !ordered() || item.index === rows().length - 1,
                                run: () => step(bookmark(), 1),
                              },
                              {
                                label: 'Remove',
                                keys: 'Delete',
                                danger: true,
                                apart: true,
                                run: () => removeBookmark(bookmark()),
                              },
                            ]}
                            onCarry={(on) => carry(on ? bookmark().id : null)}
                            onDrop={(below) => drop(bookmark(), below)}
                            onOpen={() => openBookmark(bookmark())}
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
    </>
  )
}

function Nothing(props: { place: ListProps['place']; empty: boolean }) {
  const filtered = () => Boolean(props.place.q.trim() || props.place.tag)
  const folder = () => (['', 'top'].includes(props.place.folder) ? null : props.place.folder)
  return (
    <Show
      when={!props.empty}
      fallback={
        <Empty
          icon={<Star size={28} />}
          title="No bookmarks yet"
          action={
            <>
              <Button look="primary" onClick={openBookmarkImport}>
                Import from a file
              </Button>
              <Button onClick={() => openNewBookmark()}>New bookmark</Button>
            </>
          }
        >
          Every browser exports its bookmarks to a file. Bring it in here, as often as you like: nothing comes twice.
        </Empty>
      }
    >
      <Show
        when={filtered()}
        fallback={
          <Empty
            title="Nothing in here"
            action={<Button onClick={() => openNewBookmark(folder())}>New bookmark</Button>}
          />
        }
      >
        <Empty
          title={
            <Show when={props.place.q.trim()} fallback="No bookmark has this tag">
              {(q) => (
                <>
                  No bookmark fits “<Safe text={q()} />”
                </>
              )}
            </Show>
          }
          action={
            <Button
              look="primary"
              onClick={() => go({ kind: 'search', q: props.place.q, kinds: [], since: '' }, { keep: true })}
            >
              Search everything
            </Button>
          }
        >
          Titles, addresses and tags are looked through here. Search looks everywhere and forgives typing errors.
        </Empty>
      </Show>
    </Show>
  )
}
