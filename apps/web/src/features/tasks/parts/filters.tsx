import type { Task } from '@cairn/api/tasks'
import { For } from 'solid-js'
import type { Place } from '../../../lib/places.ts'
import { assigneeWord } from '../words.ts'

type TasksPlace = Extract<Place, { kind: 'tasks' }>
type FiltersProps = {
  place: TasksPlace
  tasks: readonly Task[]
  me: string | undefined
  onChange: (by: Partial<TasksPlace>) => void
}

const select = 'h-7 max-w-40 rounded-md bg-transparent px-1 text-xs text-dim hover:bg-hover'

/** Which tasks are on the board, and in which lanes. */
export function Filters(props: FiltersProps) {
  const projects = () =>
    [...new Set([...props.tasks.map((task) => task.project), props.place.project || null])]
      .filter((one): one is string => one !== null)
      .sort()
  const others = () => {
    const known = new Set(['me', 'none', `person:${props.me}`])
    return [...new Set([...props.tasks.map((task) => task.assignee), props.place.assignee || null])].filter(
      (one): one is string => one !== null && !known.has(one),
    )
  }
  return (
    <div class="flex flex-wrap items-center gap-1.5 border-b border-line px-4 py-2">
      <input
        type="search"
        data-autofocus
        aria-label="Find a task"
        placeholder="Find a task"
        class="h-7 w-52 min-w-0 rounded-md bg-inset px-2.5 text-sm ring-1 ring-line ring-inset"
        value={props.place.q}
        onInput={(event) => props.onChange({ q: event.currentTarget.value })}
      />
      <select
        aria-label="Project"
        class={select}
        value={props.place.project}
        onChange={(event) => props.onChange({ project: event.currentTarget.value })}
      >
        <option value="">Every project</option>
        <For each={projects()}>
          {(project) => (
            <option value={project} selected={project === props.place.project}>
              {project}
            </option>
          )}
        </For>
      </select>
      <select
        aria-label="Who does it"
        class={select}
        value={props.place.assignee}
        onChange={(event) => props.onChange({ assignee: event.currentTarget.value })}
      >
        <option value="">Anybody</option>
        <option value="me" selected={props.place.assignee === 'me'}>
          Me
        </option>
        <option value="none" selected={props.place.assignee === 'none'}>
          Nobody
        </option>
        <For each={others()}>
          {(who) => (
            <option value={who} selected={who === props.place.assignee}>
              {assigneeWord(who, props.me)}
            </option>
          )}
        </For>
      </select>
      <select
        aria-label="Lanes"
        class={`${select} ml-auto`}
        value={props.place.lanes}
        onChange={(event) => props.onChange({ lanes: event.currentTarget.value })}
      >
        <option value="">No lanes</option>
        <option value="project" selected={props.place.lanes === 'project'}>
          Lanes by project
        </option>
        <option value="assignee" selected={props.place.lanes === 'assignee'}>
          Lanes by person
        </option>
      </select>
    </div>
  )
}
