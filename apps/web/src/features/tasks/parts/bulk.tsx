import type { TaskStatus } from '@cairn/api/tasks'
import X from 'lucide-solid/icons/x'
import { For, type JSX } from 'solid-js'
import { api, type Input } from '../../../lib/api.ts'
import { plural } from '../../../lib/format.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { attempt, say } from '../../../ui/notices.tsx'
import { columns, priorities } from '../words.ts'

type Change = Omit<Input<'tasks', 'change'>, 'ids'>

/** What can be done with all chosen tasks at once. */
export function Bulk(props: { ids: readonly string[]; onDone: () => void }) {
  const apply = async (change: Change) => {
    const ids = [...props.ids]
    const done = await attempt(() => api.tasks.change({ ids, ...change }))
    if (!done) return
    say({ text: `Changed ${plural(ids.length, 'task')}` })
    props.onDone()
  }
  return (
    <section
      aria-label="Chosen tasks"
      class="flex flex-wrap items-center gap-2 border-t border-line bg-side px-4 py-2 text-sm"
    >
      <span class="font-medium">{plural(props.ids.length, 'task')} chosen</span>
      <Pick label="Move to" onPick={(status) => void apply({ status: status as TaskStatus })}>
        <For each={columns}>{({ status, title }) => <option value={status}>{title}</option>}</For>
      </Pick>
      <Pick label="Priority" onPick={(at) => void apply({ priority: Number(at) })}>
        <For each={priorities}>{(title, at) => <option value={at()}>{title}</option>}</For>
      </Pick>
      <Pick label="Who does it" onPick={(who) => void apply({ assignee: who === 'none' ? null : who })}>
        <option value="me">Me</option>
        <option value="none">Nobody</option>
      </Pick>
      <Line label="Project" onEnter={(project) => void apply({ project: project || null })} />
      <Line label="Add tags" onEnter={(words) => void apply({ add_tags: words.split(/[\s,#]+/).filter(Boolean) })} />
      <span class="flex-1" />
      <Button size="sm" onClick={() => void apply({ status: 'cancelled' })}>
        Cancel them
      </Button>
      <IconButton label="Choose none" side="top" onClick={() => props.onDone()}>
        <X size={15} />
      </IconButton>
    </section>
  )
}

const field = 'h-6 rounded-md bg-inset px-1.5 text-xs text-ink ring-1 ring-control/60 ring-inset'

function Pick(props: { label: string; onPick: (value: string) => void; children: JSX.Element }) {
  return (
    <select
      aria-label={props.label}
      class={field}
      onChange={(event) => {
        const { value } = event.currentTarget
        event.currentTarget.value = ''
        if (value) props.onPick(value)
      }}
    >
      <option value="">{props.label}…</option>
      {props.children}
    </select>
  )
}

function Line(props: { label: string; onEnter: (text: string) => void }) {
  return (
    <input
      aria-label={props.label}
      placeholder={`${props.label}…`}
      maxLength={200}
      class={`${field} w-28`}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        props.onEnter(event.currentTarget.value.trim())
        event.currentTarget.value = ''
      }}
    />
  )
}
