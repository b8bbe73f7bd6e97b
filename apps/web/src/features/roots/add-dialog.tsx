import { createSignal, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { setPanels } from '../../lib/layout.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { addingFolder, closeAddFolder } from './state.ts'

/** Lets Cairn read a folder. A page cannot look at the disk, so the path is typed. */
export default function AddFolderDialog() {
  const [path, setPath] = createSignal('')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const add = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(null)
    try {
      await api.roots.create({ path: path().trim() })
      closeAddFolder()
      setPanels({ side: 'files', sideOpen: true, bottomOpen: true })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open={addingFolder()}
      onClose={closeAddFolder}
      title="Add a folder"
      description="Its files are read and indexed on this machine, and followed from then on. Nothing in it is changed."
    >
      <form class="flex flex-col gap-4" onSubmit={(event) => void add(event)}>
        <TextField
          label="Path on the machine that Cairn runs on"
          placeholder="/home/you/projects/site"
          class="font-mono"
          value={path()}
          error={trouble() ? `${trouble()?.title}. ${trouble()?.detail}` : undefined}
          hint={
            <>
              What <code class="font-mono">.gitignore</code> and <code class="font-mono">.cairnignore</code> name is
              left out, and so are keys, binaries and very large files.
            </>
          }
          onInput={(event) => setPath(event.currentTarget.value)}
        />
        <div class="flex items-center justify-end gap-2">
          <Show when={busy()}>
            <span class="text-xs text-dim">Looking…</span>
          </Show>
          <Button onClick={closeAddFolder}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy() || !path().trim()}>
            Add folder
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
