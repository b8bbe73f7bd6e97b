import { createMemo, For, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { full, plural } from '../../../lib/format.ts'
import { usePages } from '../../../lib/queries.ts'
import { isLeaving, removeLater } from '../../../lib/undo.ts'
import { Button } from '../../../ui/button.tsx'
import { attempt, say } from '../../../ui/notices.tsx'

/** When a page was visited, newest first; each visit can be removed. */
export function PageVisits(props: { url: string }) {
  const pages = usePages('browser', 'listVisits', () => ({ url: props.url, limit: 50 }))
  const visits = createMemo(() => pages.items().filter((visit) => !isLeaving(visit.id)))
  const remove = (id: string) => {
    const undo = removeLater(id, () => attempt(() => api.browser.removeVisit({ id })))
    say({ text: 'Visit removed', action: { label: 'Undo', run: undo } })
  }
  return (
    <Show when={visits().length > 0}>
      <section class="mt-8">
        <h2 class="mb-1 text-xs font-semibold text-dim">
          {plural(visits().length, 'visit')}
          <Show when={pages.query.hasNextPage}> and more</Show>
        </h2>
        <ul class="divide-y divide-line rounded-lg ring-1 ring-line">
          <For each={visits()}>
            {(visit) => (
              <li class="flex min-h-8 items-center gap-3 px-3 text-sm">
                <span class="min-w-0 flex-1 truncate">{full(visit.visited_at)}</span>
                <span class="text-xs text-faint">{visit.source}</span>
                <Button size="sm" look="quiet" onClick={() => remove(visit.id)}>
                  Remove
                </Button>
              </li>
            )}
          </For>
        </ul>
        <Show when={pages.query.hasNextPage}>
          <Button class="mt-2" size="sm" look="quiet" onClick={pages.more}>
            Earlier visits
          </Button>
        </Show>
      </section>
    </Show>
  )
}
