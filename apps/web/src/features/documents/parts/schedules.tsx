/** Crawls that are done again and again: what they fetch, how often, when next, and the way to end that. */
import type { CrawlSchedule } from '@cairn/api/crawls'
import Repeat from 'lucide-solid/icons/repeat'
import { createMemo, For, Show } from 'solid-js'
import { full, zone } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { isLeaving } from '../../../lib/undo.ts'
import { Button } from '../../../ui/button.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { stopRepeating, whatOf } from '../state.ts'

export function Schedules() {
  const schedules = useRead('crawls', 'listSchedules', () => ({}))
  const shown = createMemo(() => (schedules.data?.items ?? []).filter(({ id }) => !isLeaving(id)))
  return (
    <Show when={shown().length > 0}>
      <ul
        aria-label="Fetched again and again"
        class="flex max-h-1/4 shrink-0 flex-col gap-1 overflow-y-auto border-b border-line px-4 py-2"
      >
        <For each={shown()}>
          {(one) => (
            <li class="flex items-center gap-2 text-sm">
              <Repeat size={14} class="shrink-0 text-dim" aria-hidden="true" />
              <span class="min-w-0 flex-1 truncate">
                <Safe text={whatOf(one)} class="font-medium" />
                <span class="ml-3 text-xs text-dim">
                  {rhythmOf(one)}, next {full(one.next_at)}
                </span>
              </span>
              <Button size="sm" look="quiet" onClick={() => stopRepeating(one)}>
                Fetch no more
              </Button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

function rhythmOf({ every_hours, at, time_zone }: CrawlSchedule): string {
  const often = every_hours === 24 ? 'every day' : every_hours === 168 ? 'every week' : `every ${every_hours} hours`
  if (at === null) return often
  return `${often} at ${at}${time_zone === zone ? '' : ` (${time_zone})`}`
}
