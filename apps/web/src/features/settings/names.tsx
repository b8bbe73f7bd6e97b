import { createSignal, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { readAgain, useRead } from '../../lib/queries.ts'
import { useWorkspace } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { TextField } from '../../ui/fields.tsx'
import { say } from '../../ui/notices.tsx'
import { Section } from './parts/section.tsx'

export default function NameSettings() {
  const me = useRead('users', 'me', () => ({}))
  const workspace = useWorkspace()
  return (
    <Show when={!me.isError} fallback={<Failure error={me.error} />}>
      <Section first title="Names" note="What you and this workspace are called.">
        <Show when={me.data} fallback={<Waiting lines={2} />}>
          {(one) => (
            <NameForm
              label="Your name"
              saved={one().name}
              save={async (name) => void (await api.users.update({ name }))}
            />
          )}
        </Show>
        <Show when={workspace()}>
          {(one) => (
            <NameForm
              label="Name of the workspace"
              hint="It stands in the status bar; addresses stay as they are."
              saved={one().name}
              save={async (name) => void (await api.workspaces.update({ id: one().id, name }))}
            />
          )}
        </Show>
      </Section>
    </Show>
  )
}

type NameProps = { label: string; hint?: string; saved: string; save: (name: string) => Promise<void> }

/** A name that is saved when it is said so. What is being typed stays, also when somebody else changes it meanwhile. */
function NameForm(props: NameProps) {
  const [typed, setTyped] = createSignal<string | null>(null)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const next = () => (typed() ?? props.saved).trim()
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(null)
    try {
      await props.save(next())
      await Promise.all([readAgain('users'), readAgain('workspaces')])
      setTyped(null)
      say({ text: `${props.label}: ${props.saved}` })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <form class="mt-4 flex max-w-md items-start gap-2" onSubmit={(event) => void save(event)}>
      <TextField
        label={props.label}
        class="min-w-0 flex-1"
        required
        maxLength={200}
        value={typed() ?? props.saved}
        hint={props.hint}
        error={trouble()?.detail}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button
        type="submit"
        size="lg"
        class="mt-5"
        aria-label={`Save ${props.label.toLowerCase()}`}
        disabled={busy() || next() === '' || next() === props.saved}
      >
        Save
      </Button>
    </form>
  )
}
