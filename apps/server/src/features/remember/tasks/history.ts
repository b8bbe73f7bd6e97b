/** What happened to a task: changes with what they replaced, and what people and agents wrote down. */
import { fail } from '@cairn/api/errors'
import type { TaskEvent } from '@cairn/api/tasks'
import { isoOrNull } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { stableJson } from '../../../kernel/json.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import { type TaskEventRow, type TaskRow, tagsOf, toTaskEvent } from './rows.ts'
import * as store from './store.ts'

/** Words for what Cairn notes itself; a caller's entries have other ones. */
const own: readonly string[] = ['created', 'changed', 'cancelled']

function eventRow(tx: Tx, task: string, id: string, event_type: string, payload: Record<string, unknown>) {
  const { person, agent } = tx.principal
  const by = { person, agent, created_at: tx.now }
  return { workspace: tx.workspace, id, task_id: task, event_type, payload: stableJson(payload), ...by }
}

export async function note(tx: Tx, task: string, type: string, payload: Record<string, unknown>): Promise<void> {
  await store.insertEvent(tx, eventRow(tx, task, newId(), type, payload))
}

/** Notes what changed with the values before and after. A move within its column is nothing to remember. */
export async function change(tx: Tx, before: TaskRow, after: TaskRow, fields: readonly (keyof TaskRow)[]) {
  const told = fields.filter((field) => field !== 'position')
  if (told.length === 0) return
  const changes = told.map((field) => [field, { from: spoken(before, field), to: spoken(after, field) }])
  const cancelled = told.includes('status') && after.status === 'cancelled'
  await note(tx, before.id, cancelled ? 'cancelled' : 'changed', { fields: Object.fromEntries(changes) })
}

function spoken(row: TaskRow, field: keyof TaskRow): unknown {
  if (field === 'due_at') return isoOrNull(row.due_at)
  if (field === 'tags') return tagsOf(row)
  const value = row[field]
  return (field === 'metadata' || field === 'result') && value !== null ? (JSON.parse(String(value)) as unknown) : value
}

/** History of a task, newest first. */
export async function list(
  from: Pick<Scope, 'workspace' | 'db'>,
  task: string,
  input: { limit?: number; cursor?: string },
) {
  const limit = pageSize(input.limit)
  const after = decodeCursor(input.cursor, [0, ''] as [number, string])
  const rows = await store.eventPage(from, task, { limit: limit + 1, after })
  return toPage(rows, limit, (row) => [row.created_at, row.id], toTaskEvent)
}

type NewEvent = { id?: string; event_type: string; payload?: Record<string, unknown> }

/** Writes an entry. Same id and content returns the row; other content is CONFLICT. */
export async function add(tx: Tx, task: string, input: NewEvent): Promise<TaskEvent> {
  const { event_type } = input
  if (own.includes(event_type))
    throw fail('INVALID_INPUT', {}, [{ path: '/event_type', message: 'is a word that only Cairn itself writes' }])
  const row: TaskEventRow = eventRow(tx, task, input.id ?? newId(), event_type, input.payload ?? {})
  if (!(await store.insertEvent(tx, row))) {
    const stored = await store.eventById(tx, row.id)
    const same = (['task_id', 'event_type', 'payload'] as const).every((field) => stored?.[field] === row[field])
    if (!stored || !same) throw fail('CONFLICT')
    return toTaskEvent(stored)
  }
  tx.event({ type: 'task.noted', subject: task, data: { event_type } })
  return toTaskEvent(row)
}
