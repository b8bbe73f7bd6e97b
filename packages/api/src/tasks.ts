/** Tasks: what is to be done, by a person or by an agent, in its place on the board. */
import { operation, operations } from './operation.ts'
import {
  count,
  Id,
  Json,
  Languages,
  list,
  nullable,
  oneOf,
  optional,
  page,
  paging,
  type Static,
  shape,
  Time,
  Type,
  text,
} from './shapes.ts'

export const TaskStatus = oneOf('pending', 'in_progress', 'blocked', 'completed', 'failed', 'cancelled')
export type TaskStatus = Static<typeof TaskStatus>
/** In the order of the board. */
export const taskStatuses = ['pending', 'in_progress', 'blocked', 'completed', 'failed', 'cancelled'] as const
/** Statuses of what still waits to be done. */
export const openTaskStatuses = ['pending', 'in_progress', 'blocked'] as const

/** 0 low, 1 medium, 2 high, 3 urgent. */
export const TaskPriority = Type.Integer({ minimum: 0, maximum: 3 })
/** `person:<id>` or `agent:<name>`; on the way in also `me`. */
const assignee = '(me|(person|agent):[\\w.:@/-]{1,200})'
export const Assignee = Type.String({ pattern: `^${assignee}$`, maxLength: 210 })
/** One word in lower case, as `release` or `2026-q4`. */
export const Tag = Type.String({ pattern: '^[^\\s,"\\\\\\u0000-\\u001f\\u007f]{1,50}$', maxLength: 50 })
const Tags = list(Tag, { maxItems: 20 })

export const suggestionStates = ['open', 'added', 'dismissed'] as const
const SuggestionState = oneOf(...suggestionStates)

export const Task = shape({
  id: Id,
  title: text(500, 1),
  description: text(20_000),
  status: TaskStatus,
  priority: TaskPriority,
  due_at: nullable(Time),
  /** Id of the person who made it. */
  owner: Type.String(),
  assignee: nullable(Type.String()),
  /** Name of a body of work. */
  project: nullable(text(200)),
  thread_id: nullable(Id),
  parent_id: nullable(Id),
  tags: list(Type.String()),
  /** Where it comes from: an address, `message:<id>`, or free words. */
  source: nullable(text(2_000)),
  /** Sorts a column of the board, smallest first, compared by code units. */
  position: Type.String(),
  /** What came of it. */
  result: nullable(Json),
  metadata: Json,
  /** The job that works on it now; null when none does. */
  job_id: nullable(Id),
  /** Its ETag is this number in quotes; send it as `If-Match` to change only what you have seen. */
  version: Type.Integer({ minimum: 1 }),
  created_at: Time,
  updated_at: Time,
  closed_at: nullable(Time),
})
export type Task = Static<typeof Task>

/** What happened to a task: `created`, `changed`, `moved`, `cancelled`, or what a caller wrote down. */
export const TaskEvent = shape({
  id: Id,
  task_id: Id,
  event_type: text(50, 1),
  payload: Json,
  /** Id of the person, and the agent that acted for them. */
  person: Type.String(),
  agent: nullable(Type.String()),
  created_at: Time,
})
export type TaskEvent = Static<typeof TaskEvent>

/** Something to do that was found in what somebody said. It is no task until a person says so. */
export const TaskSuggestion = shape({
  id: Id,
  /** What it was found in: a message. */
  source: shape({ kind: text(50, 1), id: text(500, 1) }),
  /** The thread that it was said in. */
  thread_id: nullable(Id),
  title: text(500, 1),
  due_at: nullable(Time),
  /** `rules`, or a model's name. */
  found_by: text(500),
  state: SuggestionState,
  /** What became of it; null while it is none, and when the task was removed. */
  task_id: nullable(Id),
  created_at: Time,
  updated_at: Time,
})
export type TaskSuggestion = Static<typeof TaskSuggestion>

const fields = {
  description: optional(text(20_000)),
  status: optional(TaskStatus),
  priority: optional(TaskPriority),
  due_at: optional(nullable(Time)),
  assignee: optional(nullable(Assignee)),
  project: optional(nullable(text(200, 1))),
  thread_id: optional(nullable(Id)),
  parent_id: optional(nullable(Id)),
  tags: optional(Tags),
  source: optional(nullable(text(2_000))),
  metadata: optional(Json),
}

export const tasks = operations('tasks', {
  list: operation({
    method: 'GET',
    path: '/api/tasks',
    summary: 'List tasks',
    description:
      'Newest first; `order=due` gives those with a due time, soonest first; `order=board` one column (one `status`) as it stands on the board.',
    effect: 'read',
    query: {
      ...paging,
      status: optional(list(TaskStatus, { minItems: 1, maxItems: 6 })),
      /** `none` is nobody. */
      assignee: optional(Type.String({ pattern: `^(none|${assignee})$`, maxLength: 210 })),
      thread_id: optional(Id),
      parent_id: optional(Id),
      project: optional(text(200, 1)),
      tag: optional(Tag),
      priority: optional(TaskPriority),
      /** From this time on. */
      due_from: optional(Time),
      /** Before this time. */
      due_to: optional(Time),
      /** Text in title or description, letter case aside. */
      q: optional(text(500)),
      order: optional(oneOf('newest', 'due', 'board')),
    },
    output: page(Task),
  }),
  create: operation({
    method: 'POST',
    path: '/api/tasks',
    summary: 'Write a task down; it comes on top of its column',
    description:
      'With an id of your own the call can be repeated: same id and content returns the row, other content is 409.',
    effect: 'write',
    body: { id: optional(Id), title: text(500, 1), ...fields },
    output: Task,
    status: 201,
    errors: ['CONFLICT'],
  }),
  date: operation({
    method: 'GET',
    path: '/api/dates',
    summary: 'Read a date out of words: "Call Anna tomorrow 9:00"',
    description:
      'Understands the languages named (of ar, de, es, fi, fr, id, it, ja, nl, pt, ru, sv, uk, vi, zh) and English, `2026-12-01 14:00`, and day before month in `1/12`. The reading that takes in the most words counts, of equal ones that of the first language. A day without a time means its end.',
    effect: 'read',
    query: {
      text: text(500, 1),
      /** IANA time zone of the person, as `Europe/Berlin`; the one of the server unless said. */
      zone: optional(text(60, 1)),
      languages: optional(Languages),
    },
    output: shape({
      /** Null when the words hold no date. */
      due_at: nullable(Time),
      /** Did the words say a time of day? */
      timed: Type.Boolean(),
      /** The words that are the date. */
      words: Type.String(),
      /** The rest of the text. */
      title: Type.String(),
    }),
  }),
  change: operation({
    method: 'POST',
    path: '/api/tasks/bulk',
    summary: 'Change several tasks the same way, all or none',
    effect: 'write',
    body: {
      ids: list(Id, { minItems: 1, maxItems: 200 }),
      status: optional(TaskStatus),
      priority: optional(TaskPriority),
      due_at: optional(nullable(Time)),
      assignee: optional(nullable(Assignee)),
      project: optional(nullable(text(200, 1))),
      add_tags: optional(Tags),
      remove_tags: optional(Tags),
    },
    output: shape({ items: list(Task) }),
    errors: ['TASK_NOT_FOUND'],
  }),
  listSuggestions: operation({
    method: 'GET',
    path: '/api/tasks/suggestions',
    summary: 'List tasks that are suggested because of what was said, newest first',
    effect: 'read',
    query: {
      ...paging,
      state: optional(SuggestionState),
      thread_id: optional(Id),
      source_kind: optional(text(50, 1)),
      source_id: optional(text(500, 1)),
    },
    output: page(TaskSuggestion),
  }),
  acceptSuggestion: operation({
    method: 'POST',
    path: '/api/tasks/suggestions/{id}/accept',
    summary: 'Make a suggestion a task, as it stands or with another title and time',
    description: 'Once: accepted again it answers that task.',
    effect: 'write',
    params: { id: Id },
    body: { title: optional(text(500, 1)), due_at: optional(nullable(Time)) },
    output: Task,
    errors: ['SUGGESTION_NOT_FOUND', 'TASK_NOT_FOUND', 'CONFLICT'],
  }),
  dismissSuggestion: operation({
    method: 'POST',
    path: '/api/tasks/suggestions/{id}/dismiss',
    summary: 'Put a suggestion away; the same is not suggested again in its thread',
    effect: 'write',
    params: { id: Id },
    output: TaskSuggestion,
    errors: ['SUGGESTION_NOT_FOUND', 'CONFLICT'],
  }),
  get: operation({
    method: 'GET',
    path: '/api/tasks/{id}',
    summary: 'Read one task',
    effect: 'read',
    params: { id: Id },
    output: Task,
    errors: ['TASK_NOT_FOUND'],
  }),
  update: operation({
    method: 'PATCH',
    path: '/api/tasks/{id}',
    summary: 'Change a task',
    description:
      "With `If-Match` (the task's version in quotes) it is changed only when nobody else did meanwhile. Another status puts it on top of that column; `cancelled` stops its job too.",
    effect: 'write',
    params: { id: Id },
    body: { title: optional(text(500, 1)), ...fields, result: optional(nullable(Json)) },
    output: Task,
    errors: ['TASK_NOT_FOUND', 'PRECONDITION_FAILED'],
  }),
  move: operation({
    method: 'POST',
    path: '/api/tasks/{id}/move',
    summary: 'Move a task on the board',
    description: 'Right before or right after another task of the column, or to its top (the default) or bottom.',
    effect: 'write',
    params: { id: Id },
    body: {
      /** The column; the one it stands in unless said. */
      status: optional(TaskStatus),
      before: optional(Id),
      after: optional(Id),
      to: optional(oneOf('top', 'bottom')),
    },
    output: Task,
    errors: ['TASK_NOT_FOUND'],
  }),
  remove: operation({
    method: 'DELETE',
    path: '/api/tasks/{id}',
    summary: 'Cancel a task and stop its job; with `purge=true` remove it',
    effect: 'write',
    params: { id: Id },
    query: { purge: optional(Type.Boolean()) },
    output: shape({
      /** The task as it stands now; null when it was removed. */
      task: nullable(Task),
      /** Null when that goes on as a job for longer than a call should wait. */
      removed: nullable(Type.Record(Type.String(), count)),
      job_id: optional(Id),
      /** Jobs that were stopped. */
      stopped: list(Id),
    }),
    errors: ['TASK_NOT_FOUND', 'PRECONDITION_FAILED', 'JOB_FAILED'],
  }),
  events: operation({
    method: 'GET',
    path: '/api/tasks/{task_id}/events',
    summary: 'What happened to a task, newest first',
    effect: 'read',
    params: { task_id: Id },
    query: paging,
    output: page(TaskEvent),
    errors: ['TASK_NOT_FOUND'],
  }),
  addEvent: operation({
    method: 'POST',
    path: '/api/tasks/{task_id}/events',
    summary: "Write something into a task's history: a comment, how far it is",
    effect: 'write',
    params: { task_id: Id },
    body: {
      id: optional(Id),
      /** `comment`, `progress`, …; what Cairn writes itself is not taken. */
      event_type: Type.String({ pattern: '^[a-z][a-z0-9_.]{0,49}$', maxLength: 50 }),
      payload: optional(Json),
    },
    output: TaskEvent,
    status: 201,
    errors: ['TASK_NOT_FOUND', 'CONFLICT'],
  }),
})
