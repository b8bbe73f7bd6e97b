import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { allCommands, type Command, isMac, rebound, setRebound, setRecordingKeys } from '../../lib/commands.ts'
import { bindingOf, conflicts, keysOf } from '../../lib/keys.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Section } from './parts/section.tsx'

export default function ShortcutSettings() {
  const [words, setWords] = createSignal('')
  const [recording, setRecording] = createSignal<string | null>(null)
  createEffect(() => setRecordingKeys(recording() !== null))
  onCleanup(() => setRecordingKeys(false))
  const groups = createMemo(() => {
    const wanted = words().trim().toLowerCase()
    const fits = (command: Command) =>
      `${command.title} ${command.group} ${command.words ?? ''}`.toLowerCase().includes(wanted)
    return Map.groupBy(allCommands().filter(fits), (command) => command.group)
  })
  const titleOf = (id: string) => allCommands().find((one) => one.id === id)?.title ?? id
  const changed = () => Object.keys(rebound()).length
  const set = (id: string, keys: string[] | null) => {
    const { [id]: _, ...rest } = rebound()
    setRebound(keys === null ? rest : { ...rest, [id]: keys })
  }
  const record = (command: Command, event: KeyboardEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return setRecording(null)
    if (event.key === 'Backspace' || event.key === 'Delete') {
      set(command.id, [])
      return setRecording(null)
    }
    const binding = bindingOf(event, isMac)
    if (!binding) return
    set(command.id, [binding])
    setRecording(null)
  }
  return (
    <Section
      first
      title="Keyboard shortcuts"
      note="Press a shortcut to change it, then the new keys. Backspace takes it away, Escape leaves it."
      action={
        <Show when={changed() > 0}>
          <Button onClick={() => setRebound({})}>Back to the defaults</Button>
        </Show>
      }
    >
      <input
        type="search"
        aria-label="Find a command"
        placeholder="Find a command"
        class="mb-3 h-8 w-full rounded-md bg-inset px-3 text-sm ring-1 ring-line ring-inset"
        value={words()}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <For each={[...groups()]}>
        {([group, commands]) => (
          <section class="mb-4">
            <h3 class="mb-1 text-xs font-semibold text-dim">{group}</h3>
            <ul class="divide-y divide-line rounded-lg ring-1 ring-line">
              <For each={commands}>
                {(command) => {
                  const keys = () => keysOf(command, rebound())
                  const others = () => keys().flatMap((key) => conflicts(allCommands(), rebound(), command.id, key))
                  return (
                    <li class="flex min-h-9 items-center gap-3 px-3 py-1 text-sm">
                      <span class="min-w-0 flex-1">
                        {command.title}
                        <Show when={others()[0]}>
                          {(other) => <span class="block text-xs text-warn">also {titleOf(other())}</span>}
                        </Show>
                      </span>
                      <button
                        type="button"
                        class="flex min-h-6 min-w-16 items-center justify-end gap-2 rounded-md px-1.5 hover:bg-hover"
                        classList={{ 'bg-accent-soft text-accent-ink': recording() === command.id }}
                        onClick={() => setRecording(command.id)}
                        onBlur={() => recording() === command.id && setRecording(null)}
                        onKeyDown={(event) => recording() === command.id && record(command, event)}
                      >
                        <span class="sr-only">Change the shortcut of {command.title}:</span>
                        <Show when={recording() !== command.id} fallback={<span class="text-xs">press keys…</span>}>
                          <For each={keys()} fallback={<span class="text-xs text-faint">none</span>}>
                            {(key) => <Kbd binding={key} />}
                          </For>
                        </Show>
                      </button>
                      <IconButton
                        label="Back to the default"
                        square="sm"
                        class={rebound()[command.id] ? '' : 'invisible'}
                        onClick={() => set(command.id, null)}
                      >
                        <RotateCcw size={13} />
                      </IconButton>
                    </li>
                  )
                }}
              </For>
            </ul>
          </section>
        )}
      </For>
    </Section>
  )
}
