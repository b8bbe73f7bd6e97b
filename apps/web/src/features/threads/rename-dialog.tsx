import { createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { nameTab } from '../../lib/layout.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { attempt } from '../../ui/notices.tsx'
import { closeRename, renaming } from './state.ts'

export default function RenameDialog() {
  const [title, setTitle] = createSignal(renaming()?.title ?? '')
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const thread = renaming()
    const next = title().trim()
    if (!thread || !next) return
    const done = await attempt(() => api.threads.update({ id: thread.id, title: next }))
    if (!done) return
    nameTab(`thread:${thread.id}`, next)
    closeRename()
  }
  return (
    <Dialog open={renaming() !== null} onClose={closeRename} title="Rename thread" width="max-w-md">
      <form class="flex flex-col gap-4" onSubmit={(event) => void save(event)}>
        <TextField
          label="Title"
          hideLabel
          maxLength={500}
          value={title()}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <div class="flex justify-end gap-2">
          <Button onClick={closeRename}>Cancel</Button>
          <Button type="submit" look="primary" disabled={!title().trim()}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
