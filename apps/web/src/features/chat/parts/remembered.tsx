import BookmarkCheck from 'lucide-solid/icons/bookmark-check'
import { For, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { placeUrl, sourcePlace } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { attempt } from '../../../ui/notices.tsx'

/** What was found worth keeping in one message: seen where it was said, taken back with one click. */
export function Remembered(props: { thread: string; message: string }) {
  const read = useRead('threads', 'links', () => ({ thread_id: props.thread, limit: 100 }))
  const links = () =>
    (read.data?.items ?? []).filter(
      ({ kind, relation, message_id }) => kind === 'memory' && relation === 'remembers' && message_id === props.message,
    )
  return (
    <Show when={links().length > 0}>
      <ul aria-label="Remembered from this message" class="flex max-w-full flex-col items-end gap-0.5">
        <For each={links()}>
          {(link) => (
            <li class="flex max-w-full flex-wrap items-center justify-end gap-1 text-xs text-dim">
              <BookmarkCheck size={13} class="text-accent-ink" aria-hidden="true" />
              Remembered
              <a
                href={placeUrl(sourcePlace(link, null))}
                class="max-w-72 truncate text-accent-ink underline-offset-2 hover:underline"
              >
                <Safe text={link.title} />
              </a>
              <Button
                size="sm"
                look="quiet"
                aria-label={`Do not remember ${link.title}`}
                onClick={() => void attempt(() => api.memories.revert({ id: link.id }))}
              >
                Undo
              </Button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
