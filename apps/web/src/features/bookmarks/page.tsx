/** Bookmarks: the tree of folders, and what is in the one that is chosen. */
import Download from 'lucide-solid/icons/download'
import FolderPlus from 'lucide-solid/icons/folder-plus'
import Import from 'lucide-solid/icons/import'
import Plus from 'lucide-solid/icons/plus'
import { createMemo, createSignal, Show } from 'solid-js'
import { number, plural } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import type { Place } from '../../lib/places.ts'
import { useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Filters } from './parts/filters.tsx'
import { FolderTree } from './parts/folder-tree.tsx'
import { List } from './parts/list.tsx'
import { openBookmarkImport, openNewBookmark, openNewFolder } from './state.ts'

type BookmarksPlace = Extract<Place, { kind: 'bookmarks' }>

export default function BookmarksPage(props: ViewOf<'bookmarks'>) {
  const tree = useRead('bookmarks', 'tree', () => ({}))
  const items = createMemo(() => tree.data?.items ?? [])
  const change = (by: Partial<BookmarksPlace>) => go({ ...props.place, ...by }, { replace: true })
  /** The folder that is on show; null for all, and for those outside of every folder. */
  const folder = () => items().find(({ id }) => id === props.place.folder) ?? null
  const [told, setTold] = createSignal('')
  /** The bookmark that is being dragged, for folders that it may be dropped on. */
  const [dragged, setDragged] = createSignal<string | null>(null)
  return (
    <>
      <PageHead
        title="Bookmarks"
        note={
          <Show when={tree.data?.total}>
            {(total) => (
              <>
                {number(total().bookmarks)} in {plural(total().folders, 'folder')}
              </>
            )}
          </Show>
        }
      >
        <Button size="sm" onClick={openBookmarkImport}>
          <Import size={13} />
          <span class="max-sm:sr-only">Import</span>
        </Button>
        <ButtonLink size="sm" href="/api/export/bookmarks" download="" target="_self">
          <Download size={13} />
          <span class="max-sm:sr-only">Export</span>
        </ButtonLink>
        <Button size="sm" onClick={() => openNewFolder(folder()?.id ?? null)}>
          <FolderPlus size={14} />
          <span class="max-sm:sr-only">New folder</span>
        </Button>
        <Button look="primary" size="sm" onClick={() => openNewBookmark(folder()?.id ?? null)}>
          <Plus size={14} />
          New bookmark
        </Button>
      </PageHead>
      <p role="status" class="sr-only">
        {told()}
      </p>
      <Show when={!tree.isError} fallback={<Failure error={tree.error} onRetry={() => void tree.refetch()} />}>
        <Show when={tree.data} fallback={<Waiting />}>
          {(read) => (
            <div class="flex min-h-0 flex-1 max-md:flex-col">
              <FolderTree
                items={items()}
                top={read().top}
                total={read().total.bookmarks}
                chosen={props.place.folder}
                dragged={dragged()}
                onChoose={(chosen) => change({ folder: chosen, q: '', tag: '' })}
                onTold={setTold}
              />
              <section aria-label="Bookmarks" class="flex min-h-0 min-w-0 flex-1 flex-col">
                <Filters place={props.place} folder={folder()} onChange={change} />
                <List
                  place={props.place}
                  items={items()}
                  empty={read().total.bookmarks === 0}
                  onDragged={setDragged}
                  onTold={setTold}
                />
              </section>
            </div>
          )}
        </Show>
      </Show>
    </>
  )
}
