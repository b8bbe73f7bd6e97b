import type { LinkedThread } from '@cairn/api/threads'
import { For, Show } from 'solid-js'
import { ago, full } from '../../lib/format.ts'
import { placeUrl } from '../../lib/places.ts'
import { usePages } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Safe } from '../../ui/safe.tsx'

/** Threads that have to do with something; nothing where there are none. */
export function LinkedThreads(props: { kind: string; id: string }) {
  const pages = usePages('threads', 'linked', () => ({ kind: props.kind, id: props.id, limit: 20 }))
  const threads = () => [...new Map(pages.items().map((one): [string, LinkedThread] => [one.thread.id, one])).values()]
  return (
    <Show when={threads().length > 0}>
      <section aria-label="Threads about it" class="mt-6">
        <h2 class="mb-1 text-xs font-semibold text-dim">Threads about it</h2>
        <ul class="flex flex-col">
          <For each={threads()}>
            {(link) => (
              <li>
                <a
                  href={placeUrl({ kind: 'thread', thread: link.thread.id, message: link.message_id })}
                  class="ring-inside flex gap-3 rounded-md px-2 py-1 text-sm hover:bg-hover"
                >
                  <Safe text={link.thread.title || 'Untitled thread'} class="min-w-0 flex-1 truncate" />
                  <span class="text-xs text-faint" title={full(link.created_at)}>
                    {ago(link.created_at, Date.now())}
                  </span>
                </a>
              </li>
            )}
          </For>
        </ul>
        <Show when={pages.query.hasNextPage}>
          <Button size="sm" class="mt-2" onClick={pages.more}>
            Earlier
          </Button>
        </Show>
      </section>
    </Show>
  )
}
