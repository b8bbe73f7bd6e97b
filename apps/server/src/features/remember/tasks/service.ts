/** Rules of tasks. Functions that write take the transaction first. */
import { CairnError, fail } from '@cairn/api/errors'
import { openTaskStatuses, type Task, type TaskStatus } from '@cairn/api/tasks'
import { newId } from '../../../kernel/ids.ts'
import type { Jobs } from '../../../kernel/jobs/jobs.ts'
import { stableJson } from '../../../kernel/json.ts'
import type { Spot } from '../../../kernel/order.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { Workspaces } from '../../ground/workspaces/service.ts'
import type { Threads } from '../threads/index.ts'
import { positionIn } from './board.ts'
import * as history from './history.ts'
import * as look from './look.ts'
import { type TaskRow, tagsOf, toTask } from './rows.ts'
import * as store from './store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type Asker = Pick<Scope, 'workspace' | 'db' | 'apart'>
type Caller = Pick<Scope, 'principal'>
type Fields = {
  description?: string
  status?: TaskStatus
  priority?: number
  due_at?: string | null
  assignee?: string | null
  project?: string | null
  thread_id?: string | null
  parent_id?: string | null
  tags?: string[]
  source?: string | null
  metadata?: Record<string, unknown>
}
export type NewTask = Fields & { id?: string; title: string }
export type TaskPatch = Fields & { title?: string; result?: Record<string, unknown> | null }
export type BulkChange = Pick<Fields, 'status' | 'priority' | 'due_at' | 'assignee' | 'project'> & {
  add_tags?: string[]
  remove_tags?: string[]
}
type ListInput = Omit<store.TaskFilter, 'assignee' | 'due_from' | 'due_to'> & {
  limit?: number
  cursor?: string
  assignee?: string
  due_from?: string
  due_to?: string
  order?: 'newest' | 'due' | 'board'
}

type Needs = {
  jobs: Pick<Jobs, 'cancel' | 'openOfTasks'>
  threads: Pick<Threads, 'exists' | 'link' | 'unlink' | 'retitle'>
  workspaces: Pick<Workspaces, 'isMember'>
}

/** How far up a task may hang below others. */
const deepest = 20
const mostTags = 20
const searched: readonly (keyof TaskRow)[] = ['title', 'description', 'project', 'tags']

export function makeTaskService({ jobs, threads, workspaces }: Needs) {
  /** Writes a task down. Same id and content returns the row; other content under the id is CONFLICT. */
  async function create(tx: Tx, input: NewTask): Promise<Task> {
    const row = newRow(tx, input)
    await check(tx, row, ['assignee', 'thread_id', 'parent_id'])
    row.position = await positionIn(tx, row.id, row.status)
    if (!(await store.insertTask(tx, row))) return sameTask(tx, row)
    await history.note(tx, row.id, 'created', { status: row.status })
    await link(tx, row)
    await tx.reindex('task', [row.id])
    tx.event({ type: 'task.created', subject: row.id, data: { status: row.status } })
    return toTask(row, null)
  }

  async function sameTask(tx: Tx, row: TaskRow): Promise<Task> {
    const stored = await store.taskById(tx, row.id)
    if (!stored || compared.some((field) => stored[field] !== row[field])) throw fail('CONFLICT')
    return shown(tx, stored)
  }

  /** What a task refers to has to be there. */
  async function check(tx: Tx, row: TaskRow, fields: readonly (keyof TaskRow)[]): Promise<void> {
    const { assignee, thread_id, parent_id } = row
    const person = assignee?.startsWith('person:') ? assignee.slice('person:'.length) : null
    if (fields.includes('assignee') && person !== null && !(await workspaces.isMember(tx, person)))
      throw refuse('assignee', 'is not a member of this workspace')
    if (fields.includes('thread_id') && thread_id !== null && !(await threads.exists(tx, thread_id)))
      throw refuse('thread_id', 'is not a thread here')
    if (fields.includes('parent_id') && parent_id !== null) await checkParent(tx, row.id, parent_id)
  }

  async function checkParent(tx: Tx, id: string, parent: string): Promise<void> {
    let above: string | null = parent
    for (let depth = 0; above !== null; depth++) {
      if (above === id) throw refuse('parent_id', 'hangs below this task itself')
      if (depth >= deepest) throw refuse('parent_id', `hangs more than ${deepest} tasks deep`)
      const row: TaskRow | undefined = await store.taskById(tx, above)
      if (!row && depth === 0) throw refuse('parent_id', 'is not a task here')
      above = row?.parent_id ?? null
    }
  }

  const link = async (tx: Tx, { id, title, thread_id }: TaskRow) => {
    if (thread_id === null) return
    const about = { kind: 'task', ref: id, title, uri: `task:${id}`, relation: 'plans' as const }
    await threads.link(tx, thread_id, [about], null)
  }

  /** A message of a thread is about a task: the thread becomes the task's if it has none, and is linked to it anyway. */
  async function discuss(tx: Tx, id: string, thread: string, message: string): Promise<void> {
    const row = await found(tx, id)
    if (row.thread_id === null) await update(tx, id, { thread_id: thread }, null)
    else if (row.thread_id !== thread) {
      const about = { kind: 'task', ref: id, title: row.title, uri: `task:${id}`, relation: 'plans' as const }
      await threads.link(tx, thread, [about], message)
    }
  }

  /** Its title, while there is such a task. */
  const titleOf = async (from: Reader, id: string) => (await store.taskById(from, id))?.title

  /** One task, or TASK_NOT_FOUND. */
  const get = async (from: Reader, id: string): Promise<Task> => shown(from, await found(from, id))

  async function found(from: Reader, id: string): Promise<TaskRow> {
    const row = await store.taskById(from, id)
    if (!row) throw fail('TASK_NOT_FOUND')
    return row
  }

  async function shown(from: Reader, row: TaskRow): Promise<Task> {
    const [task] = await shownAll(from, [row])
    return task as Task
  }

  async function shownAll(from: Reader, rows: readonly TaskRow[]): Promise<Task[]> {
    const open = await jobs.openOfTasks(
      from,
      rows.map(({ id }) => id),
    )
    const jobOf = new Map(open.map(({ id, task_id }) => [task_id, id]))
    return rows.map((row) => toTask(row, jobOf.get(row.id) ?? null))
  }

  /** Tasks in one of three orders, in pages. */
  async function list(from: Asker & Caller, input: ListInput) {
    const { limit: wanted, cursor, order = 'newest', assignee, due_from, due_to, tag, ...rest } = input
    const limit = pageSize(wanted)
    const filter: store.TaskFilter = {
      ...rest,
      tag: tag?.toLowerCase(),
      assignee: assignee === 'none' ? null : resolved(from, assignee),
      due_from: timeOf(due_from),
      due_to: timeOf(due_to),
    }
    const { rows, cursorOf } = await pageOf(from, order, filter, limit + 1, cursor)
    const { items, next_cursor } = toPage(rows, limit, cursorOf, (row) => row)
    return { items: await shownAll(from, items), next_cursor }
  }

  async function pageOf(
    from: Asker,
    order: 'newest' | 'due' | 'board',
    filter: store.TaskFilter,
    limit: number,
    cursor: string | undefined,
  ) {
    if (order === 'board') {
      const { status, ...others } = filter
      const [column] = status ?? []
      if (column === undefined || status?.length !== 1)
        throw refuse('status', 'has to name one column for the order of the board')
      const after = decodeCursor(cursor, ['', ''] as [string, string])
      const rows = await read(from, { order, column, filter: others, limit, after })
      return { rows, cursorOf: (row: TaskRow) => [row.position, row.id] }
    }
    const after = decodeCursor(cursor, [0, ''] as [number, string])
    const rows = await read(from, { order, filter, limit, after })
    const time = (row: TaskRow) => (order === 'due' ? (row.due_at as number) : row.created_at)
    return { rows, cursorOf: (row: TaskRow) => [time(row), row.id] }
  }

  /**
   * Changes a task and what hangs on it; answers what changed, and the jobs that were stopped because it was cancelled.
   * Its event is the caller's to tell. PRECONDITION_FAILED when somebody else changed it in the same moment.
   */
  async function apply(tx: Tx, row: TaskRow, change: Partial<TaskRow>, spot: Spot | null) {
    const next = { ...row, ...change }
    let fields = (Object.keys(change) as (keyof TaskRow)[]).filter((field) => next[field] !== row[field])
    await check(tx, next, fields)
    if (fields.includes('status')) next.closed_at = isOpen(next.status) ? null : tx.now
    if (spot !== null || fields.includes('status')) {
      next.position = await positionIn(tx, row.id, next.status, spot ?? {})
      if (next.position !== row.position || next.status !== row.status) fields = [...fields, 'position']
    }
    if (fields.length === 0) return { row, fields, stopped: [] }
    next.version = row.version + 1
    next.updated_at = tx.now
    const { workspace: _, id: __, ...columns } = next
    if (!(await store.updateTask(tx, row.id, row.version, columns))) throw fail('PRECONDITION_FAILED')
    await history.change(tx, row, next, fields)
    if (fields.includes('thread_id')) {
      await threads.unlink(tx, 'task', [row.id], 'plans')
      await link(tx, next)
    }
    if (fields.includes('title')) await threads.retitle(tx, 'task', row.id, next.title)
    if (fields.some((field) => searched.includes(field))) await tx.reindex('task', [row.id])
    const stopped = fields.includes('status') && next.status === 'cancelled' ? await stopJobs(tx, row.id) : []
    return { row: next, fields, stopped }
  }

  /** Cancels what works on a task. */
  async function stopJobs(tx: Tx, id: string): Promise<string[]> {
    const stopped: string[] = []
    for (const job of await jobs.openOfTasks(tx, [id])) {
      try {
        await jobs.cancel(tx, job.id)
        stopped.push(job.id)
      } catch (error) {
        // It ended while we looked.
        if (!(error instanceof CairnError && error.code === 'JOB_ALREADY_COMPLETED')) throw error
      }
    }
    return stopped
  }

  function tell(tx: Tx, id: string, { row, fields, stopped }: Awaited<ReturnType<typeof apply>>): void {
    if (fields.length === 0) return
    const cancelled = fields.includes('status') && row.status === 'cancelled'
    const data = cancelled ? { jobs: stopped.length } : { fields, status: row.status }
    tx.event({ type: cancelled ? 'task.cancelled' : 'task.changed', subject: id, data })
  }

  /** Changes what a person may change. `seen` is the version that `If-Match` named; another one is PRECONDITION_FAILED. */
  async function update(tx: Tx, id: string, patch: TaskPatch, seen: number | null): Promise<Task> {
    const row = await found(tx, id)
    if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
    const done = await apply(tx, row, changeOf(tx, patch), null)
    tell(tx, id, done)
    return shown(tx, done.row)
  }

  /** Moves a task to a spot of its column, or of another. */
  async function move(tx: Tx, id: string, { status, ...spot }: Spot & { status?: TaskStatus }): Promise<Task> {
    const row = await found(tx, id)
    const done = await apply(tx, row, { ...(status && { status }) }, spot)
    tell(tx, id, done)
    return shown(tx, done.row)
  }

  /** Changes several tasks the same way; TASK_NOT_FOUND when one of them is not there, and then none is changed. */
  async function change(tx: Tx, ids: readonly string[], { add_tags = [], remove_tags = [], ...patch }: BulkChange) {
    const wanted = [...new Set(ids)]
    const rows = new Map((await store.tasksByIds(tx, wanted)).map((row) => [row.id, row]))
    if (rows.size < wanted.length) throw fail('TASK_NOT_FOUND')
    const gone = new Set(remove_tags.map((tag) => tag.toLowerCase()))
    const told = new Set<string>()
    const changed: TaskRow[] = []
    let count = 0
    let stopped = 0
    // The first of them ends up on top of its column.
    for (const id of wanted.toReversed()) {
      const row = rows.get(id) as TaskRow
      const tags = [...tagsOf(row).filter((tag) => !gone.has(tag)), ...add_tags]
      const done = await apply(tx, row, changeOf(tx, { ...patch, tags }), null)
      for (const field of done.fields) told.add(field)
      count += done.fields.length > 0 ? 1 : 0
      stopped += done.stopped.length
      changed.unshift(done.row)
    }
    const data = { tasks: count, fields: [...told], ...(stopped > 0 && { jobs: stopped }) }
    if (count > 0) tx.event({ type: 'tasks.changed', subject: tx.workspace, data })
    return { items: await shownAll(tx, changed) }
  }

  /** Cancels a task and stops its jobs; cancelling a cancelled one changes nothing. */
  async function cancel(tx: Tx, id: string, seen: number | null) {
    const row = await found(tx, id)
    if (seen !== null && row.version !== seen) throw fail('PRECONDITION_FAILED')
    const done = await apply(tx, row, { status: 'cancelled' }, null)
    tell(tx, id, done)
    return { task: await shown(tx, done.row), removed: {}, stopped: done.stopped }
  }

  async function events(from: Reader, task: string, input: { limit?: number; cursor?: string }) {
    await found(from, task)
    return history.list(from, task, input)
  }

  async function addEvent(tx: Tx, task: string, input: Parameters<typeof history.add>[2]) {
    await found(tx, task)
    return history.add(tx, task, input)
  }

  return { create, get, titleOf, discuss, list, update, move, change, cancel, stopJobs, events, addEvent }
}

/** Words, tags and priorities are looked for in every task: that is for a worker. */
function read(from: Asker, question: look.PageQuestion): Promise<TaskRow[]> {
  const { q, tag, priority } = question.filter
  const looks = Boolean(q) || tag !== undefined || priority !== undefined
  return looks ? from.apart.read<TaskRow[]>(lookModule, 'readPage', question) : look.readPage(from, question)
}
const lookModule = new URL('./look.ts', import.meta.url)

const isOpen = (status: string) => (openTaskStatuses as readonly string[]).includes(status)
const timeOf = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time))
const refuse = (field: string, message: string) => fail('INVALID_INPUT', {}, [{ path: `/${field}`, message }])

/** `me` is whoever asks. */
const resolved = <T extends string | null | undefined>({ principal }: Caller, assignee: T) =>
  assignee === 'me' ? `person:${principal.person}` : assignee

const compared = [
  ...(['title', 'description', 'priority', 'due_at', 'assignee', 'project'] as const),
  ...(['thread_id', 'parent_id', 'tags', 'source', 'metadata'] as const),
]

function newRow(tx: Tx, input: NewTask): TaskRow {
  const status = input.status ?? 'pending'
  return {
    workspace: tx.workspace,
    id: input.id ?? newId(),
    title: input.title,
    description: '',
    status,
    priority: 1,
    due_at: null,
    owner: tx.principal.person,
    assignee: null,
    project: null,
    thread_id: null,
    parent_id: null,
    tags: '[]',
    source: null,
    position: '',
    result: null,
    metadata: '{}',
    version: 1,
    created_at: tx.now,
    updated_at: tx.now,
    closed_at: isOpen(status) ? null : tx.now,
    ...changeOf(tx, input),
  }
}

/** The columns that an input names. */
function changeOf(tx: Tx, input: TaskPatch): Partial<TaskRow> {
  const { title, description, status, priority, due_at, tags, source, project, metadata, result } = input
  const { assignee, thread_id, parent_id } = input
  return {
    ...(title !== undefined && { title: title.toWellFormed() }),
    ...(description !== undefined && { description: description.toWellFormed() }),
    ...(status !== undefined && { status }),
    ...(priority !== undefined && { priority }),
    ...(due_at !== undefined && { due_at: due_at === null ? null : Date.parse(due_at) }),
    ...(assignee !== undefined && { assignee: resolved(tx, assignee) ?? null }),
    ...(project !== undefined && { project: project?.toWellFormed() ?? null }),
    ...(thread_id !== undefined && { thread_id }),
    ...(parent_id !== undefined && { parent_id }),
    ...(tags !== undefined && { tags: tagColumn(tags) }),
    ...(source !== undefined && { source: source?.toWellFormed() ?? null }),
    ...(metadata !== undefined && { metadata: stableJson(metadata) }),
    ...(result !== undefined && { result: result === null ? null : stableJson(result) }),
  }
}

function tagColumn(tags: readonly string[]): string {
  const unique = [...new Set(tags.map((tag) => tag.toWellFormed().toLowerCase()))].sort()
  if (unique.length > mostTags) throw refuse('add_tags', `makes more than ${mostTags} tags`)
  return JSON.stringify(unique)
}
