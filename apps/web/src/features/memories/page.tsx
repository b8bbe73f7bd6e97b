/** Memories: short facts with where they came from. */
import type { Memory } from '@cairn/api/memories'
import Bookmark from 'lucide-solid/icons/bookmark'
import Pencil from 'lucide-solid/icons/pencil'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createMemo, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { ago, full } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { isLeaving, removeLater } from '../../lib/undo.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { Safe } from '../../ui/safe.tsx'
import { openRemember } from './state.ts'

/** Pixels; its class says the same. */
const rowHeight = 74

export default function MemoriesPage(props: ViewOf<'memories'>) {
  const words = () => props.place.q.trim()
  const pages = usePages('memories', 'list', () => (words() ? null : { limit: 100 }))
  const found = useRead('memories', 'search', () => (words() ? { query: words(), limit: 100 } : null), { keep: true })
  const memories = createMemo(() =>
    ((words() ? found.data?.items : pages.items()) ?? []).filter((memory) => !isLeaving(memory.id)),
  )
  const forget = (memory: Memory) => {
    const undo = removeLater(memory.id, () => attempt(() => api.memories.remove({ id: memory.id })))
    say({ text: `Forgot “${memory.key}”`, action: { label: 'Undo', run: undo } })
  }
  return (
    <>
      <PageHead title="Memories" note={<Show when={!words() && memories().length > 0}>newest first</Show>}>
        <Button look="primary" size="sm" onClick={() => openRemember()}>
          <Plus size={14} />
          Remember
        </Button>
      </PageHead>
      <div class="border-b border-line px-4 py-2">
        <input
          type="search"
          data-autofocus
          aria-label="Search memories"
          placeholder="Search memories"
          class="h-8 w-full max-w-160 rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
          value={props.place.q}
          onInput={(event) => go({ kind: 'memories', q: event.currentTarget.value }, { replace: true })}
        />
      </div>
      <PagedList
        pages={words() ? { query: found, more: () => undefined } : pages}
        rows={memories()}
        height={rowHeight}
        empty={<Nothing words={words()} />}
      >
        {(memory) => <Row memory={memory} onForget={() => forget(memory)} />}
      </PagedList>
    </>
  )
}

function Nothing(props: { words: string }) {
  return (
    <Show
      when={props.words}
      fallback={
        <Empty
          icon={<Bookmark size={28} />}
          title="Nothing remembered yet"
          action={
            <Button look="primary" onClick={() => openRemember()}>
              Remember something
            </Button>
          }
        >
          Keep short facts here: a decision, a command, a preference. They are found by search and used in answers.
        </Empty>
      }
    >
      <Empty
        title={
          <>
            No memory fits “<Safe text={props.words} />”
          </>
        }
        action={
          <>
            <Button onClick={() => openRemember({ key: props.words })}>Remember it</Button>
            <Button
              look="primary"
              onClick={() => go({ kind: 'search', q: props.words, kinds: [], since: '' }, { keep: true })}
            >
              Search everything
            </Button>
          </>
        }
      />
    </Show>
  )
}

function Row(props: { memory: Memory; onForget: () => void }) {
  const memory = () => props.memory
  return (
    <li class="group relative rounded-lg hover:bg-hover h-[74px]">
      <a href={`/source/memory/${memory().id}`} data-row class="ring-inside block rounded-lg px-3 py-2 pr-20">
        <p class="flex items-baseline gap-2">
          <Safe text={memory().key} class="min-w-0 truncate text-sm font-medium" />
          <span class="shrink-0 text-xs text-faint" title={full(memory().created_at)}>
            {ago(memory().created_at, Date.now())}
          </span>
        </p>
        <p class="truncate text-sm text-dim">{memory().value}</p>
        <p class="mt-0.5 flex gap-3 text-xs text-faint">
          <Strength value={memory().strength} />
          <Show when={memory().source}>
            {(source) => (
              <span class="min-w-0 truncate">
                {memory().metadata.found_by ? 'found in a conversation' : <Safe text={`from ${source()}`} />}
              </span>
            )}
          </Show>
        </p>
      </a>
      <div class="absolute top-1.5 right-2 flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
        <IconButton label={`Change ${memory().key}`} side="left" onClick={() => openRemember({ memory: memory() })}>
          <Pencil size={15} />
        </IconButton>
        <IconButton label={`Forget ${memory().key}`} side="left" onClick={props.onForget}>
          <Trash size={15} />
        </IconButton>
      </div>
    </li>
  )
}

/** How strongly it is held: what is used stays, what is not fades. */
function Strength(props: { value: number }) {
  const share = () => Math.max(0.06, Math.min(1, props.value))
  return (
    <span class="flex items-center gap-1.5">
      strength
      <span class="inline-block h-1 w-10 overflow-hidden rounded-full bg-selected">
        <span class="block h-full rounded-full bg-kind-memory" style={{ width: `${share() * 100}%` }} />
      </span>
    </span>
  )
}
