import type { FileState, GitFileState } from '@cairn/api/files'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import FolderClosed from 'lucide-solid/icons/folder'
import FolderOpen from 'lucide-solid/icons/folder-open'
import HardDrive from 'lucide-solid/icons/folder-git-2'
import { Show } from 'solid-js'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { roving, setRoving } from '../state.ts'

type TreeRowProps = {
  id: string
  level: number
  name: string
  kind: 'root' | 'folder' | 'file'
  open?: boolean
  current?: boolean
  dim?: boolean
  disabled?: boolean
  git?: GitFileState | null
  state?: FileState | null
  title?: string
  onToggle: () => void
  onKeep?: () => void
  /** The first row of the tree can always be reached by Tab. */
  first?: boolean
}

const letters: Record<GitFileState, string> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  untracked: 'U',
  conflicted: '!',
}
const gitTones: Record<GitFileState, string> = {
  added: 'text-good',
  untracked: 'text-good',
  modified: 'text-warn',
  renamed: 'text-warn',
  deleted: 'text-bad',
  conflicted: 'text-bad',
}
const stateNames: Record<FileState, string> = {
  indexed: 'indexed',
  pending: 'waiting to be indexed',
  skipped: 'not indexed',
  failed: 'could not be read',
}

/** One row of the tree. Tab reaches the row that had the focus last; arrows reach the others. */
export function TreeRow(props: TreeRowProps) {
  /** What is shown by a colour, a letter or a dot, in words for those who do not see them. */
  const said = () =>
    [props.git && `git: ${props.git}`, props.state && props.state !== 'indexed' && stateNames[props.state]]
      .filter(Boolean)
      .join(', ')
  const reachable = () => props.first || roving() === props.id
  return (
    <div
      role="treeitem"
      aria-level={props.level}
      aria-expanded={props.kind === 'file' ? undefined : props.open === true}
      aria-selected={props.current === true}
      aria-disabled={props.disabled}
      tabindex={reachable() ? 0 : -1}
      data-autofocus={reachable() ? '' : undefined}
      onFocus={() => setRoving(props.id)}
      data-name={props.name}
      title={props.title}
      class="ring-inside flex h-6.5 items-center gap-1.5 pr-2 text-sm select-none"
      classList={{
        'bg-selected text-ink': props.current,
        'hover:bg-hover': !props.current,
        'text-faint': props.dim,
        'opacity-50': props.disabled,
      }}
      style={{ 'padding-left': `${6 + (props.level - 1) * 12}px` }}
      onClick={() => !props.disabled && props.onToggle()}
      onDblClick={() => props.onKeep?.()}
    >
      <span class="inline-flex w-3.5 shrink-0 justify-center text-faint">
        <Show when={props.kind !== 'file'}>
          <ChevronRight size={13} class="transition-transform duration-75" classList={{ 'rotate-90': props.open }} />
        </Show>
      </span>
      <Show
        when={props.kind === 'file'}
        fallback={
          <Show
            when={props.kind === 'root'}
            fallback={
              props.open ? (
                <FolderOpen size={14} class="shrink-0 text-faint" />
              ) : (
                <FolderClosed size={14} class="shrink-0 text-faint" />
              )
            }
          >
            <HardDrive size={14} class="shrink-0 text-accent-ink" />
          </Show>
        }
      >
        <KindIcon kind={props.dim ? 'other' : 'file'} name={props.name} />
      </Show>
      <Safe
        text={props.name}
        class={`min-w-0 flex-1 truncate ${props.kind === 'root' ? 'font-semibold' : ''} ${props.git && !props.dim ? gitTones[props.git] : ''}`}
      />
      <Show when={said()}>
        <span class="sr-only">{said()}</span>
      </Show>
      <Show when={props.state === 'pending' || props.state === 'failed'}>
        <span
          class="size-1.5 shrink-0 rounded-full"
          classList={{ 'bg-accent animate-breathe': props.state === 'pending', 'bg-bad': props.state === 'failed' }}
        />
      </Show>
      <Show when={props.git}>
        {(git) => (
          <span aria-hidden="true" class={`w-3 shrink-0 text-center text-2xs font-semibold ${gitTones[git()]}`}>
            {props.kind === 'folder' ? '•' : letters[git()]}
          </span>
        )}
      </Show>
    </div>
  )
}
