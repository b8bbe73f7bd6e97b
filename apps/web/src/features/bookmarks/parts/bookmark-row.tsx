import type { Bookmark } from '@cairn/api/bookmarks'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import { createSignal, For, Show } from 'solid-js'
import { safeHref } from '../../../lib/escape.ts'
import { Menu, type MenuItem } from '../../../ui/menu.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { SiteMark } from '../../browser/parts/site-mark.tsx'

type BookmarkRowProps = {
  bookmark: Bookmark
  /** Title of its folder, where that is not clear already. */
  folder: string | null
  menu: readonly MenuItem[]
  /** Another bookmark may be dropped beside it. */
  takes: boolean
  onCarry: (on: boolean) => void
  onDrop: (below: boolean) => void
  onOpen: () => void
}

const line = 'ring-inside flex h-full min-w-0 flex-1 items-center gap-2.5 rounded-md pr-8 pl-3 text-left'

/** One bookmark. A web page opens in a tab of the browser; any other address is only text, and opens to be changed. */
export function BookmarkRow(props: BookmarkRowProps) {
  const bookmark = () => props.bookmark
  const href = () => safeHref(bookmark().url)
  const [side, setSide] = createSignal<'above' | 'below' | null>(null)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dragged can be moved by keys, too
    <div
      class="group relative flex h-full items-center rounded-md hover:bg-hover"
      classList={{
        'shadow-[0_-2px_0_var(--color-accent)]': side() === 'above',
        'shadow-[0_2px_0_var(--color-accent)]': side() === 'below',
      }}
      draggable={true}
      onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', bookmark().url)
        props.onCarry(true)
      }}
      onDragEnd={() => props.onCarry(false)}
      onDragOver={(event) => {
        if (!props.takes) return
        event.preventDefault()
        const { top, height } = event.currentTarget.getBoundingClientRect()
        setSide(event.clientY < top + height / 2 ? 'above' : 'below')
      }}
      onDragLeave={() => setSide(null)}
      onDrop={(event) => {
        event.preventDefault()
        const below = side() === 'below'
        setSide(null)
        if (props.takes) props.onDrop(below)
      }}
    >
      <Show
        when={href()}
        fallback={
          <button
            type="button"
            data-row
            data-bookmark={bookmark().id}
            aria-describedby="bookmark-keys"
            class={line}
            title={bookmark().url.slice(0, 500)}
            onClick={() => props.onOpen()}
          >
            <Inner {...props} />
          </button>
        }
      >
        {(address) => (
          <a
            href={address()}
            target="_blank"
            rel="noopener noreferrer"
            draggable={false}
            data-row
            data-bookmark={bookmark().id}
            aria-describedby="bookmark-keys"
            class={line}
            title={bookmark().url.slice(0, 500)}
          >
            <Inner {...props} />
          </a>
        )}
      </Show>
      <div class="absolute right-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <Menu label={`More for ${bookmark().title || bookmark().url}`} items={props.menu} mouseOnly>
          <Ellipsis size={14} />
        </Menu>
      </div>
    </div>
  )
}

function Inner(props: Pick<BookmarkRowProps, 'bookmark' | 'folder'>) {
  const bookmark = () => props.bookmark
  return (
    <>
      <SiteMark site={bookmark().site ?? '·'} />
      <Safe text={bookmark().title || bookmark().url.slice(0, 300)} class="min-w-0 truncate text-sm text-ink" />
      <span class="flex min-w-0 shrink gap-1.5 overflow-hidden text-xs text-dim">
        <For each={bookmark().tags}>{(tag) => <Safe text={`#${tag}`} class="shrink-0" />}</For>
      </span>
      <span class="ml-auto max-w-[40%] shrink-0 truncate pl-2 text-xs text-faint">
        <Show when={props.folder}>
          {(folder) => (
            <>
              <Safe text={folder()} /> ·{' '}
            </>
          )}
        </Show>
        <Safe text={bookmark().site ?? bookmark().url.slice(0, 60)} />
      </span>
    </>
  )
}
