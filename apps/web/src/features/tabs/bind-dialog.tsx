import type { Tab } from '@cairn/api/tabs'
import { createSignal, For, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { ago } from '../../lib/format.ts'
import { usePages } from '../../lib/queries.ts'
import { walkList } from '../../ui/arrows.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { attempt } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'

/** Chooses the thread that a tab belongs to. */
export function BindDialog(props: { tab: Tab; name: string; onClose: () => void }) {
  const [words, setWords] = createSignal('')
  const threads = usePages('threads', 'list', () => ({ limit: 20, ...(words().trim() && { q: words().trim() }) }))
  const choose = async (thread_id: string) => {
    if (await attempt(() => api.tabs.bind({ id: props.tab.id, thread_id }))) props.onClose()
  }
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="Choose a thread"
      description={`Questions about “${props.name}” go on there.`}
    >
      <TextField
        label="Find a thread"
        type="search"
        value={words()}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <ul aria-label="Threads" class="mt-2 max-h-72 overflow-y-auto" onKeyDown={walkList}>
        <For
          each={threads.items()}
          fallback={
            <li class="px-2 py-3 text-sm text-dim">{threads.query.isPending ? 'Reading…' : 'No thread fits.'}</li>
          }
        >
          {(thread) => (
            <li>
              <button
                type="button"
                data-row
                aria-current={thread.id === props.tab.thread_id ? 'true' : undefined}
                class="ring-inside flex w-full items-baseline gap-2 rounded-md px-2 py-1.5 text-left text-sm hover:bg-hover aria-[current]:bg-selected"
                onClick={() => void choose(thread.id)}
              >
                <Safe text={thread.title || 'Untitled thread'} class="min-w-0 flex-1 truncate" />
                <span class="shrink-0 text-xs text-faint">{ago(thread.updated_at, Date.now())}</span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={threads.query.hasNextPage}>
        <p class="mt-1 px-2 text-xs text-dim">Type to find older ones.</p>
      </Show>
    </Dialog>
  )
}
