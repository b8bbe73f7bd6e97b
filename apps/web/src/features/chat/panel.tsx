import Expand from 'lucide-solid/icons/maximize-2'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import Plus from 'lucide-solid/icons/plus'
import X from 'lucide-solid/icons/x'
import { createEffect, Show } from 'solid-js'
import { hintOf } from '../../lib/commands.ts'
import { go, panels, setPanels } from '../../lib/layout.ts'
import { useRead } from '../../lib/queries.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { Safe } from '../../ui/safe.tsx'
import { Welcome } from './parts/welcome.tsx'
import { ThreadView } from './thread-view.tsx'

/** Ask beside whatever is open. */
export default function AskPanel() {
  const thread = useRead('threads', 'get', () => (panels().askThread ? { id: panels().askThread as string } : null))
  const recent = useRead('threads', 'list', () => ({ limit: 12 }))
  // A thread that was deleted meanwhile makes room for a new question.
  createEffect(() => thread.isError && panels().askThread && setPanels({ askThread: null }))
  const items = () =>
    (recent.data?.items ?? []).map((one) => ({
      label: one.title || 'Untitled thread',
      run: () => setPanels({ askThread: one.id }),
    }))
  return (
    <>
      <div class="flex h-9 shrink-0 items-center gap-0.5 border-b border-line bg-side pr-1 pl-3">
        <h2 class="min-w-0 flex-1 truncate text-sm font-medium">
          <Show when={panels().askThread} fallback="Ask">
            <Safe text={thread.data?.title || 'Thread'} />
          </Show>
        </h2>
        <Show when={items().length > 0}>
          <Menu
            label="Threads"
            items={items()}
            class="inline-flex size-7 items-center justify-center rounded-md text-dim hover:bg-hover hover:text-ink"
          >
            <ChevronDown size={15} />
          </Menu>
        </Show>
        <IconButton label="New question" onClick={() => setPanels({ askThread: null })}>
          <Plus size={16} />
        </IconButton>
        <Show when={panels().askThread}>
          {(id) => (
            <IconButton
              label="Open as a page"
              onClick={() => {
                setPanels({ askOpen: false })
                go({ kind: 'thread', thread: id(), message: null }, { keep: true })
              }}
            >
              <Expand size={14} />
            </IconButton>
          )}
        </Show>
        <IconButton label="Close" hint={hintOf('view.ask')} onClick={() => setPanels({ askOpen: false })}>
          <X size={16} />
        </IconButton>
      </div>
      <ThreadView thread={panels().askThread} surface="panel" active={panels().askOpen} welcome={<Welcome small />} />
    </>
  )
}
