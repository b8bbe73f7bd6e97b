import type { Task } from '@cairn/api/tasks'
import Bot from 'lucide-solid/icons/bot'
import Calendar from 'lucide-solid/icons/calendar'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import Flag from 'lucide-solid/icons/flag'
import User from 'lucide-solid/icons/user'
import { createComputed, createSignal, For, Show } from 'solid-js'
import { running } from '../../../lib/online.ts'
import { jobLine } from '../../../lib/running.ts'
import { Menu, type MenuItem } from '../../../ui/menu.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { Safe } from '../../../ui/safe.tsx'
import type { Near } from '../../../ui/near.ts'
import { assigneeWord, dueWords, priorities, urgency } from '../words.ts'

type CardProps = {
  task: Task
  me: string | undefined
  near: Near
  selected: boolean
  menu: readonly MenuItem[]
  onSelect: () => void
  onDragStart: (event: DragEvent) => void
}

/** A card that was never in sight is taken to be this high, in pixels. */
const usual = 58

/** One task on the board. Out of sight it is only as high as it was. */
export function Card(props: CardProps) {
  let card: HTMLLIElement | undefined
  const near = props.near(props.task.id, () => card)
  const [height, setHeight] = createSignal(usual)
  // Before what is drawn goes.
  createComputed((before: boolean) => {
    const is = near()
    if (before && !is && card) setHeight(card.offsetHeight)
    return is
  }, false)
  return (
    <li
      ref={card}
      data-card={props.task.id}
      style={{ height: near() ? undefined : `${height()}px` }}
      draggable={true}
      onDragStart={(event) => props.onDragStart(event)}
      class="group relative rounded-lg p-2 pr-7 ring-1 ring-inset hover:ring-edge"
      classList={{
        'bg-accent-soft ring-accent/60': props.selected,
        'bg-raised ring-line': !props.selected,
      }}
    >
      <Show when={near()}>
        <Inside {...props} />
      </Show>
    </li>
  )
}

/** Its title opens it, everything else is told in a line or two. */
function Inside(props: CardProps) {
  const task = () => props.task
  const now = Date.now()
  const late = () => urgency(task(), now)
  return (
    <>
      <div class="flex items-start gap-2">
        <input
          type="checkbox"
          aria-label={`Choose ${task().title}`}
          tabindex="-1"
          checked={props.selected}
          onChange={() => props.onSelect()}
          class="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <a
          href={`/tasks/${task().id}`}
          data-task={task().id}
          draggable={false}
          aria-describedby="board-keys"
          class="min-w-0 flex-1 text-sm leading-5 [overflow-wrap:anywhere]"
          classList={{ 'text-dim line-through': task().status === 'cancelled' }}
        >
          <Safe text={task().title} />
        </a>
      </div>
      <p class="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-0.5 pl-6 text-xs text-dim empty:hidden">
        <Show when={task().priority !== 1}>
          <span class="inline-flex items-center gap-1" classList={{ 'text-bad': task().priority === 3 }}>
            <Flag size={12} aria-hidden="true" />
            {priorities[task().priority]}
          </span>
        </Show>
        <Show when={task().due_at}>
          {(due) => (
            <span
              class="inline-flex items-center gap-1"
              classList={{ 'text-bad': late() === 'late', 'text-warn': late() === 'soon' }}
            >
              <Calendar size={12} class="shrink-0" aria-hidden="true" />
              {dueWords(due(), now)}
              <Show when={late() === 'late'}> · overdue</Show>
            </span>
          )}
        </Show>
        <Show when={task().assignee}>
          {(who) => (
            <span class="inline-flex min-w-0 items-center gap-1">
              <Show when={who().startsWith('agent:')} fallback={<User size={12} aria-hidden="true" />}>
                <Bot size={12} aria-hidden="true" />
              </Show>
              <Safe text={assigneeWord(who(), props.me)} class="truncate" />
            </span>
          )}
        </Show>
        <Show when={task().project}>{(project) => <Safe text={project()} class="max-w-full truncate" />}</Show>
        <For each={task().tags}>{(tag) => <Safe text={`#${tag}`} class="max-w-full truncate" />}</For>
      </p>
      <Show when={task().job_id}>
        {(job) => (
          <a href={`/jobs/${job()}`} draggable={false} class="mt-1.5 ml-6 block rounded-sm text-xs text-accent-ink">
            <Progress
              done={running[job()]?.progress.steps_completed ?? 0}
              total={running[job()]?.progress.steps_total ?? null}
              label="Its job"
            />
            <span class="mt-0.5 block truncate">
              <Show when={running[job()]} fallback="A job works on it">
                {(live) => <Safe text={jobLine(live()) || 'A job works on it'} />}
              </Show>
            </span>
          </a>
        )}
      </Show>
      <div class="absolute top-1 right-1">
        <Menu label={`More for ${task().title}`} items={props.menu} mouseOnly>
          <Ellipsis size={14} />
        </Menu>
      </div>
    </>
  )
}
