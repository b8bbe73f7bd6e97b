/** One task: everything that is known of it, changed where it stands, with what happened to it. */
import type { Task, TaskEvent, TaskStatus } from '@cairn/api/tasks'
import Ban from 'lucide-solid/icons/ban'
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { createEffect, createSignal, For, type JSX, Show } from 'solid-js'
import { api, type Input } from '../../lib/api.ts'
import { ago, full, speaker } from '../../lib/format.ts'
import { close, nameTab } from '../../lib/layout.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import type { ViewOf } from '../../shell/view.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { Select, TextArea, TextField } from '../../ui/fields.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { LinkedThreads } from '../threads/linked.tsx'
import { cancelTask, openNewTask, removeTask } from './state.ts'
import { assigneeWord, columns, dueWords, isOpen, priorities, readable, statusTitle } from './words.ts'

type Change = Omit<Input<'tasks', 'update'>, 'id'>

export default function TaskPage(props: ViewOf<'task'>) {
  const id = () => props.place.id
  const read = useRead('tasks', 'get', () => ({ id: id() }))
  const person = useRead('users', 'me', () => ({}))
  const below = usePages('tasks', 'list', () => ({ parent_id: id(), limit: 50 }))
  const events = usePages('tasks', 'events', () => ({ task_id: id(), limit: 50 }))
  createEffect(() => read.data && nameTab(props.tabKey, read.data.title))
  /** Changes what is on show only as long as nobody else has changed it meanwhile. */
  const change = (by: Change) => {
    const headers = { 'if-match': `"${read.data?.version ?? 0}"` }
    return attempt(() => api.tasks.update({ id: id(), ...by }, { headers }))
  }
  return (
    <Show when={!read.isError} fallback={<Failure error={read.error} />}>
      <Show when={read.data} fallback={<Waiting />}>
        {(task) => (
          <div class="min-h-0 flex-1 overflow-y-auto">
            <article class="mx-auto flex max-w-188 flex-col gap-4 px-5 py-6">
              <h1 class="text-xl font-semibold [overflow-wrap:anywhere] text-balance">
                <Safe text={task().title} />
              </h1>
              <div class="flex flex-wrap gap-2">
                <Show
                  when={isOpen(task())}
                  fallback={<Button onClick={() => void change({ status: 'pending' })}>Open it again</Button>}
                >
                  <Button look="primary" onClick={() => void change({ status: 'completed' })}>
                    Done
                  </Button>
                  <Button onClick={() => void cancelTask(task())}>
                    <Ban size={14} />
                    Cancel task
                  </Button>
                </Show>
                <Show when={task().job_id}>{(job) => <ButtonLink href={`/jobs/${job()}`}>Its job</ButtonLink>}</Show>
                <Show when={task().thread_id}>
                  {(thread) => <ButtonLink href={`/ask/${thread()}`}>Its thread</ButtonLink>}
                </Show>
                <Show when={task().parent_id}>
                  {(parent) => <ButtonLink href={`/tasks/${parent()}`}>The task above</ButtonLink>}
                </Show>
                <Button
                  look="quiet"
                  onClick={() => {
                    removeTask(task())
                    close(props.tabKey)
                  }}
                >
                  <Trash size={14} />
                  Remove
                </Button>
              </div>
              <Fields task={task()} me={person.data?.id} onChange={change} />
              <Part title="Below it">
                <ul class="flex flex-col">
                  <For each={below.items()} fallback={<li class="text-sm text-dim">Nothing yet</li>}>
                    {(one) => (
                      <li>
                        <a
                          href={`/tasks/${one.id}`}
                          class="ring-inside flex gap-3 rounded-md px-2 py-1 text-sm hover:bg-hover"
                        >
                          <Safe text={one.title} class="min-w-0 flex-1 truncate" />
                          <span class="text-xs text-dim">{statusTitle(one.status)}</span>
                        </a>
                      </li>
                    )}
                  </For>
                </ul>
                <Button size="sm" class="mt-1" onClick={() => openNewTask({ parent_id: id() })}>
                  <Plus size={14} />
                  Add one below
                </Button>
              </Part>
              <LinkedThreads kind="task" id={id()} />
              <Part title="What happened">
                <Comment task={id()} />
                <ul class="mt-3 flex flex-col gap-1.5">
                  <For each={events.items()}>{(event) => <Happened event={event} />}</For>
                </ul>
                <Show when={events.query.hasNextPage}>
                  <Button size="sm" class="mt-2" onClick={() => events.more()}>
                    Earlier
                  </Button>
                </Show>
              </Part>
            </article>
          </div>
        )}
      </Show>
    </Show>
  )
}

function Part(props: { title: string; children: JSX.Element }) {
  return (
    <section aria-label={props.title}>
      <h2 class="mb-1 text-xs font-semibold text-dim">{props.title}</h2>
      {props.children}
    </section>
  )
}

function Fields(props: { task: Task; me: string | undefined; onChange: (by: Change) => Promise<unknown> }) {
  const task = () => props.task
  const [due, setDue] = createSignal<string | null>(null)
  const setDueWords = async (words: string) => {
    setDue(null)
    if (words.trim() === '') return void props.onChange({ due_at: null })
    const read = await attempt(() => api.tasks.date({ text: words, ...speaker }))
    if (!read) return
    if (read.due_at) void props.onChange({ due_at: read.due_at })
    else say({ tone: 'bad', text: `“${words}” holds no date`, detail: 'Try “tomorrow 9:00” or “2026-12-01 14:00”.' })
  }
  const assignees = () => {
    const one = task().assignee
    const mine = props.me === undefined ? 'me' : `person:${props.me}`
    const all = ['', mine, ...(one !== null && one !== mine ? [one] : [])]
    return all.map((value) => ({ value, label: value === 'me' ? 'Me' : assigneeWord(value || null, props.me) }))
  }
  return (
    <div class="grid grid-cols-1 gap-3 sm:grid-cols-2">
      <TextField
        class="sm:col-span-2"
        label="Title"
        maxLength={500}
        value={task().title}
        onChange={(event) => {
          const title = event.currentTarget.value.trim()
          if (title) void props.onChange({ title })
          else event.currentTarget.value = task().title
        }}
      />
      <TextArea
        class="sm:col-span-2"
        label="More about it"
        rows={5}
        maxLength={20_000}
        value={task().description}
        onChange={(event) => void props.onChange({ description: event.currentTarget.value })}
      />
      <Select
        label="Status"
        value={task().status}
        options={columns.map(({ status, title }) => ({ value: status, label: title }))}
        onChange={(event) => void props.onChange({ status: event.currentTarget.value as TaskStatus })}
      />
      <Select
        label="Priority"
        value={String(task().priority)}
        options={priorities.map((label, at) => ({ value: String(at), label }))}
        onChange={(event) => void props.onChange({ priority: Number(event.currentTarget.value) })}
      />
      <TextField
        label="Due"
        hint="In words, as “next fri 14:00”; empty for none"
        maxLength={200}
        value={due() ?? (task().due_at === null ? '' : dueWords(task().due_at as string, Date.now(), readable))}
        onInput={(event) => setDue(event.currentTarget.value)}
        onChange={(event) => void setDueWords(event.currentTarget.value)}
      />
      <Select
        label="Who does it"
        value={task().assignee ?? ''}
        options={assignees()}
        onChange={(event) => void props.onChange({ assignee: event.currentTarget.value || null })}
      />
      <TextField
        label="Project"
        maxLength={200}
        value={task().project ?? ''}
        onChange={(event) => void props.onChange({ project: event.currentTarget.value.trim() || null })}
      />
      <TextField
        label="Tags"
        hint="Words with spaces between them"
        maxLength={1_000}
        value={task().tags.join(' ')}
        onChange={(event) => void props.onChange({ tags: event.currentTarget.value.split(/[\s,#]+/).filter(Boolean) })}
      />
    </div>
  )
}

function Comment(props: { task: string }) {
  const [text, setText] = createSignal('')
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const payload = { text: text().trim() }
    const done = await attempt(() => api.tasks.addEvent({ task_id: props.task, event_type: 'comment', payload }))
    if (done) setText('')
  }
  return (
    <form class="flex items-end gap-2" onSubmit={(event) => void save(event)}>
      <TextField
        class="min-w-0 flex-1"
        hideLabel
        label="Write something down"
        placeholder="Write something down"
        maxLength={5_000}
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!text().trim()}>
        Write
      </Button>
    </form>
  )
}

function Happened(props: { event: TaskEvent }) {
  const line = () => {
    const { event_type, payload } = props.event
    if (typeof payload.text === 'string') return payload.text
    if (event_type === 'created') return 'Written down'
    const fields = Object.entries((payload.fields ?? {}) as Record<string, { from: unknown; to: unknown }>)
    if (fields.length === 0) return event_type
    return fields
      .map(([field, { from, to }]) => `${field.replaceAll('_', ' ')}: ${said(from)} → ${said(to)}`)
      .join('; ')
  }
  return (
    <li class="flex gap-3 text-sm">
      <span class="w-20 shrink-0 text-xs leading-5 text-faint" title={full(props.event.created_at)}>
        {ago(props.event.created_at, Date.now())}
      </span>
      <Safe text={line()} class="min-w-0 [overflow-wrap:anywhere]" />
    </li>
  )
}

/** A value in a line of the history; long ones by their beginning. */
function said(value: unknown): string {
  if (value === null || value === '') return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
