/** Rows of tasks and their history; the only SQL of this feature. */
import { type SqlBool, sql } from 'kysely'
import type { Db } from '../../../kernel/database/dialect.ts'
import { inOrder, newestFirst, type Page, unindexed } from '../../../kernel/database/pages.ts'
import { contains } from '../../../kernel/database/like.ts'
import { takeRows } from '../../../kernel/erasure.ts'
import type { TaskEventRow, TaskRow } from './rows.ts'

type Tables = { tasks: TaskRow; task_events: TaskEventRow }
type Reader = { workspace: string; db: Db }

const tables = (reader: Reader) => reader.db.withTables<Tables>()

/** Undefined when the workspace has a task of this id already. */
export const insertTask = (to: Reader, row: TaskRow) =>
  tables(to)
    .insertInto('tasks')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const taskById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('tasks')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

export const tasksByIds = (from: Reader, ids: readonly string[]) =>
  tables(from)
    .selectFrom('tasks')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', 'in', [...ids])
    .execute()

export type TaskFilter = {
  status?: readonly string[] | undefined
  /** Null is nobody. */
  assignee?: string | null | undefined
  thread_id?: string | undefined
  parent_id?: string | undefined
  project?: string | undefined
  tag?: string | undefined
  priority?: number | undefined
  /** Epoch ms; `due_from` inclusive, `due_to` exclusive. */
  due_from?: number | undefined
  due_to?: number | undefined
  q?: string | undefined
}

/** `own` names the columns whose index has this order, too. */
function filtered(from: Reader, filter: TaskFilter, own: readonly string[]) {
  const { status, assignee, tag, priority, due_from, due_to, q } = filter
  let query = tables(from).selectFrom('tasks').selectAll().where('workspace', '=', from.workspace)
  if (status) query = query.where(unindexed<string>('status'), 'in', [...status])
  const seen = (column: keyof TaskRow) => (own.includes(column) ? sql.ref<string>(column) : unindexed<string>(column))
  if (assignee === null) query = query.where(seen('assignee'), 'is', null)
  for (const column of ['assignee', 'thread_id', 'parent_id', 'project'] as const) {
    const wanted = filter[column]
    if (typeof wanted !== 'string') continue
    query = query.where(seen(column), '=', wanted)
  }
  if (tag !== undefined) query = query.where(contains('tags', `"${tag}"`))
  if (priority !== undefined) query = query.where('priority', '=', priority)
  if (due_from !== undefined) query = query.where(unindexed<number>('due_at'), '>=', due_from)
  if (due_to !== undefined) query = query.where(unindexed<number>('due_at'), '<', due_to)
  if (q) query = query.where((row) => row.or([contains('title', q), contains('description', q)]))
  return query
}

/** Newest first. */
export const newestPage = (from: Reader, filter: TaskFilter, page: Page<number>) =>
  newestFirst(filtered(from, filter, ['assignee', 'thread_id', 'parent_id', 'project']), 'created_at', page).execute()

/** Those with a due time, soonest first. */
export function duePage(from: Reader, filter: TaskFilter, page: Page<number>) {
  const { due_from, due_to, ...rest } = filter
  let query = filtered(from, rest, []).where('due_at', 'is not', null)
  if (due_from !== undefined) query = query.where('due_at', '>=', due_from)
  if (due_to !== undefined) query = query.where('due_at', '<', due_to)
  return inOrder(query, 'due_at', page).execute()
}

/** One column of the board, from the top. */
export const boardPage = (from: Reader, status: string, filter: Omit<TaskFilter, 'status'>, page: Page<string>) =>
  inOrder(filtered(from, filter, []).where('status', '=', status), 'position', page).execute()

/** Keys of a column beyond one of them, the nearest first, without one task; from the end of the column where it is null. */
export function positionsBeyond(
  from: Reader,
  side: { status: string; beyond: string | null; up: boolean; without: string; limit: number },
) {
  let query = tables(from)
    .selectFrom('tasks')
    .select(['id', 'position'])
    .where('workspace', '=', from.workspace)
    .where('status', '=', side.status)
    .where('id', '!=', side.without)
    .orderBy('position', side.up ? 'desc' : 'asc')
    .orderBy('id', side.up ? 'desc' : 'asc')
    .limit(side.limit)
  if (side.beyond !== null) query = query.where('position', side.up ? '<' : '>', side.beyond)
  return query.execute()
}

export const setPosition = (to: Reader, id: string, position: string) =>
  tables(to).updateTable('tasks').set({ position }).where('workspace', '=', to.workspace).where('id', '=', id).execute()

/** Changes a task as long as it still has the version that was seen; undefined when it has not. */
export const updateTask = (to: Reader, id: string, seen: number, change: Partial<TaskRow>) =>
  tables(to)
    .updateTable('tasks')
    .set(change)
    .where('workspace', '=', to.workspace)
    .where('id', '=', id)
    .where('version', '=', seen)
    .returning('id')
    .executeTakeFirst()

/** Its history goes along. */
export const deleteTask = (to: Reader, id: string) =>
  tables(to).deleteFrom('tasks').where('workspace', '=', to.workspace).where('id', '=', id).execute()

/** Takes a reference to something that is gone out of some of the tasks that hold it; answers their ids. */
export async function clearReference(
  to: Reader,
  column: 'thread_id' | 'parent_id',
  ref: string,
  change: { updated_at: number; limit: number },
): Promise<string[]> {
  const some = tables(to)
    .selectFrom('tasks')
    .select('id')
    .where('workspace', '=', to.workspace)
    .where(column, '=', ref)
    .limit(change.limit)
  const rows = await tables(to)
    .updateTable('tasks')
    .set((row) => ({ [column]: null, updated_at: change.updated_at, version: row('version', '+', 1) }))
    .where('workspace', '=', to.workspace)
    .where('id', 'in', some)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

export const taskIdsAfter = (from: Reader, after: string, limit: number) =>
  tables(from)
    .selectFrom('tasks')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()

export const countTasks = async (from: Reader, status: readonly string[]): Promise<number> => {
  const { tasks } = await tables(from)
    .selectFrom('tasks')
    .select((row) => row.fn.countAll<number>().as('tasks'))
    .where('workspace', '=', from.workspace)
    .where('status', 'in', [...status])
    .executeTakeFirstOrThrow()
  return tasks
}

/** Undefined when the workspace has an entry of this id already. */
export const insertEvent = (to: Reader, row: TaskEventRow) =>
  tables(to)
    .insertInto('task_events')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const eventById = (from: Reader, id: string) =>
  tables(from)
    .selectFrom('task_events')
    .selectAll()
    .where('workspace', '=', from.workspace)
    .where('id', '=', id)
    .executeTakeFirst()

/** A page of one task's history, newest first. */
export function eventPage(from: Reader, task: string, page: Page<number>) {
  const events = tables(from).selectFrom('task_events').selectAll().where('workspace', '=', from.workspace)
  return newestFirst(events.where('task_id', '=', task), 'created_at', page).execute()
}

export const countEvents = async (from: Reader, task: string) => {
  const { events } = await tables(from)
    .selectFrom('task_events')
    .select((row) => row.fn.countAll<number>().as('events'))
    .where('workspace', '=', from.workspace)
    .where('task_id', '=', task)
    .executeTakeFirstOrThrow()
  return events
}

export const countBelow = async (from: Reader, task: string): Promise<number> => {
  const { tasks } = await tables(from)
    .selectFrom('tasks')
    .select((row) => row.fn.countAll<number>().as('tasks'))
    .where('workspace', '=', from.workspace)
    .where('parent_id', '=', task)
    .executeTakeFirstOrThrow()
  return tasks
}

/** Removes some of a task's history; answers how many entries. */
export const deleteEvents = async (to: Reader, task: string, limit: number): Promise<number> =>
  (await takeRows(to, { table: 'task_events', where: sql<SqlBool>`task_id = ${task}` }, limit)).length

export const hasTasksOf = async (from: Reader, thread: string): Promise<boolean> => {
  const task = await tables(from)
    .selectFrom('tasks')
    .select('id')
    .where('workspace', '=', from.workspace)
    .where('thread_id', '=', thread)
    .limit(1)
    .executeTakeFirst()
  return task !== undefined
}
