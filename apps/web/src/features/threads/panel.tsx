/** The list of threads. */
import type { Thread } from '@cairn/api/threads'
import Download from 'lucide-solid/icons/download'
import Eraser from 'lucide-solid/icons/eraser'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import Import from 'lucide-solid/icons/import'
import Pencil from 'lucide-solid/icons/pencil'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, createSignal } from 'solid-js'
import { ago } from '../../lib/format.ts'
import { go, place } from '../../lib/layout.ts'
import { usePages } from '../../lib/queries.ts'
import { isLeaving } from '../../lib/undo.ts'
import { focusMain } from '../../shell/regions.ts'
import { IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Menu } from '../../ui/menu.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { openChatsImport } from '../imports/state.ts'
import { openErase } from '../privacy/state.ts'
import { exportThread, openRename, removeThread, toErase } from './state.ts'

/** Pixels; its class says the same. */
const rowHeight = 32

export default function ThreadsPanel() {
  const [words, setWords] = createSignal('')
  const pages = usePages('threads', 'list', () => ({ limit: 60, ...(words().trim() && { q: words().trim() }) }))
  const threads = createMemo(() => pages.items().filter((thread) => !isLeaving(thread.id)))
  const newQuestion = () => {
    go({ kind: 'thread', thread: null, message: null })
    focusMain()
  }
  return (
    <>
      <div class="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-1.5 pl-3 max-md:pr-10">
        <h2 class="flex-1 text-xs font-semibold text-dim">Threads</h2>
        <IconButton label="Import conversations" onClick={openChatsImport}>
          <Import size={15} />
        </IconButton>
        <IconButton label="New question" onClick={newQuestion}>
          <Plus size={16} />
        </IconButton>
      </div>
      <div class="p-2 pb-1">
        <input
          type="search"
          aria-label="Find a thread"
          placeholder="Find a thread"
          class="h-7 w-full rounded-md bg-inset px-2.5 text-sm ring-1 ring-line ring-inset"
          value={words()}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      <PagedList
        height={rowHeight}
        pages={pages}
        rows={threads()}
        small
        class="px-1.5 pb-2"
        empty={
          <Empty small title={words() ? `No thread about “${words()}”` : 'No threads yet'}>
            {words()
              ? 'Titles are looked through here. Search looks into every message.'
              : 'Each question starts one. They stay, and can be searched.'}
          </Empty>
        }
      >
        {(thread) => <Row thread={thread} />}
      </PagedList>
    </>
  )
}

function Row(props: { thread: Thread }) {
  const open = () => {
    const here = place()
    return here.kind === 'thread' && here.thread === props.thread.id
  }
  return (
    <li class="group relative flex items-center rounded-md hover:bg-hover" classList={{ 'bg-selected': open() }}>
      <a
        href={`/ask/${props.thread.id}`}
        data-row
        aria-current={open() ? 'page' : undefined}
        class="ring-inside flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-sm"
      >
        <Safe text={props.thread.title || 'Untitled thread'} class="min-w-0 flex-1 truncate" />
        <span class="shrink-0 text-xs text-faint group-hover:invisible">
          {ago(props.thread.updated_at, Date.now())}
        </span>
      </a>
      <div class="absolute right-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <Menu
          label={`More about ${props.thread.title || 'this thread'}`}
          items={[
            { label: 'Rename', icon: () => <Pencil size={14} />, run: () => openRename(props.thread) },
            {
              label: 'Export as Markdown',
              icon: () => <Download size={14} />,
              run: () => void exportThread(props.thread),
            },
            { label: 'Delete', icon: () => <Trash size={14} />, danger: true, run: () => removeThread(props.thread) },
            {
              ...{ label: 'Erase for good…', icon: () => <Eraser size={14} />, danger: true, apart: true },
              run: () => openErase(toErase(props.thread)),
            },
          ]}
        >
          <Ellipsis size={15} />
        </Menu>
      </div>
    </li>
  )
}
