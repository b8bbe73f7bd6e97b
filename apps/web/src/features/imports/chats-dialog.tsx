import type { ChatsImported } from '@cairn/api/imports'
import { createSignal, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { plural } from '../../lib/format.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ImportProgress } from './progress.tsx'
import { closeChatsImport, importingChats } from './state.ts'

/** Brings in conversations with ChatGPT or Claude from the file that they export. */
export default function ChatsDialog() {
  const [job, setJob] = createSignal<string | null>(null)
  const [sending, setSending] = createSignal(false)
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const send = async (file: File | undefined) => {
    if (!file) return
    setTrouble(null)
    setJob(null)
    setSending(true)
    try {
      setJob((await api.imports.chats.upload(file)).job_id)
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setSending(false)
  }
  return (
    <Dialog
      open={importingChats()}
      onClose={closeChatsImport}
      title="Import conversations"
      description="Ask ChatGPT or Claude for an export of your data, unpack it, and choose its conversations.json. Doing it again adds only what is new."
    >
      <label class="flex flex-col gap-1 text-sm">
        conversations.json
        <input
          type="file"
          accept=".json,application/json"
          disabled={sending()}
          class="rounded-md bg-inset p-2 text-sm ring-1 ring-line ring-inset"
          onChange={(event) => void send(event.currentTarget.files?.[0])}
        />
      </label>
      <div class="mt-3" aria-live="polite">
        <Show when={sending()}>
          <p class="text-xs text-dim">Sending the file…</p>
        </Show>
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().title}. {one().detail}
            </p>
          )}
        </Show>
        <Show when={job()} keyed>
          {(id) => <ImportProgress job={id} said={chatsRead} />}
        </Show>
      </div>
    </Dialog>
  )
}

const chatsRead = ({ threads, messages, duplicates }: ChatsImported) =>
  `${plural(threads, 'new thread')}, ${plural(messages, 'new message')}, ${plural(duplicates, 'message')} known already.`
