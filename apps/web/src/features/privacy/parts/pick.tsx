import type { Tab } from '@cairn/api/tabs'
import type { Thread } from '@cairn/api/threads'
import { createSignal, For, Show } from 'solid-js'
import { plain } from '../../../lib/escape.ts'
import { ago } from '../../../lib/format.ts'
import { usePages } from '../../../lib/queries.ts'
import { walkList } from '../../../ui/arrows.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/fields.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { tabName } from '../../tabs/words.ts'
import type { Picked } from '../state.ts'

type PickProps = { kind: Picked['kind']; picked: Picked | null; onPick: (picked: Picked | null) => void }

/** Chooses a thread or a tab among all of them. */
export function Pick(props: PickProps) {
  const [words, setWords] = createSignal('')
  const asked = () => ({ limit: 20, ...(words().trim() && { q: words().trim() }) })
  const threads = usePages('threads', 'list', () => (props.kind === 'thread' ? asked() : null))
  const tabs = usePages('tabs', 'list', () => (props.kind === 'tab' ? asked() : null))
  const rows = () => (props.kind === 'thread' ? threads.items().map(ofThread) : tabs.items().map(ofTab))
  const pending = () => (props.kind === 'thread' ? threads : tabs).query.isPending
  return (
    <Show
      when={props.picked?.kind === props.kind && props.picked}
      fallback={
        <div>
          <TextField
            label={`Find a ${props.kind}`}
            type="search"
            value={words()}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <ul
            aria-label={props.kind === 'thread' ? 'Threads' : 'Tabs'}
            class="mt-1 max-h-48 overflow-y-auto"
            onKeyDown={walkList}
          >
            <For
              each={rows()}
              fallback={<li class="px-2 py-3 text-sm text-dim">{pending() ? 'Reading…' : `No ${props.kind} fits.`}</li>}
            >
              {(row) => (
                <li>
                  <button
                    type="button"
                    data-row
                    class="ring-inside flex w-full items-baseline gap-2 rounded-md px-2 py-1.5 text-left text-sm hover:bg-hover"
                    onClick={() => props.onPick({ kind: props.kind, id: row.id, name: row.name })}
                  >
                    <Safe text={row.name} class="min-w-0 flex-1 truncate" />
                    <span class="shrink-0 text-xs text-faint">{ago(row.at, Date.now())}</span>
                  </button>
                </li>
              )}
            </For>
          </ul>
        </div>
      }
    >
      {(picked) => (
        <div class="flex items-center gap-2 rounded-md bg-inset px-3 py-2 text-sm">
          <Safe text={picked().name} class="min-w-0 flex-1 truncate font-medium" />
          <Button size="sm" look="quiet" onClick={() => props.onPick(null)}>
            Choose another
          </Button>
        </div>
      )}
    </Show>
  )
}

const ofThread = ({ id, title, updated_at }: Thread) => ({ id, name: title || 'Untitled thread', at: updated_at })
const ofTab = (tab: Tab) => ({ id: tab.id, name: plain(tabName(tab)), at: tab.updated_at })
