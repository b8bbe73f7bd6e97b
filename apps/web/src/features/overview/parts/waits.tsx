import type { Digest } from '@cairn/api/digest'
import CalendarClock from 'lucide-solid/icons/calendar-clock'
import CircleAlert from 'lucide-solid/icons/circle-alert'
import GitBranch from 'lucide-solid/icons/git-branch'
import { For, type JSX, Show } from 'solid-js'
import { ago, zone } from '../../../lib/format.ts'
import { placeUrl } from '../../../lib/places.ts'
import { useRead } from '../../../lib/queries.ts'
import { jobTitle } from '../../../lib/running.ts'
import { Safe } from '../../../ui/safe.tsx'
import { dueWords } from '../../tasks/words.ts'

const shown = 4

/** What waits for the person. Nothing at all when nothing does. */
export function Waits() {
  const digest = useRead('digest', 'get', () => ({ limit: shown, time_zone: zone }))
  const any = (data: Digest) =>
    [data.overdue, data.due_soon, data.failed_jobs, data.stale_branches].some(({ items }) => items.length > 0)
  return (
    <Show when={digest.data}>
      {(data) => (
        <Show when={any(data())}>
          <section aria-label="Waits for you">
            <h2 class="mb-1 px-2 text-xs font-semibold text-dim">Waits for you</h2>
            <ul class="grid gap-x-6 @2xl:grid-cols-2">
              <For each={data().overdue.items}>
                {(task) => (
                  <Line
                    href={`/tasks/${task.id}`}
                    icon={<CalendarClock size={15} class="text-bad" />}
                    text={task.title}
                    note={`overdue · ${dueWords(task.due_at ?? '', Date.now())}`}
                  />
                )}
              </For>
              <For each={data().due_soon.items}>
                {(task) => (
                  <Line
                    href={`/tasks/${task.id}`}
                    icon={<CalendarClock size={15} class="text-faint" />}
                    text={task.title}
                    note={dueWords(task.due_at ?? '', Date.now())}
                  />
                )}
              </For>
              <For each={data().failed_jobs.items}>
                {(job) => (
                  <Line
                    href={`/jobs/${job.id}`}
                    icon={<CircleAlert size={15} class="text-bad" />}
                    text={jobTitle(job.type)}
                    note={`failed ${ago(job.created_at, Date.now())}`}
                  />
                )}
              </For>
              <For each={data().stale_branches.items}>
                {(stale) => (
                  <Line
                    href={placeUrl({ kind: 'repo', id: stale.repo_id, part: 'log', ref: stale.branch.name })}
                    icon={<GitBranch size={15} class="text-faint" />}
                    text={`${stale.repo} · ${stale.branch.name}`}
                    note={`rests since ${ago(stale.branch.committed_at, Date.now())}`}
                  />
                )}
              </For>
            </ul>
            <Show when={data().overdue.more || data().due_soon.more}>
              <a href="/tasks" class="block px-2 pt-1 text-xs text-accent-ink hover:underline">
                More on the board
              </a>
            </Show>
          </section>
        </Show>
      )}
    </Show>
  )
}

function Line(props: { href: string; icon: JSX.Element; text: string; note: string }) {
  return (
    <li>
      <a href={props.href} class="ring-inside flex h-8 items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover">
        {props.icon}
        <Safe text={props.text} class="min-w-0 flex-1 truncate" />
        <Safe text={props.note} class="max-w-52 shrink-0 truncate text-xs text-faint" />
      </a>
    </li>
  )
}
