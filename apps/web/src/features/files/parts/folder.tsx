import type { TreeEntry } from '@cairn/api/files'
import type { Root } from '@cairn/api/roots'
import { createMemo, For, Show } from 'solid-js'
import { troubleOf } from '../../../lib/api.ts'
import { number } from '../../../lib/format.ts'
import { go, place } from '../../../lib/layout.ts'
import { useRead } from '../../../lib/queries.ts'
import type { Near } from '../../../ui/near.ts'
import { partsOf, WhenNear } from '../../../ui/when-near.tsx'
import { isOpen, roving, setFolder } from '../state.ts'
import { TreeRow } from './tree-row.tsx'

const most = 2_000
/** Entries that are drawn together, and pixels that each is high. */
const together = 40
const rowHeight = 26
const reasons: Record<string, string> = {
  binary: 'not text',
  too_large: 'over two million bytes',
  secret: 'likely holds keys or passwords',
  minified: 'squeezed for machines',
  generated: 'written by a tool',
  link: 'a link: indexed where it points to',
  special: 'not a plain file',
  name: 'its name is not UTF-8',
  repository: 'data of a git repository',
  unreadable: 'not allowed to read it',
  folder_unreadable: 'the folder cannot be opened',
  too_deep: 'its path is too long',
}

/** Why a file is left out, in words. */
export const reasonText = (reason: string | null) => (reason ? (reasons[reason] ?? reason) : '')

/** What lies in one folder, read when the folder is opened. */
export function Folder(props: { root: Root; path: string; level: number; near: Near }) {
  const listing = useRead('files', 'tree', () => ({ root: props.root.id, path: props.path, limit: most }), {
    keep: true,
  })
  const entries = createMemo(() => partsOf(listing.data?.items ?? [], together))
  const idOf = (path: string) => `${props.root.id}:${path}`
  /** The entry in here that had the focus last. */
  const focused = createMemo(() => {
    const path = roving()?.startsWith(idOf('')) ? roving()?.slice(idOf('').length) : undefined
    return path !== undefined && path.split('/').slice(0, -1).join('/') === props.path ? path : null
  })
  /** What the focus goes back to, and the way up from what is open. */
  const stays = ({ path }: TreeEntry) => isOpen(props.root.id, path) || path === focused()
  const rest = () => (listing.data ? listing.data.total - listing.data.items.length : 0)
  const note = (text: string) => (
    <p class="py-1 pr-2 text-xs text-faint" style={{ 'padding-left': `${24 + (props.level - 1) * 12}px` }}>
      {text}
    </p>
  )
  return (
    <div role="none">
      <Show when={listing.isError}>{note(troubleOf(listing.error).detail)}</Show>
      <For each={entries().parts} fallback={<Show when={listing.isSuccess}>{note('empty')}</Show>}>
        {(part) => (
          <WhenNear
            id={`${idOf(props.path)} ${part}`}
            near={props.near}
            usual={entries().rowsOf(part).length * rowHeight}
            always={entries().rowsOf(part).some(stays)}
          >
            <For each={entries().rowsOf(part)}>
              {(entry) => <Entry root={props.root} entry={entry} level={props.level} near={props.near} />}
            </For>
          </WhenNear>
        )}
      </For>
      <Show when={rest() > 0}>{note(`and ${number(rest())} more: find them by name with #`)}</Show>
    </div>
  )
}

function Entry(props: { root: Root; entry: TreeEntry; level: number; near: Near }) {
  const entry = () => props.entry
  const folder = () => entry().kind === 'folder'
  const open = () => folder() && isOpen(props.root.id, entry().path)
  const uri = () => `${props.root.name}/${entry().path}`
  const current = () => {
    const here = place()
    return here.kind === 'file' && here.uri === uri()
  }
  const toggle = (keep: boolean) => {
    if (folder()) setFolder(props.root.id, entry().path, !open())
    else go({ kind: 'file', uri: uri(), lines: null }, { keep })
  }
  return (
    <div role="none">
      <TreeRow
        id={`${props.root.id}:${entry().path}`}
        level={props.level}
        name={entry().name}
        kind={folder() ? 'folder' : 'file'}
        open={open()}
        current={current()}
        dim={entry().ignored || entry().state === 'skipped'}
        disabled={!entry().openable}
        git={entry().git}
        state={entry().state}
        title={[entry().path, reasonText(entry().reason), entry().ignored && 'ignored'].filter(Boolean).join(' · ')}
        onToggle={() => toggle(false)}
        onKeep={() => !folder() && toggle(true)}
      />
      <Show when={open()}>
        <Folder root={props.root} path={entry().path} level={props.level + 1} near={props.near} />
      </Show>
    </div>
  )
}
