import type { Thread } from '@cairn/api/threads'
import { createRoot, createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { readAgain } from '../../lib/queries.ts'
import { removeLater } from '../../lib/undo.ts'
import { attempt, say } from '../../ui/notices.tsx'
import { leaveThread, type Picked } from '../privacy/state.ts'

const [renaming, setRenaming] = createRoot(() => createSignal<Pick<Thread, 'id' | 'title'> | null>(null))
export { renaming }
export const openRename = (thread: Pick<Thread, 'id' | 'title'>) => setRenaming({ id: thread.id, title: thread.title })
export const closeRename = () => setRenaming(null)

/** A thread as what is to be erased. */
export const toErase = ({ id, title }: Pick<Thread, 'id' | 'title'>): Picked => ({
  ...{ kind: 'thread', id, name: title || 'Untitled thread' },
})

/** Deletes a thread in a few seconds, unless it is taken back. */
export function removeThread(thread: Pick<Thread, 'id' | 'title'>): void {
  leaveThread(thread.id)
  const undo = removeLater(thread.id, () => attempt(() => api.threads.remove({ id: thread.id })))
  say({ text: `Deleted “${thread.title || 'Untitled thread'}”`, action: { label: 'Undo', run: undo } })
}

/** Shows the branch of a thread that goes through a message. */
export async function showBranch(thread: string, message: string): Promise<void> {
  if (await attempt(() => api.threads.branch({ thread_id: thread, message_id: message }))) await readAgain('threads')
}

/** Hands a thread to the browser as a Markdown file. */
export async function exportThread({ id }: Pick<Thread, 'id'>): Promise<void> {
  const file = await attempt(async () => {
    const response = await api.threads.markdown.raw({ id })
    const [, name] = /filename\*=UTF-8''(\S+)/.exec(response.headers.get('content-disposition') ?? '') ?? []
    return { name: decodeURIComponent(name ?? 'thread.md'), content: await response.blob() }
  })
  if (!file) return
  const address = URL.createObjectURL(file.content)
  Object.assign(document.createElement('a'), { href: address, download: file.name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
