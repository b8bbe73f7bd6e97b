import type { FolderInTree } from '@cairn/api/bookmarks'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import FolderClosed from 'lucide-solid/icons/folder'
import FolderOpen from 'lucide-solid/icons/folder-open'
import Star from 'lucide-solid/icons/star'
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { number } from '../../../lib/format.ts'
import { readAgain } from '../../../lib/queries.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { Menu, type MenuItem } from '../../../ui/menu.tsx'
import { makeNear } from '../../../ui/near.ts'
import { attempt } from '../../../ui/notices.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { partsOf, WhenNear } from '../../../ui/when-near.tsx'
import { walkTree } from '../../files/parts/walk.ts'
import { openFolder, openNewFolder, removeFolder, setOpen, unfolded } from '../state.ts'
import { above, branchOf, neighbourOf, rowsInSight } from '../tree.ts'

type FolderTreeProps = {
  items: readonly FolderInTree[]
  top: number
  total: number
  /** Id of a folder, `top`, or nothing for all. */
  chosen: string
  /** A bookmark that is being dragged. */
  dragged: string | null
  onChoose: (folder: string) => void
  onTold: (text: string) => void
}

/** Folders that are drawn together, and pixels that each is high. */
const together = 25
const rowHeight = 26

/** All folders. Arrows walk and open, Shift with an arrow moves a folder, F2 renames it, Delete removes it. */
export function FolderTree(props: FolderTreeProps) {
  const rows = createMemo(() => rowsInSight(props.items, (id) => unfolded().has(id), isLeaving))
  const parts = createMemo(() => partsOf(rows(), together))
  let tree: HTMLDivElement | undefined
  const { near } = makeNear(() => tree)
  const parents = createMemo(() => new Set(props.items.map(({ parent_id }) => parent_id)))
  const [carried, setCarried] = createSignal<string | null>(null)
  // The chosen folder is always in sight.
  createEffect(
    on(
      () => [props.chosen, props.items.length > 0] as const,
      ([chosen]) => {
        for (const id of above(props.items, chosen)) setOpen(id, true)
      },
    ),
  )
  const inside = (folder: FolderInTree) =>
    branchOf(props.items, folder.id).reduce((sum, { bookmarks }) => sum + bookmarks, 0)
  const remove = (folder: FolderInTree) => {
    if (branchOf(props.items, folder.id).some(({ id }) => id === props.chosen)) props.onChoose('')
    removeFolder(folder, inside(folder))
  }
  const focusRow = (id: string) =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-folder="${id}"]`)?.focus())

  const step = async (folder: FolderInTree, by: 1 | -1) => {
    const other = neighbourOf(props.items, folder.id, by)
    if (!other) return
    const spot = by === 1 ? { after: other.id } : { before: other.id }
    const done = await attempt(() => api.bookmarks.moveFolder({ id: folder.id, ...spot }))
    if (!done) return
    await readAgain('bookmarks')
    props.onTold(`${folder.title} moved ${by === 1 ? 'down' : 'up'}`)
    focusRow(folder.id)
  }
  /** What was being dragged comes into a folder; null is outside of all. */
  const takeIn = async (into: string | null) => {
    const [folder, bookmark] = [carried(), props.dragged]
    setCarried(null)
    if (folder === null && bookmark === null) return
    await attempt(async () => {
      if (folder !== null) await api.bookmarks.moveFolder({ id: folder, parent_id: into })
      else await api.bookmarks.move({ id: bookmark as string, folder_id: into })
    })
    await readAgain('bookmarks')
  }
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-folder]')
    const folder = props.items.find(({ id }) => id === row?.dataset.folder)
    const act = (action: () => void) => {
      event.preventDefault()
      event.stopPropagation()
      action()
    }
    if (folder && event.target === row) {
      if (event.key === 'F2') return act(() => openFolder(folder))
      if (event.key === 'Delete') return act(() => remove(folder))
      if (event.shiftKey && event.key === 'ArrowUp') return act(() => void step(folder, -1))
      if (event.shiftKey && event.key === 'ArrowDown') return act(() => void step(folder, 1))
      const open = unfolded().has(folder.id)
      if (event.key === 'ArrowRight' && parents().has(folder.id) && !open) return act(() => setOpen(folder.id, true))
      if (event.key === 'ArrowLeft' && parents().has(folder.id) && open) return act(() => setOpen(folder.id, false))
    }
    walkTree(event)
  }
  const menuOf = (folder: FolderInTree): MenuItem[] => [
    { label: 'Rename', keys: 'F2', run: () => openFolder(folder) },
    { label: 'New folder in it', run: () => openNewFolder(folder.id) },
    { label: 'Move up', disabled: !neighbourOf(props.items, folder.id, -1), run: () => void step(folder, -1) },
    { label: 'Move down', disabled: !neighbourOf(props.items, folder.id, 1), run: () => void step(folder, 1) },
    {
      label: 'Export it',
      run: () => location.assign(`/api/export/bookmarks?folder_id=${encodeURIComponent(folder.id)}`),
    },
    { label: 'Remove', keys: 'Delete', danger: true, apart: true, run: () => remove(folder) },
  ]
  const known = () => props.items.some(({ id }) => id === props.chosen)
  const inSight = () => props.chosen === 'top' || rows().some(({ id }) => id === props.chosen)
  return (
    <div
      ref={tree}
      role="tree"
      aria-label="Folders of bookmarks"
      class="w-64 shrink-0 overflow-auto border-r border-line bg-side py-1.5 max-md:max-h-48 max-md:w-full max-md:border-r-0 max-md:border-b"
      onKeyDown={onKeyDown}
    >
      <Row
        level={1}
        name="All bookmarks"
        count={props.total}
        chosen={!known() && props.chosen !== 'top'}
        reachable={!inSight()}
        icon={<Star size={14} class="shrink-0 text-faint" />}
        onChoose={() => props.onChoose('')}
      />
      <Row
        level={1}
        name="Outside of folders"
        count={props.top}
        chosen={props.chosen === 'top'}
        icon={<FolderClosed size={14} class="shrink-0 text-faint" />}
        onChoose={() => props.onChoose('top')}
        onTakeIn={props.dragged !== null || carried() !== null ? () => void takeIn(null) : undefined}
      />
      <For each={parts().parts}>
        {(part) => (
          <WhenNear
            id={String(part)}
            near={near}
            usual={parts().rowsOf(part).length * rowHeight}
            always={parts()
              .rowsOf(part)
              .some(({ id }) => id === props.chosen)}
          >
            <For each={parts().rowsOf(part)}>
              {(folder) => (
                <Row
                  id={folder.id}
                  level={folder.depth}
                  name={folder.title}
                  count={folder.bookmarks}
                  chosen={props.chosen === folder.id}
                  open={parents().has(folder.id) ? unfolded().has(folder.id) : undefined}
                  icon={
                    <Show
                      when={unfolded().has(folder.id) && parents().has(folder.id)}
                      fallback={<FolderClosed size={14} class="shrink-0 text-faint" />}
                    >
                      <FolderOpen size={14} class="shrink-0 text-faint" />
                    </Show>
                  }
                  onToggle={() => setOpen(folder.id, !unfolded().has(folder.id))}
                  onChoose={() => props.onChoose(folder.id)}
                  onDragStart={() => setCarried(folder.id)}
                  onDragEnd={() => setCarried(null)}
                  onTakeIn={
                    props.dragged !== null || (carried() !== null && carried() !== folder.id)
                      ? () => void takeIn(folder.id)
                      : undefined
                  }
                  menu={menuOf(folder)}
                />
              )}
            </For>
          </WhenNear>
        )}
      </For>
    </div>
  )
}

type RowProps = {
  id?: string
  level: number
  name: string
  count: number
  chosen: boolean
  /** By Tab, also when it is not chosen. */
  reachable?: boolean
  /** Undefined where nothing hangs in it. */
  open?: boolean | undefined
  icon: JSX.Element
  menu?: readonly MenuItem[]
  onToggle?: () => void
  onChoose: () => void
  onDragStart?: () => void
  onDragEnd?: () => void
  /** Takes in what is being dragged. */
  onTakeIn?: (() => void) | undefined
}

function Row(props: RowProps) {
  const [over, setOver] = createSignal(false)
  return (
    <div
      role="none"
      class="group relative"
      onDragOver={(event) => {
        if (!props.onTakeIn) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        props.onTakeIn?.()
      }}
    >
      <div
        role="treeitem"
        aria-level={props.level}
        aria-expanded={props.open}
        aria-selected={props.chosen}
        tabindex={props.chosen || props.reachable ? 0 : -1}
        data-folder={props.id}
        draggable={props.id !== undefined}
        class="ring-inside flex h-6.5 items-center gap-1.5 pr-2 text-sm select-none"
        classList={{
          'bg-selected text-ink': props.chosen,
          'hover:bg-hover': !props.chosen,
          'ring-1 ring-accent ring-inset': over(),
        }}
        style={{ 'padding-left': `${6 + (props.level - 1) * 12}px` }}
        onClick={() => props.onChoose()}
        onDragStart={(event) => {
          event.dataTransfer?.setData('text/plain', props.name)
          props.onDragStart?.()
        }}
        onDragEnd={() => props.onDragEnd?.()}
      >
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree has keys for it, right and left */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: what it does is said by the row */}
        <span
          class="inline-flex w-3.5 shrink-0 justify-center text-faint"
          onClick={(event) => {
            if (props.open === undefined) return
            event.stopPropagation()
            props.onToggle?.()
          }}
        >
          <Show when={props.open !== undefined}>
            <ChevronRight size={13} class="transition-transform duration-75" classList={{ 'rotate-90': props.open }} />
          </Show>
        </span>
        {props.icon}
        <Safe text={props.name} class="min-w-0 flex-1 truncate" />
        <span class="sr-only">, </span>
        <span class="shrink-0 text-xs text-faint" classList={{ 'group-hover:opacity-0': props.menu !== undefined }}>
          {number(props.count)}
        </span>
      </div>
      <Show when={props.menu}>
        {(menu) => (
          <div aria-hidden="true" class="absolute top-0.5 right-1 opacity-0 group-hover:opacity-100">
            <Menu label={`More for ${props.name}`} items={menu()} mouseOnly>
              <Ellipsis size={14} />
            </Menu>
          </div>
        )}
      </Show>
    </div>
  )
}
