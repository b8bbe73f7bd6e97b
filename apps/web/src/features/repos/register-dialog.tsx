import { createSignal, For, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { go } from '../../lib/layout.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { Safe } from '../../ui/safe.tsx'
import { closeRegister, registering, useRepos } from './state.ts'

/** Registers a repository: by its path, or one of those that were found below the folders. */
export default function RegisterDialog() {
  const repos = useRepos()
  const [path, setPath] = createSignal('')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const ready = () => repos.found().filter((one) => one.state === 'ready')
  const register = async (wanted: string) => {
    setBusy(true)
    setTrouble(null)
    try {
      const { id } = await api.repos.create({ path: wanted })
      closeRegister()
      go({ kind: 'repo', id, part: 'status', ref: '' }, { keep: true })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open={registering()}
      onClose={closeRegister}
      title="Register a repository"
      description="What changed in it, its log and its branches are shown here. It may be read only; nothing in it is changed."
    >
      <form
        class="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void register(path().trim())
        }}
      >
        <TextField
          label="Path on the machine that Cairn runs on"
          placeholder="/home/you/projects/site"
          class="min-w-0 flex-1 font-mono"
          value={path()}
          onInput={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit" look="primary" size="lg" disabled={busy() || !path().trim()}>
          Register
        </Button>
      </form>
      <Show
        when={trouble()}
        fallback={<p class="mt-1 text-xs text-dim">It has to lie in one of the folders that Cairn may read.</p>}
      >
        {(one) => (
          <p role="alert" class="mt-1 text-xs text-bad">
            {one().title}. {one().detail}
          </p>
        )}
      </Show>
      <Show when={ready().length > 0}>
        <h3 class="mt-5 mb-1 text-xs font-semibold text-dim">Found in your folders</h3>
        <ul class="flex flex-col gap-1">
          <For each={ready()}>
            {(one) => (
              <li class="flex items-center gap-3 rounded-md bg-inset px-3 py-1.5">
                <div class="min-w-0 flex-1">
                  <p class="truncate text-sm">
                    <Safe text={one.name} />
                  </p>
                  <p class="truncate font-mono text-xs text-dim">
                    <Safe text={one.folder} />
                  </p>
                </div>
                <Button
                  size="sm"
                  aria-label={`Register ${one.name}`}
                  disabled={busy()}
                  onClick={() => void register(one.folder)}
                >
                  Register
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Dialog>
  )
}
