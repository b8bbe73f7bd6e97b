/** Rows of this feature as the database holds them, and what the API shows of them. */
import type { Task, TaskEvent, TaskStatus } from '@cairn/api/tasks'
import { iso, isoOrNull } from '../../../kernel/clock.ts'

export type TaskRow = {
  workspace: string
  id: string
  title: string
  description: string
  status: string
  priority: number
  due_at: number | null
  owner: string
  assignee: string | null
  project: string | null
  thread_id: string | null
  parent_id: string | null
  tags: string
  source: string | null
  position: string
  result: string | null
  metadata: string
  version: number
  created_at: number
  updated_at: number
  closed_at: number | null
}
export type TaskEventRow = {
  workspace: string
  id: string
  task_id: string
  event_type: string
  payload: string
  person: string
  agent: string | null
  created_at: number
}

export const toTask = (row: TaskRow, job: string | null): Task => ({
  id: row.id,
  title: row.title,
  description: row.description,
  status: row.status as TaskStatus,
  priority: row.priority,
  due_at: isoOrNull(row.due_at),
  owner: row.owner,
  assignee: row.assignee,
  project: row.project,
  thread_id: row.thread_id,
  parent_id: row.parent_id,
  tags: tagsOf(row),
  source: row.source,
  position: row.position,
  result: row.result === null ? null : (JSON.parse(row.result) as Record<string, unknown>),
  metadata: JSON.parse(row.metadata) as Record<string, unknown>,
  job_id: job,
  version: row.version,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  closed_at: isoOrNull(row.closed_at),
})

export const tagsOf = (row: Pick<TaskRow, 'tags'>) => JSON.parse(row.tags) as string[]

export const toTaskEvent = (row: TaskEventRow): TaskEvent => ({
  id: row.id,
  task_id: row.task_id,
  event_type: row.event_type,
  payload: JSON.parse(row.payload) as Record<string, unknown>,
  person: row.person,
  agent: row.agent,
  created_at: iso(row.created_at),
})
