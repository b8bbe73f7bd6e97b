import { createEffect, createSignal, on, onCleanup, Show } from 'solid-js'
import { api, type Output, type Trouble, troubleOf } from '../../lib/api.ts'
import { speaker } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select, TextArea, TextField } from '../../ui/fields.tsx'
import { say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { closeNewTask, writingTask } from './state.ts'
import { dueWords, priorities } from './words.ts'

type Reading = Output<'tasks', 'date'>

/** Writes a task down: one line, with the date in its words. */
export default function NewTaskDialog() {
  const start = writingTask() ?? {}
  const [words, setWords] = createSignal(start.title ?? '')
  const [note, setNote] = createSignal(start.description ?? '')
  const [project, setProject] = createSignal(start.project ?? '')
  const [priority, setPriority] = createSignal('1')
  const [assignee, setAssignee] = createSignal('')
  const [reading, setReading] = createSignal<Reading | null>(null)
  const [plain, setPlain] = createSignal(false)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)

  createEffect(
    on(words, (text) => {
      const stop = new AbortController()
      const timer = setTimeout(() => {
        if (!text.trim()) return setReading(null)
        read(text, stop.signal).then(setReading, () => undefined)
      }, 120)
      onCleanup(() => {
        clearTimeout(timer)
        stop.abort()
      })
    }),
  )

  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      // What was typed last counts, also when its preview has not come yet.
      const date = plain() ? null : await read(words())
      const dated = date !== null && date.due_at !== null && date.title !== ''
      const { status, thread_id, parent_id, source } = start
      const made = await api.tasks.create({
        title: dated ? date.title : words().trim(),
        ...(dated && { due_at: date.due_at }),
        priority: Number(priority()),
        ...(note().trim() && { description: note().trim() }),
        ...(project().trim() && { project: project().trim() }),
        ...(assignee() && { assignee: assignee() }),
        ...(status && { status }),
        ...(thread_id && { thread_id }),
        ...(parent_id && { parent_id }),
        ...(source && { source }),
      })
      closeNewTask()
      say({ text: `To do: “${made.title}”${made.due_at ? `, ${dueWords(made.due_at, Date.now())}` : ''}` })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }

  return (
    <Dialog
      open={writingTask() !== null}
      onClose={closeNewTask}
      title="New task"
      description="A date in its words becomes the time it is due: “Call Anna tomorrow 9:00”."
    >
      <form class="flex flex-col gap-3" onSubmit={(event) => void save(event)}>
        <TextField
          label="What is to be done"
          required
          maxLength={500}
          value={words()}
          onInput={(event) => {
            setPlain(false)
            setWords(event.currentTarget.value)
          }}
        />
        <p class="-mt-1 flex min-h-6 items-center gap-2 text-xs text-dim" aria-live="polite">
          <Show when={!plain() && reading()?.due_at} fallback="No date">
            {(due) => (
              <>
                <span>
                  Due <span class="font-medium text-ink">{dueWords(due(), Date.now())}</span>, from “
                  <Safe text={reading()?.words ?? ''} />”
                </span>
                <Button size="sm" look="quiet" onClick={() => setPlain(true)}>
                  Not a date
                </Button>
              </>
            )}
          </Show>
        </p>
        <TextArea
          label="More about it"
          rows={3}
          maxLength={20_000}
          value={note()}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
        <div class="grid grid-cols-1 gap-3 sm:grid-cols-3">
          <TextField
            label="Project"
            maxLength={200}
            value={project()}
            onInput={(event) => setProject(event.currentTarget.value)}
          />
          <Select
            label="Priority"
            value={priority()}
            options={priorities.map((label, at) => ({ value: String(at), label }))}
            onChange={(event) => setPriority(event.currentTarget.value)}
          />
          <Select
            label="Who does it"
            value={assignee()}
            options={[
              { value: '', label: 'Nobody yet' },
              { value: 'me', label: 'Me' },
            ]}
            onChange={(event) => setAssignee(event.currentTarget.value)}
          />
        </div>
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().detail}
            </p>
          )}
        </Show>
        <div class="flex justify-end gap-2">
          <Button onClick={closeNewTask}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy() || !words().trim()}>
            Add task
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const read = (text: string, signal?: AbortSignal): Promise<Reading> =>
  api.tasks.date({ text: text.trim(), ...speaker }, signal ? { signal } : {})
