import type { Task, TaskStatus } from '@cairn/api/tasks'
import { createRoot, createSignal } from 'solid-js'
import { api } from '../../lib/api.ts'
import { removeLater } from '../../lib/undo.ts'
import { attempt, say } from '../../ui/notices.tsx'

export type WritingTask = {
  title?: string
  description?: string
  source?: string
  status?: TaskStatus
  project?: string
  thread_id?: string
  parent_id?: string
}
const [writingTask, setWritingTask] = createRoot(() => createSignal<WritingTask | null>(null))
export { writingTask }
export const openNewTask = (start: WritingTask = {}) => setWritingTask(start)
export const closeNewTask = () => setWritingTask(null)

/** Cancels a task, which stops its job; the undo puts it back where it was, without the job. */
export async function cancelTask(task: Task): Promise<void> {
  const done = await attempt(() => api.tasks.remove({ id: task.id }))
  if (!done) return
  const back = () => void attempt(() => api.tasks.update({ id: task.id, status: task.status }))
  const stopped = done.stopped.length > 0 ? ', and its job stopped' : ''
  say({ text: `Cancelled “${task.title}”${stopped}`, action: { label: 'Undo', run: back } })
}

/** Removes a task for good, a few seconds later. */
export function removeTask(task: Task): void {
  const undo = removeLater(task.id, () => attempt(() => api.tasks.remove({ id: task.id, purge: true })))
  say({ text: `Removed “${task.title}”`, action: { label: 'Undo', run: undo } })
}
