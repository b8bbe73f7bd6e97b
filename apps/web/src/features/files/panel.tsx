/** The files of every registered folder, as a tree that is read as it is opened. */
import type { Root } from '@cairn/api/roots'
import CopyMinus from 'lucide-solid/icons/copy-minus'
import FolderPlus from 'lucide-solid/icons/folder-plus'
import { createEffect, For, Show } from 'solid-js'
import { number } from '../../lib/format.ts'
import { place } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty, Failure, Waiting } from '../../ui/empty.tsx'
import { makeNear, type Near } from '../../ui/near.ts'
import { Progress } from '../../ui/progress.tsx'
import { openAddFolder } from '../roots/state.ts'
import { RootMenu } from '../roots/root-menu.tsx'
import { Folder } from './parts/folder.tsx'
import { TreeRow } from './parts/tree-row.tsx'
import { walkTree } from './parts/walk.ts'
import { closeAllFolders, isOpen, openFirst, reveal, setFolder } from './state.ts'

export default function FilesPanel() {
  let tree: HTMLDivElement | undefined
  const { near } = makeNear(() => tree)
  const roots = useRead('roots', 'list', () => ({ limit: 200 }))
  createEffect(() => {
    const [first] = roots.data?.items ?? []
    if (first) openFirst(first.id)
  })
  // The open file is always in sight: the folders above it open.
  createEffect(() => {
    const here = place()
    if (here.kind !== 'file') return
    const root = roots.data?.items.find((one) => here.uri.startsWith(`${one.name}/`))
    if (root) reveal(root.id, here.uri.slice(root.name.length + 1))
  })
  return (
    <>
      <div class="flex h-9 shrink-0 items-center border-b border-line pr-1.5 pl-3 max-md:pr-10">
        <h2 class="flex-1 text-xs font-semibold text-dim">Files</h2>
        <IconButton label="Close all folders" onClick={closeAllFolders}>
          <CopyMinus size={14} />
        </IconButton>
        <IconButton label="Add a folder" onClick={openAddFolder}>
          <FolderPlus size={15} />
        </IconButton>
      </div>
      <Show when={!roots.isPending} fallback={<Waiting />}>
        <Show when={!roots.isError} fallback={<Failure error={roots.error} small />}>
          <Show when={(roots.data?.items.length ?? 0) > 0} fallback={<NoFolder />}>
            <div
              ref={tree}
              role="tree"
              aria-label="Files"
              class="min-h-0 flex-1 overflow-auto py-1"
              onKeyDown={walkTree}
            >
              <For each={roots.data?.items}>
                {(root, at) => <RootNode root={root} first={at() === 0} near={near} />}
              </For>
            </div>
          </Show>
        </Show>
      </Show>
    </>
  )
}

function NoFolder() {
  return (
    <Empty
      small
      title="No folder yet"
      action={
        <Button look="primary" onClick={openAddFolder}>
          Add a folder
        </Button>
      }
    >
      Files of the folders you add can be read, searched and asked about here.
    </Empty>
  )
}

function RootNode(props: { root: Root; first: boolean; near: Near }) {
  const root = () => props.root
  const open = () => isOpen(root().id, '')
  const away = () => root().state === 'missing' || root().state === 'unreadable'
  return (
    <div role="none">
      <div role="none" class="group relative">
        <TreeRow
          id={`${root().id}:`}
          first={props.first}
          level={1}
          name={root().name}
          kind="root"
          open={open()}
          dim={away()}
          title={away() ? (root().reason ?? root().path) : root().path}
          onToggle={() => setFolder(root().id, '', !open())}
        />
        <div aria-hidden="true" class="absolute top-0.5 right-1 opacity-0 group-hover:opacity-100">
          <RootMenu root={root()} mouseOnly />
        </div>
      </div>
      <Show when={root().scan}>
        {(scan) => (
          <div role="none" class="px-4 pt-0.5 pb-1.5">
            <Progress done={scan().files_done} total={scan().files_total} label={`Looking through ${root().name}`} />
            <p class="mt-1 text-2xs text-faint">
              {number(scan().files_done)} of {number(scan().files_total)} files
            </p>
          </div>
        )}
      </Show>
      <Show when={open() && !away()}>
        <Folder root={root()} path="" level={2} near={props.near} />
      </Show>
    </div>
  )
}
