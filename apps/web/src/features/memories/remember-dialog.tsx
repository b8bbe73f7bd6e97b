import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { ago, full } from '../../lib/format.ts'
import { useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea, TextField } from '../../ui/fields.tsx'
import { say } from '../../ui/notices.tsx'
import { Safe } from '../../ui/safe.tsx'
import { closeRemember, remembering } from './state.ts'

/** Writes a memory down. */
export default function RememberDialog() {
  const memory = remembering()?.memory
  const [key, setKey] = createSignal(memory?.key ?? remembering()?.key ?? firstWords(remembering()?.value ?? ''))
  const [value, setValue] = createSignal(memory?.value ?? remembering()?.value ?? '')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const said = { key: key().trim(), value: value().trim() }
      const kept = memory
        ? await api.memories.update({ id: memory.id, ...said })
        : await api.memories.create({ ...said, source: remembering()?.source ?? null })
      closeRemember()
      say({
        text: memory || kept.version === 1 ? 'Remembered' : `Remembered; “${kept.key}” said something else before`,
      })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open={remembering() !== null}
      onClose={closeRemember}
      title={memory ? 'Change a memory' : 'Remember something'}
      description={
        memory
          ? 'What it says now is found by search and used in answers; what it said before is kept.'
          : 'A short fact worth keeping. It is found by search and used in answers.'
      }
    >
      <form class="flex flex-col gap-3" onSubmit={(event) => void save(event)}>
        <TextField
          label="Name"
          placeholder="deploy command"
          required
          maxLength={200}
          value={key()}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <TextArea
          label="What to remember"
          rows={6}
          required
          maxLength={20_000}
          value={value()}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().detail}
            </p>
          )}
        </Show>
        <div class="flex justify-end gap-2">
          <Button onClick={closeRemember}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy() || !key().trim() || !value().trim()}>
            {memory ? 'Save' : 'Remember'}
          </Button>
        </div>
      </form>
      <Show when={memory && memory.version > 1 ? memory : null}>
        {(one) => <Versions memory={one().id} onTake={(said) => setValue(said)} />}
      </Show>
    </Dialog>
  )
}

/** What it said before, newest first; any of it can be taken up again. */
function Versions(props: { memory: string; onTake: (value: string) => void }) {
  const history = useRead('memories', 'audit', () => ({ id: props.memory, limit: 20 }))
  const earlier = () => (history.data?.items ?? []).filter(({ before }) => before !== null)
  return (
    <section class="mt-4 border-t border-line pt-3">
      <h3 class="text-xs font-medium text-dim">It said before</h3>
      <ul class="mt-1 flex flex-col gap-1">
        <For each={earlier()}>
          {({ before, at }) => (
            <li class="flex items-baseline gap-2 text-sm">
              <Safe text={before?.value ?? ''} class="line-clamp-2 min-w-0 flex-1 break-words text-dim" />
              <span class="shrink-0 text-xs text-faint" title={full(at)}>
                until {ago(at, Date.now())}
              </span>
              <Button size="sm" onClick={() => props.onTake(before?.value ?? '')}>
                Take up
              </Button>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}

const firstWords = (text: string) =>
  text
    .replace(/[#*_`>\[\]]/g, '')
    .trim()
    .split(/\s+/)
    .slice(0, 6)
    .join(' ')
    .slice(0, 80)
