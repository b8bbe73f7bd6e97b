import ListTodo from 'lucide-solid/icons/list-todo'
import type { TaskSuggestion } from '@cairn/api/tasks'
import { For, Show } from 'solid-js'
import { api } from '../../../lib/api.ts'
import { full } from '../../../lib/format.ts'
import { go } from '../../../lib/layout.ts'
import { useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { Safe } from '../../../ui/safe.tsx'
import { attempt, say } from '../../../ui/notices.tsx'
import { dueWords } from '../../tasks/words.ts'

/** Things to do that were found in one message: no tasks until they are added. */
export function Suggested(props: { thread: string; message: string }) {
  const read = useRead('tasks', 'listSuggestions', () => ({
    thread_id: props.thread,
    state: 'open' as const,
    limit: 200,
  }))
  const suggestions = () => (read.data?.items ?? []).filter(({ source }) => source.id === props.message)
  const add = async ({ id }: TaskSuggestion) => {
    const task = await attempt(() => api.tasks.acceptSuggestion({ id }))
    if (!task) return
    const open = () => go({ kind: 'task', id: task.id }, { keep: true })
    say({ text: `Added “${task.title}”`, action: { label: 'Open', run: open } })
  }
  return (
    <Show when={suggestions().length > 0}>
      <ul aria-label="Suggested tasks from this message" class="flex max-w-full flex-col items-end gap-0.5">
        <For each={suggestions()}>
          {(one) => (
            <li class="flex max-w-full flex-wrap items-center justify-end gap-1 text-xs text-dim">
              <ListTodo size={13} class="shrink-0 text-accent-ink" aria-hidden="true" />
              <span class="shrink-0">To do?</span>
              <Safe text={one.title} class="min-w-0 max-w-72 truncate text-ink" />
              <Show when={one.due_at}>
                {(due) => (
                  <span class="shrink-0" title={full(due())}>
                    · {dueWords(due(), Date.now())}
                  </span>
                )}
              </Show>
              <Button size="sm" aria-label={`Add task ${one.title}`} onClick={() => void add(one)}>
                Add task
              </Button>
              <Button
                size="sm"
                look="quiet"
                aria-label={`Dismiss ${one.title}`}
                onClick={() => void attempt(() => api.tasks.dismissSuggestion({ id: one.id }))}
              >
                Dismiss
              </Button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
