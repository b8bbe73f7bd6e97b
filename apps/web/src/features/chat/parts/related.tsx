import type { ThreadLink } from '@cairn/api/threads'
import { For, Show } from 'solid-js'
import { placeUrl, sourcePlace } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'
import { KindIcon } from '../../../ui/place-icon.tsx'
import { Safe } from '../../../ui/safe.tsx'

const reasons: Record<ThreadLink['relation'], string> = {
  cites: 'an answer rests on it',
  relates: 'an answer has to do with it',
  remembers: 'remembered from here',
  plans: 'to be done',
  attaches: 'attached to a question',
}
const most = 8

/** Tasks and memories that a thread has to do with. */
export function Related(props: { thread: string }) {
  const read = useRead('threads', 'links', () => ({ thread_id: props.thread, limit: 100 }))
  const links = () => {
    const found = (read.data?.items ?? []).filter(({ kind }) => kind === 'task' || kind === 'memory')
    return [...new Map(found.toReversed().map((link) => [`${link.kind} ${link.id}`, link])).values()].toReversed()
  }
  return (
    <Show when={links().length > 0}>
      <section aria-label="Tasks and memories" class="border-t border-line pt-3">
        <h2 class="mb-1 text-xs font-semibold text-dim">Tasks and memories</h2>
        <ul class="flex flex-wrap gap-1.5">
          <For each={links().slice(0, most)}>
            {(link) => (
              <li>
                <a
                  href={placeUrl(sourcePlace(link, null))}
                  title={reasons[link.relation]}
                  class="flex h-6 max-w-72 items-center gap-1.5 rounded-full px-2.5 text-xs ring-1 ring-line ring-inset hover:bg-hover"
                >
                  <KindIcon kind={link.kind} size={12} />
                  <Safe text={link.title} class="min-w-0 truncate" />
                </a>
              </li>
            )}
          </For>
          <Show when={links().length > most}>
            <li class="self-center text-xs text-dim">and {links().length - most} more</li>
          </Show>
        </ul>
      </section>
    </Show>
  )
}
