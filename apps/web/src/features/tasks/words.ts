/** Tasks in words. Everything takes its `now`, so that it can be tested. */
import type { Task, TaskStatus } from '@cairn/api/tasks'
import { type Dates, dayKey, here, makeDates } from '../../lib/format.ts'

/** In the order of the board. */
export const columns: readonly { status: TaskStatus; title: string }[] = [
  { status: 'pending', title: 'To do' },
  { status: 'in_progress', title: 'In progress' },
  { status: 'blocked', title: 'Blocked' },
  { status: 'completed', title: 'Done' },
  { status: 'failed', title: 'Failed' },
  { status: 'cancelled', title: 'Cancelled' },
]
export const statusTitle = (status: TaskStatus) => columns.find((one) => one.status === status)?.title ?? status
export const isOpen = ({ status }: Pick<Task, 'status'>) =>
  status === 'pending' || status === 'in_progress' || status === 'blocked'

export const priorities = ['Low', 'Medium', 'High', 'Urgent'] as const

/** For fields whose words are read back: English is read whatever somebody speaks. */
export const readable = makeDates(['en-GB'])

/** Today 14:05, Tomorrow, 1 Dec 09:00. The last minute of a day stands for the day. */
export function dueWords(due: string, now: number, { clock, shortDate }: Dates = here): string {
  const at = Date.parse(due)
  const key = dayKey(at)
  const day =
    key === dayKey(now)
      ? 'Today'
      : key === dayKey(now, 1)
        ? 'Tomorrow'
        : key === dayKey(now, -1)
          ? 'Yesterday'
          : shortDate(at, now)
  const wall = new Date(at)
  return wall.getHours() === 23 && wall.getMinutes() === 59 ? day : `${day} ${clock(due)}`
}

/** What a due time asks for: nothing yet, today, or it is over. */
export function urgency(task: Pick<Task, 'status' | 'due_at'>, now: number): 'late' | 'soon' | 'calm' {
  if (task.due_at === null || !isOpen(task)) return 'calm'
  const at = Date.parse(task.due_at)
  if (at < now) return 'late'
  return dayKey(at) === dayKey(now) ? 'soon' : 'calm'
}

/** Who does it, as people say it. */
export function assigneeWord(assignee: string | null, me: string | undefined): string {
  if (assignee === null) return 'Nobody'
  if (me !== undefined && assignee === `person:${me}`) return 'Me'
  const [kind, ...rest] = assignee.split(':')
  const name = rest.join(':')
  return kind === 'agent' ? `${name} (agent)` : `Person ${name.slice(-6)}`
}

export type Lane = { key: string; title: string }

/** The lanes of a board: one for each project or assignee that occurs, those without one last. None: one lane. */
export function lanesOf(tasks: readonly Task[], by: string, me: string | undefined): Lane[] {
  if (by !== 'project' && by !== 'assignee') return [{ key: '', title: '' }]
  const keys = new Set(tasks.map((task) => task[by] ?? ''))
  const title = (key: string) => (by === 'project' ? key || 'No project' : assigneeWord(key || null, me))
  return [...keys]
    .map((key) => ({ key, title: title(key) }))
    .sort((a, b) => Number(a.key === '') - Number(b.key === '') || a.title.localeCompare(b.title))
}

export const laneOf = (task: Task, by: string) => (by === 'project' || by === 'assignee' ? (task[by] ?? '') : '')
