/** Tasks that are suggested because of what was said; each is no task until a person says so. */
import { fail } from '@cairn/api/errors'
import type { Task, TaskSuggestion } from '@cairn/api/tasks'
import type { Message } from '@cairn/api/threads'
import { iso, isoOrNull } from '../../../kernel/clock.ts'
import { newId, sha256 } from '../../../kernel/ids.ts'
import { decodeCursor, pageSize, toPage } from '../../../kernel/paging.ts'
import type { Scope, Tx } from '../../../kernel/scope.ts'
import type { FoundTask } from './finding.ts'
import type { NewTask } from './service.ts'
import * as store from './suggestions-store.ts'

type Reader = Pick<Scope, 'workspace' | 'db'>
type Tasks = { create(tx: Tx, input: NewTask): Promise<Task>; get(from: Reader, id: string): Promise<Task> }
type ListInput = {
  limit?: number
  cursor?: string
  state?: TaskSuggestion['state']
  thread_id?: string
  source_kind?: string
  source_id?: string
}

export type Suggestions = ReturnType<typeof makeSuggestions>

export function makeSuggestions(tasks: Tasks) {
  /** Suggests what was found in a message, unless its thread has had the same before; answers how many are new. */
  async function suggest(tx: Tx, message: Message, found: readonly FoundTask[], by: string): Promise<number> {
    let suggested = 0
    for (const { title, due_at } of found) {
      const row: store.SuggestionRow = {
        workspace: tx.workspace,
        id: newId(),
        ...{ source_kind: 'message', source_id: message.id, thread_id: message.thread_id },
        ...{ title, due_at: due_at === null ? null : Date.parse(due_at), found_by: by },
        fingerprint: fingerprintOf(message.thread_id, title),
        ...{ state: 'open', task_id: null, created_at: tx.now, updated_at: tx.now },
      }
      if (await store.insertSuggestion(tx, row)) suggested += 1
    }
    if (suggested > 0) {
      const data = { suggestions: suggested, thread_id: message.thread_id }
      tx.event({ type: 'task.suggested', subject: message.id, data })
    }
    return suggested
  }

  /** Newest first, in pages. */
  async function list(from: Reader, { limit: wanted, cursor, ...filter }: ListInput) {
    const limit = pageSize(wanted)
    const after = decodeCursor(cursor, [0, ''] as [number, string])
    const rows = await store.suggestionPage(from, filter, { limit: limit + 1, after })
    return toPage(rows, limit, (row) => [row.created_at, row.id], toSuggestion)
  }

  async function found(from: Reader, id: string): Promise<store.SuggestionRow> {
    const row = await store.suggestionById(from, id)
    if (!row) throw fail('SUGGESTION_NOT_FOUND')
    return row
  }

  /** Makes it a task, as it stands or as the person wants it; once. Said again it answers that task. */
  async function accept(tx: Tx, id: string, given: { title?: string; due_at?: string | null }): Promise<Task> {
    const row = await found(tx, id)
    if (row.state === 'added') {
      if (row.task_id === null) throw fail('TASK_NOT_FOUND')
      return tasks.get(tx, row.task_id)
    }
    const task = await tasks.create(tx, {
      title: given.title ?? row.title,
      due_at: given.due_at === undefined ? isoOrNull(row.due_at) : given.due_at,
      ...(row.thread_id !== null && { thread_id: row.thread_id }),
      source: `${row.source_kind}:${row.source_id}`,
    })
    await decide(tx, row, { state: 'added', task_id: task.id })
    return task
  }

  /** Puts it away for good. One that is a task by now is CONFLICT. */
  async function dismiss(tx: Tx, id: string): Promise<TaskSuggestion> {
    const row = await found(tx, id)
    if (row.state === 'added') throw fail('CONFLICT')
    if (row.state === 'dismissed') return toSuggestion(row)
    const change = await decide(tx, row, { state: 'dismissed' })
    tx.event({ type: 'task.suggestion_dismissed', subject: id })
    return toSuggestion({ ...row, ...change })
  }

  async function decide(tx: Tx, row: store.SuggestionRow, to: Partial<store.SuggestionRow>) {
    const change = { ...to, updated_at: tx.now }
    if (!(await store.updateSuggestion(tx, row.id, row.state, change))) throw fail('CONFLICT')
    return change
  }

  return { suggest, list, accept, dismiss }
}

/** The same words in the same thread are the same thing to do. */
const fingerprintOf = (thread: string, title: string) =>
  sha256(`${thread}\n${(title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [title]).join(' ')}`)

const toSuggestion = (row: store.SuggestionRow): TaskSuggestion => ({
  id: row.id,
  source: { kind: row.source_kind, id: row.source_id },
  thread_id: row.thread_id,
  title: row.title,
  due_at: isoOrNull(row.due_at),
  found_by: row.found_by,
  state: row.state as TaskSuggestion['state'],
  task_id: row.task_id,
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
})
