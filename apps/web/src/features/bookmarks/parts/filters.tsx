import type { FolderInTree } from '@cairn/api/bookmarks'
import { For, Show } from 'solid-js'
import type { Place } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'

type BookmarksPlace = Extract<Place, { kind: 'bookmarks' }>
type FiltersProps = {
  place: BookmarksPlace
  folder: FolderInTree | null
  onChange: (by: Partial<BookmarksPlace>) => void
}

/** Which bookmarks of the folder are in the list. */
export function Filters(props: FiltersProps) {
  const tags = useRead('bookmarks', 'tags', () => ({ limit: 200 }))
  const known = () => {
    const all = tags.data?.items.map(({ tag }) => tag) ?? []
    const { tag } = props.place
    return tag && !all.includes(tag) ? [tag, ...all] : all
  }
  const where = () => props.folder?.title ?? (props.place.folder === 'top' ? 'outside of folders' : 'all bookmarks')
  return (
    <div class="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-2">
      <input
        type="search"
        data-autofocus
        aria-label={`Find in ${where()}`}
        placeholder={`Find in ${where()}`}
        class="h-7 w-64 min-w-0 rounded-md bg-inset px-2.5 text-sm ring-1 ring-line ring-inset"
        value={props.place.q}
        onInput={(event) => props.onChange({ q: event.currentTarget.value })}
      />
      <Show when={known().length > 0}>
        <select
          aria-label="Tag"
          class="h-7 max-w-40 rounded-md bg-transparent px-1 text-xs text-dim hover:bg-hover"
          value={props.place.tag}
          onChange={(event) => props.onChange({ tag: event.currentTarget.value })}
        >
          <option value="">Every tag</option>
          <For each={known()}>
            {(tag) => (
              <option value={tag} selected={tag === props.place.tag}>
                {tag}
              </option>
            )}
          </For>
        </select>
      </Show>
    </div>
  )
}
